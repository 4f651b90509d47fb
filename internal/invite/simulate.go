package invite

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/store"
)

// Draft is a definition to try on what really happened.
type Draft struct {
	Survey   feedback.Survey
	From, To time.Time // when the interactions ended
}

// Simulation says what a draft would have done with the interactions of a span, beside what was done.
type Simulation struct {
	Survey  string    `json:"survey"`
	Version string    `json:"version"`
	From    time.Time `json:"from"`
	To      time.Time `json:"to"`
	// Named tells whether the interactions named this survey; a survey that none named is tried on all.
	Named        bool       `json:"named"`
	Interactions int        `json:"interactions"`
	Draft        Outcomes   `json:"draft"`
	Happened     Outcomes   `json:"happened"`
	Both         int        `json:"asked_by_both"`
	Rules        []RuleTry  `json:"rules"`
	Days         []DayTry   `json:"days"`
	Rest         RestEffect `json:"rest"`
	// Answers is how many answers to expect, when as many of the asked answer as did.
	Answers int        `json:"expected_answers"`
	Items   []Replayed `json:"items"`
}

// Outcomes counts decisions.
type Outcomes struct {
	Asked    int `json:"asked"`
	Deferred int `json:"deferred"`
	Skipped  int `json:"skipped"`
	// Mails are first mails that went out, or would have; Answers came to them.
	Mails   int `json:"mails"`
	Answers int `json:"answers"`
}

// RuleTry counts how often a rule decided.
type RuleTry struct {
	Rule     string `json:"rule"`
	Decision string `json:"decision"`
	Draft    int    `json:"draft"`
	Happened int    `json:"happened"`
}

// DayTry counts the first mails of a day on the organisation's clock.
type DayTry struct {
	Day      string `json:"day"`
	Draft    int    `json:"draft"`
	Happened int    `json:"happened"`
}

// RestEffect is what the rest period does: how many surveys it defers and drops, for how many people,
// and the longest wait.
type RestEffect struct {
	Deferred int           `json:"deferred"`
	Skipped  int           `json:"skipped"`
	People   int           `json:"people"`
	Longest  time.Duration `json:"-"`
	Hours    float64       `json:"longest_wait_hours"`
}

// Replayed is one interaction: what the draft decides, and what was decided.
type Replayed struct {
	Source   string     `json:"source"`
	ID       string     `json:"id"`
	Customer string     `json:"customer"`
	EndedAt  time.Time  `json:"ended_at"`
	Decision string     `json:"decision"`
	Rule     string     `json:"rule"`
	Reason   string     `json:"reason"`
	SendAt   *time.Time `json:"send_at"`
	Was      string     `json:"was"`
	WasRule  string     `json:"was_rule"`
	SentAt   *time.Time `json:"sent_at"`
	Answered bool       `json:"answered"`
}

// replay is a simulation in the making.
type replay struct {
	*Service
	draft  Draft
	out    *Simulation
	people map[string]*feedback.Person
	cases  map[string][]*feedback.Case
	staff  map[string]bool
	rested map[string]bool
	own    map[string]bool // the invitations whose slots the draft takes anew
}

// Simulate replays the interactions that ended in a span through a draft, with the rules that decide in
// earnest, and writes nothing. What other surveys sent stands as it was. An interaction that was reported
// long after it ended is taken as if it had been reported at once.
func (s *Service) Simulate(ctx context.Context, d Draft) (*Simulation, error) {
	r := &replay{Service: s, draft: d, people: map[string]*feedback.Person{}, staff: map[string]bool{}, rested: map[string]bool{}, own: map[string]bool{}}
	r.out = &Simulation{Survey: d.Survey.ID, Version: d.Survey.Version, From: d.From, To: d.To, Rules: []RuleTry{}, Days: []DayTry{}, Items: []Replayed{}}
	rows, err := r.interactions(ctx)
	if err != nil {
		return nil, fmt.Errorf("simulate: %w", err)
	}
	if err := r.surroundings(ctx); err != nil {
		return nil, fmt.Errorf("simulate: %w", err)
	}
	for _, in := range rows {
		if err := r.try(ctx, in); err != nil {
			return nil, fmt.Errorf("simulate %s/%s: %w", in.Source, in.External, err)
		}
	}
	r.sum()
	return r.out, nil
}

// interactions reads what is replayed, in the order in which it ended.
func (r *replay) interactions(ctx context.Context) ([]*feedback.Interaction, error) {
	f := store.InteractionFilter{From: r.draft.From, To: r.draft.To}
	rows, err := all(func(p store.Page) (store.List[feedback.Interaction], error) {
		return r.Store.Interactions().List(ctx, f, p)
	})
	if err != nil {
		return nil, err
	}
	named := slices.DeleteFunc(slices.Clone(rows), func(in *feedback.Interaction) bool { return in.Survey != r.draft.Survey.ID })
	if r.out.Named = len(named) > 0; r.out.Named {
		rows = named
	}
	slices.SortStableFunc(rows, func(a, b *feedback.Interaction) int { return reported(a).Compare(reported(b)) })
	for _, in := range rows {
		r.own[feedback.InvitationID(in.ID, in.Survey)] = true
	}
	r.out.Interactions = len(rows)
	return rows, nil
}

// reported is when an interaction was decided on.
func reported(in *feedback.Interaction) time.Time {
	if in.ReceivedAt.Sub(in.EndedAt) > 24*time.Hour || in.ReceivedAt.Before(in.EndedAt) {
		return in.EndedAt
	}
	return in.ReceivedAt
}

// surroundings reads who works here, and the cases that may have been open.
func (r *replay) surroundings(ctx context.Context) error {
	users, err := r.Store.Users().List(ctx)
	if err != nil {
		return err
	}
	for _, u := range users {
		r.staff[u.ID] = u.Active()
	}
	f := store.CaseFilter{OpenedFrom: r.draft.From.AddDate(0, -2, 0), OpenedTo: r.draft.To}
	cases, err := all(func(p store.Page) (store.List[feedback.Case], error) { return r.Store.Cases().List(ctx, f, p) })
	r.cases = map[string][]*feedback.Case{}
	for _, c := range cases {
		r.cases[c.Person] = append(r.cases[c.Person], c)
	}
	return err
}

// try decides on one interaction as the draft would have, and notes what was decided.
func (r *replay) try(ctx context.Context, in *feedback.Interaction) error {
	now := reported(in)
	item := Replayed{Source: in.Source, ID: in.External, Customer: in.Customer.Email, EndedAt: in.EndedAt, Was: in.Decision.Outcome, WasRule: in.Decision.Rule}
	if err := r.happened(ctx, in, &item); err != nil {
		return err
	}
	draft := *in
	draft.Survey = r.draft.Survey.ID
	d, waited, err := r.verdict(ctx, &draft, now)
	if err != nil {
		return err
	}
	item.Decision, item.Rule, item.Reason = d.Outcome, d.Rule, d.Reason
	if !d.SendAt.IsZero() {
		at := d.SendAt
		item.SendAt = &at
	}
	if d.Rule == "ask.rest" {
		r.rested[in.Person] = true
		r.out.Rest.Longest = max(r.out.Rest.Longest, waited)
	}
	r.out.Items = append(r.out.Items, item)
	return nil
}

// happened looks up whether the survey really went out, and was answered.
func (r *replay) happened(ctx context.Context, in *feedback.Interaction, item *Replayed) error {
	if in.Decision.Invitation == "" {
		return nil
	}
	v, err := r.Store.Invitations().Get(ctx, in.Decision.Invitation)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if !v.SentAt.IsZero() {
		at := v.SentAt
		item.SentAt = &at
	}
	item.Answered = v.State == feedback.Answered
	return nil
}

// verdict is judge, on people in memory. It returns how long the rest makes the survey wait.
func (r *replay) verdict(ctx context.Context, in *feedback.Interaction, now time.Time) (d feedback.Decision, waited time.Duration, err error) {
	if refused := refuse(in, r.draft.Survey, now); refused != nil {
		return skipped(refused), 0, nil
	}
	if r.staff[strings.ToLower(in.Customer.Email)] || colleague(in, r.From.Email) {
		return skipped(&refusal{"ask.staff", "The customer works here."}), 0, nil
	}
	p, err := r.person(ctx, in)
	if err != nil {
		return d, 0, err
	}
	if refused := unwelcomeAt(p, now); refused != nil {
		return skipped(refused), 0, nil
	}
	w := wishOf(in, r.draft.Survey, now)
	before := slices.Clone(p.Asked)
	at, refused := r.clock.place(p, in, r.draft.Survey.Ask, w, r.open(p, in, now))
	if refused != nil {
		p.Asked = before
		return skipped(refused), 0, nil
	}
	return r.clock.asked(r.draft.Survey.Ask, in.Customer, w, at), at.Sub(w.at), nil
}

// person is the customer's row as the draft meets it: without the slots that it decides on itself.
func (r *replay) person(ctx context.Context, in *feedback.Interaction) (*feedback.Person, error) {
	if p := r.people[in.Person]; p != nil {
		return p, nil
	}
	p, err := store.PersonOf(ctx, r.Store.People(), in.Person)
	if errors.Is(err, store.ErrNotFound) {
		p, err = &feedback.Person{}, nil
		p.ID = in.Person
	}
	if err != nil {
		return nil, err
	}
	if known := r.people[p.ID]; known != nil {
		p = known
	} else {
		p.Asked = slices.DeleteFunc(p.Asked, func(s feedback.Slot) bool { return r.own[s.Invitation] })
	}
	r.people[in.Person], r.people[p.ID] = p, p
	return p, nil
}

// unwelcomeAt tells whether somebody had opted out, or was not deliverable, at a moment.
func unwelcomeAt(p *feedback.Person, now time.Time) *refusal {
	seen := *p
	if p.OptedOut.After(now) {
		seen.OptedOut = time.Time{}
	}
	blocked := p.Blocked
	if p.BlockedAt.After(now) {
		blocked = ""
	}
	return unwelcome(&seen, blocked)
}

// open tells whether a case on the matter was open at a moment.
func (r *replay) open(p *feedback.Person, in *feedback.Interaction, now time.Time) *refusal {
	for _, id := range append(p.IDs(), in.Person) {
		for _, c := range r.cases[id] {
			if c.OpenedAt.After(now) || !c.ResolvedAt.IsZero() && !c.ResolvedAt.After(now) || c.Interaction == in.ID {
				continue
			}
			if refused := about(c, in.ID, in.Subject); refused != nil {
				return refused
			}
		}
	}
	return nil
}

// sum counts what the items say.
func (r *replay) sum() {
	rules, days := map[[2]string]*RuleTry{}, map[string]*DayTry{}
	rule := func(decision, name string) *RuleTry {
		k := [2]string{decision, name}
		if rules[k] == nil {
			rules[k] = &RuleTry{Rule: name, Decision: decision}
		}
		return rules[k]
	}
	day := func(at time.Time) *DayTry {
		k := feedback.Day(at, r.Zone)
		if days[k] == nil {
			days[k] = &DayTry{Day: k}
		}
		return days[k]
	}
	out := r.out
	for _, it := range out.Items {
		rule(it.Decision, it.Rule).Draft++
		rule(it.Was, it.WasRule).Happened++
		out.Draft.count(it.Decision)
		out.Happened.count(it.Was)
		if it.SendAt != nil {
			out.Draft.Mails++
			day(*it.SendAt).Draft++
		}
		if it.SentAt != nil {
			out.Happened.Mails++
			day(*it.SentAt).Happened++
		}
		if it.Answered {
			out.Happened.Answers++
		}
		if it.SendAt != nil && it.SentAt != nil {
			out.Both++
		}
	}
	for _, t := range rules {
		if t.Rule == "ask.rest" && t.Decision == feedback.Deferred {
			out.Rest.Deferred = t.Draft
		}
		if t.Rule == "ask.rest" && t.Decision == feedback.Skipped {
			out.Rest.Skipped = t.Draft
		}
		out.Rules = append(out.Rules, *t)
	}
	for _, d := range days {
		out.Days = append(out.Days, *d)
	}
	slices.SortFunc(out.Rules, func(a, b RuleTry) int {
		return cmp.Or(cmp.Compare(a.Decision, b.Decision), cmp.Compare(a.Rule, b.Rule))
	})
	slices.SortFunc(out.Days, func(a, b DayTry) int { return cmp.Compare(a.Day, b.Day) })
	out.Rest.People, out.Rest.Hours = len(r.rested), out.Rest.Longest.Hours()
	if out.Happened.Mails > 0 {
		out.Answers = (out.Happened.Answers*out.Draft.Mails + out.Happened.Mails/2) / out.Happened.Mails
	}
	out.Draft.Answers = out.Answers
}

func (o *Outcomes) count(decision string) {
	switch decision {
	case feedback.Asked:
		o.Asked++
	case feedback.Deferred:
		o.Deferred++
	case feedback.Skipped:
		o.Skipped++
	}
}
