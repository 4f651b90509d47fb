package invite

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/store"
)

// refusal is a rule that says no, and why.
type refusal struct{ rule, reason string }

// judge applies the rules to an interaction in the order in which they stand here and, when none
// refuses, creates the invitation. Doing it again meets the same slot and the same invitation.
func (s *Service) judge(ctx context.Context, in *feedback.Interaction, now time.Time) (feedback.Decision, error) {
	survey, ok := s.Catalog.Current(in.Survey)
	if !ok {
		return skipped("survey.gone", fmt.Sprintf("The survey %s is no longer defined.", in.Survey)), nil
	}
	if r := refuse(in, survey, now); r != nil {
		return skipped(r.rule, r.reason), nil
	}
	wish := in.EndedAt.Add(survey.Ask.Delay)
	if wish.Before(now) {
		wish = feedback.UTC(now)
	}
	latest := wish.Add(survey.Ask.Expires)
	invitation := feedback.InvitationID(in.ID, survey.ID)
	at, refused, err := s.reserve(ctx, in, survey, invitation, wish, latest)
	if err != nil {
		return feedback.Decision{}, err
	}
	if refused != nil {
		return skipped(refused.rule, refused.reason), nil
	}
	at, err = s.schedule(ctx, in, survey, at, now)
	if err != nil {
		return feedback.Decision{}, err
	}
	return asked(survey, invitation, wish, at, s.zoneOf(in.Customer)), nil
}

// refuse applies the rules that need nothing but the interaction and the definition.
func refuse(in *feedback.Interaction, survey feedback.Survey, now time.Time) *refusal {
	except := survey.Ask.Except
	switch {
	case in.NoAsk:
		return &refusal{"ask", "The source said not to ask about this interaction."}
	case in.Customer.Email == "":
		return &refusal{"customer.email", "The customer has no e-mail address."}
	case overlap(except.Tags, in.Tags) != "":
		return &refusal{"ask.except.tags", fmt.Sprintf("The tag %q is never asked about.", overlap(except.Tags, in.Tags))}
	case overlap(except.Channels, []string{in.Channel}) != "":
		return &refusal{"ask.except.channels", fmt.Sprintf("The channel %q is never asked about.", in.Channel)}
	case overlap(except.Teams, []string{in.Agent.Team}) != "":
		return &refusal{"ask.except.teams", fmt.Sprintf("The team %q is never asked about.", in.Agent.Team)}
	case !Sampled(in.ID, survey.Ask.Sample):
		return &refusal{"ask.sample", fmt.Sprintf("%g %% of interactions are asked about, and this is not one of them.", survey.Ask.Sample)}
	case now.Sub(in.EndedAt) > survey.Ask.Expires:
		return &refusal{"ask.expires", "The interaction ended too long ago to ask about it."}
	}
	return nil
}

func overlap(rule, have []string) string {
	for _, h := range have {
		if h != "" && slices.ContainsFunc(rule, func(r string) bool { return strings.EqualFold(r, h) }) {
			return h
		}
	}
	return ""
}

// Sampled decides by a hash of the interaction whether it is among percent of all: a repeat decides
// the same, and raising the percentage keeps everybody who was in.
func Sampled(interaction string, percent float64) bool {
	sum := sha256.Sum256([]byte("sample\x00" + interaction))
	return float64(binary.BigEndian.Uint32(sum[:4]))/(1<<32)*100 < percent
}

// reserve finds the first moment from wish on that neither the rest period nor the quiet hours
// forbid, and takes it in the person's row.
func (s *Service) reserve(ctx context.Context, in *feedback.Interaction, survey feedback.Survey, invitation string,
	wish, latest time.Time) (at time.Time, refused *refusal, err error) {
	person := &feedback.Person{Email: in.Customer.Email, Name: in.Customer.Name}
	person.ID = in.Person
	if err := s.Store.People().Insert(ctx, person); err != nil && !errors.Is(err, store.ErrExists) {
		return at, nil, err
	}
	_, err = store.Update(ctx, s.Store.People(), in.Person, func(p *feedback.Person) error {
		if refused = unwelcome(p); refused != nil {
			return errRefused
		}
		at = s.free(p, in.Customer, survey, invitation, wish)
		if at.After(latest) {
			refused = &refusal{"ask.rest", "The customer was or will be asked too recently, and by the time the rest is over this is too long ago."}
			return errRefused
		}
		return nil
	})
	if errors.Is(err, errRefused) {
		err = nil
	}
	return at, refused, err
}

var errRefused = errors.New("refused by a rule")

func (s *Service) free(p *feedback.Person, c feedback.Customer, survey feedback.Survey, invitation string, wish time.Time) time.Time {
	zone := s.zoneOf(c)
	at := wish
	for range 20 {
		taken := p.Reserve(invitation, survey.Ask.Quiet.Next(at.In(zone)), survey.Ask.Rest)
		if at = feedback.UTC(survey.Ask.Quiet.Next(taken.In(zone))); at.Equal(taken) {
			break
		}
	}
	return at
}

// unwelcome tells why a person must not be asked at all.
func unwelcome(p *feedback.Person) *refusal {
	switch {
	case !p.OptedOut.IsZero():
		return &refusal{"person.opted_out", "The customer asked not to be surveyed."}
	case p.Blocked != "":
		return &refusal{"person.blocked", "Mail to this address is not possible: " + p.Blocked}
	}
	return nil
}

// zoneOf is the zone of the recipient's clock: their own, else the organisation's.
func (s *Service) zoneOf(c feedback.Customer) *time.Location {
	if c.Timezone != "" {
		if zone, err := time.LoadLocation(c.Timezone); err == nil {
			return zone
		}
	}
	return s.Zone
}

// schedule creates the invitation, or returns when the existing one is sent, which is then the moment
// that the person's slot guards.
func (s *Service) schedule(ctx context.Context, in *feedback.Interaction, survey feedback.Survey, at, now time.Time) (time.Time, error) {
	v := NewInvitation(in, survey, at, now)
	err := s.Store.Invitations().Insert(ctx, v)
	if errors.Is(err, store.ErrExists) {
		old, err := s.Store.Invitations().Get(ctx, v.ID)
		if err != nil {
			return at, err
		}
		_, err = store.Update(ctx, s.Store.People(), in.Person, func(p *feedback.Person) error {
			p.Reserve(v.ID, old.SendAt, 0)
			return nil
		})
		return old.SendAt, err
	}
	return v.SendAt, err
}

// NewInvitation is the invitation to survey for an interaction, to be sent at a moment.
func NewInvitation(in *feedback.Interaction, survey feedback.Survey, at, now time.Time) *feedback.Invitation {
	v := &feedback.Invitation{
		Interaction: in.ID, Source: in.Source, External: in.External,
		Survey: survey.ID, Version: survey.Version, Metric: survey.Metric,
		Person: in.Person, Customer: in.Customer, Agent: in.Agent,
		Channel: in.Channel, Subject: in.Subject, Tags: in.Tags,
		Language: survey.Language(in.Customer.Locale), State: feedback.Scheduled,
		CreatedAt: feedback.UTC(now), SendAt: feedback.UTC(at), ExpiresAt: feedback.UTC(at.Add(survey.Ask.Expires)),
		Remind: survey.Ask.Remind,
	}
	v.ID, v.Due = feedback.InvitationID(in.ID, survey.ID), v.SendAt
	return v
}

func skipped(rule, reason string) feedback.Decision {
	return feedback.Decision{Outcome: feedback.Skipped, Rule: rule, Reason: reason}
}

func asked(survey feedback.Survey, invitation string, wish, at time.Time, zone *time.Location) feedback.Decision {
	d := feedback.Decision{Outcome: feedback.Asked, Rule: "ask.delay", Invitation: invitation, SendAt: feedback.UTC(at),
		Reason: "The customer is asked after the delay."}
	if feedback.UTC(at).Equal(feedback.UTC(wish)) {
		return d
	}
	d.Outcome, d.Rule, d.Reason = feedback.Deferred, "ask.rest", "The customer was or will be asked recently; this survey waits until the rest is over."
	if survey.Ask.Quiet.Contains(wish.In(zone)) && at.Sub(wish) < 24*time.Hour {
		d.Rule, d.Reason = "ask.quiet", "It is night for the customer; the survey is sent in the morning."
	}
	return d
}
