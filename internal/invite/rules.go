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
		return skipped(&refusal{"survey.gone", fmt.Sprintf("The survey %s is no longer defined.", in.Survey)}), nil
	}
	if r := refuse(in, survey, now); r != nil {
		return skipped(r), nil
	}
	refused, err := s.staff(ctx, in)
	if err == nil && refused == nil {
		refused, err = s.erased(ctx, in.Customer)
	}
	if err != nil || refused != nil {
		return skipped(refused), err
	}
	w := wishOf(in, survey, now)
	at, refused, err := s.reserve(ctx, in, survey, w)
	if err != nil || refused != nil {
		return skipped(refused), err
	}
	at, err = s.schedule(ctx, in, survey, at, now)
	if err != nil {
		return feedback.Decision{}, err
	}
	return s.clock.asked(survey.Ask, in.Customer, w, at), nil
}

// wish is when an invitation would be sent if nothing stood against it, and when it would be too late.
type wish struct {
	invitation string
	at, latest time.Time
}

func wishOf(in *feedback.Interaction, survey feedback.Survey, now time.Time) wish {
	at := in.EndedAt.Add(survey.Ask.Delay)
	if at.Before(now) {
		at = feedback.UTC(now)
	}
	return wish{feedback.InvitationID(in.ID, survey.ID), at, at.Add(survey.Ask.Expires)}
}

// Refused is the decision about an interaction that a rule refuses by itself, whoever the customer is;
// ok is false when none does.
func Refused(in *feedback.Interaction, survey feedback.Survey, now time.Time) (d feedback.Decision, ok bool) {
	r := refuse(in, survey, now)
	return skipped(r), r != nil
}

// refuse applies the rules that need nothing but the interaction and the definition.
func refuse(in *feedback.Interaction, survey feedback.Survey, now time.Time) *refusal {
	switch {
	case in.NoAsk:
		return &refusal{"ask", "The source said not to ask about this interaction."}
	case in.Customer.Email == "":
		return &refusal{"customer.email", "The customer has no e-mail address."}
	}
	if r := exempt(survey.Ask.Except, in.Tags, in.Channel, in.Agent.Team); r != nil {
		return r
	}
	if r := byConvention(in.Tags); r != nil {
		return r
	}
	switch {
	case !Sampled(in.ID, survey.Ask.Sample):
		return &refusal{"ask.sample", fmt.Sprintf("%g %% of interactions are asked about, and this is not one of them.", survey.Ask.Sample)}
	case now.Sub(in.EndedAt) > survey.Ask.Expires:
		return &refusal{"ask.expires", "The interaction ended too long ago to ask about it."}
	}
	return nil
}

// exempt applies the definition's exceptions.
func exempt(except feedback.Except, tags []string, channel, team string) *refusal {
	switch {
	case overlap(except.Tags, tags) != "":
		return &refusal{"ask.except.tags", fmt.Sprintf("The tag %q is never asked about.", overlap(except.Tags, tags))}
	case overlap(except.Channels, []string{channel}) != "":
		return &refusal{"ask.except.channels", fmt.Sprintf("The channel %q is never asked about.", channel)}
	case overlap(except.Teams, []string{team}) != "":
		return &refusal{"ask.except.teams", fmt.Sprintf("The team %q is never asked about.", team)}
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

// reserve takes the first moment that the rules leave in the person's row, and what it is about.
func (s *Service) reserve(ctx context.Context, in *feedback.Interaction, survey feedback.Survey, w wish) (at time.Time, refused *refusal, err error) {
	person, err := s.row(ctx, in.Person, in.Customer)
	if err != nil {
		return at, nil, err
	}
	blocked, err := s.blockedAddress(ctx, person, in.Customer.Email)
	if err != nil {
		return at, nil, err
	}
	open, err := s.unsettled(ctx, person, in.ID, in.Subject)
	if err != nil {
		return at, nil, err
	}
	_, err = s.change(ctx, in.Person, in.Customer, func(p *feedback.Person) error {
		if refused = unwelcome(p, blocked); refused == nil {
			at, refused = s.clock.place(p, in, survey.Ask, w, open)
		}
		if refused != nil {
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

// place takes a slot in the person's row, unless it would come too late, the matter was asked about
// already, or (open says so) a case on it is not settled.
func (k clock) place(p *feedback.Person, in *feedback.Interaction, ask feedback.Ask, w wish, open *refusal) (time.Time, *refusal) {
	if open != nil {
		return time.Time{}, open
	}
	at := k.free(p, in.Customer, ask, w.invitation, w.at)
	if at.After(w.latest) {
		return at, &refusal{"ask.rest", "The customer was or will be asked too recently, and by the time the rest is over this is too long ago."}
	}
	if r := again(p, in, w.invitation); r != nil {
		return at, r
	}
	p.About(w.invitation, feedback.MatterOf(in.Subject), in.EndedAt)
	return at, nil
}

// unwelcome tells why a person must not be asked at all.
func unwelcome(p *feedback.Person, blocked string) *refusal {
	switch {
	case !p.OptedOut.IsZero():
		return &refusal{"person.opted_out", "The customer asked not to be surveyed."}
	case blocked != "":
		return &refusal{"person.blocked", "Mail to this address is not possible: " + blocked}
	}
	return nil
}

// schedule creates the invitation, or returns when the existing one is sent, which is then the moment
// that the person's slot guards.
func (s *Service) schedule(ctx context.Context, in *feedback.Interaction, survey feedback.Survey, at, now time.Time) (time.Time, error) {
	v := NewInvitation(in, survey, at, now)
	err := s.Store.Invitations().Insert(ctx, v)
	if errors.Is(err, store.ErrExists) {
		old, err := s.revive(ctx, v)
		if err != nil {
			return at, err
		}
		_, err = s.change(ctx, in.Person, in.Customer, func(p *feedback.Person) error {
			p.Reserve(v.ID, old.SendAt, 0)
			return nil
		})
		return old.SendAt, err
	}
	return v.SendAt, err
}

// NewInvitation is the invitation to survey for an interaction, to be sent at a moment.
func NewInvitation(in *feedback.Interaction, survey feedback.Survey, at, now time.Time) *feedback.Invitation {
	return feedback.NewInvitation(in, survey, at, now)
}

// skipped is the decision not to ask; nothing is decided when no rule refused.
func skipped(r *refusal) feedback.Decision {
	if r == nil {
		return feedback.Decision{}
	}
	return feedback.Decision{Outcome: feedback.Skipped, Rule: r.rule, Reason: r.reason}
}

// asked is the decision to ask at a moment, with the rule that put it off.
func (k clock) asked(ask feedback.Ask, c feedback.Customer, w wish, at time.Time) feedback.Decision {
	d := feedback.Decision{Outcome: feedback.Asked, Rule: "ask.delay", Invitation: w.invitation, SendAt: feedback.UTC(at),
		Reason: "The customer is asked after the delay."}
	if feedback.UTC(at).Equal(feedback.UTC(w.at)) {
		return d
	}
	d.Outcome, d.Rule, d.Reason = feedback.Deferred, "ask.rest", "The customer was or will be asked recently; this survey waits until the rest is over."
	if allowed, moved := k.allowed(ask, c, w.at); moved != nil && feedback.UTC(allowed).Equal(feedback.UTC(at)) {
		d.Rule, d.Reason = moved.rule, moved.reason
	}
	return d
}
