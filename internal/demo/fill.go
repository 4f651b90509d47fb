package demo

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"time"

	"earshot/internal/collect"
	"earshot/internal/feedback"
	"earshot/internal/invite"
	"earshot/internal/store"
	"earshot/internal/worker"
)

// Config is what the demonstration needs.
type Config struct {
	Store    store.Store
	Catalog  *store.Catalog
	Analyser collect.Analyser
	Zone     *time.Location
	Seed     uint64
	// Days and Interactions are how much is invented.
	Days, Interactions int
}

// fresh is the age under which mail is left for the workers to send when the service starts.
const fresh = 5 * time.Hour

// parallel is how many rows are written at once: the store groups them into few commits.
const parallel = 64

// Stage is the filled store: who to look at, and the dice for what happens next.
type Stage struct {
	config Config
	world  *world
	leads  map[string]string // team → address
	// Agent has the most to do; Lead leads that agent's team; Executive reads the board.
	Agent, Lead, Executive, Admin feedback.User
	// Invitation is one that was sent and not yet answered.
	Invitation string
}

// history is everything that is written, by kind.
type history struct {
	interactions []*feedback.Interaction
	invitations  []*feedback.Invitation
	responses    []*feedback.Response
	cases        []*feedback.Case
	remarks      []*feedback.Remark
	people       map[string]*feedback.Person
	leaves       map[string]feedback.Rollup
}

// Fill writes the invented past. It marks the figures of every day to be counted; the caller runs the
// perception worker.
func Fill(ctx context.Context, c Config, now time.Time) (*Stage, error) {
	w, err := newWorld(c.Seed, c.Interactions*6/10, now, c.Zone)
	if err != nil {
		return nil, err
	}
	s := &Stage{config: c, world: w, leads: map[string]string{}}
	if err := s.hire(ctx, now); err != nil {
		return nil, err
	}
	h := &history{people: map[string]*feedback.Person{}, leaves: map[string]feedback.Rollup{}}
	for _, at := range w.moments(c.Interactions, c.Days) {
		if err := s.invent(h, at); err != nil {
			return nil, err
		}
	}
	if err := s.understand(ctx, h); err != nil {
		return nil, err
	}
	for _, r := range h.responses {
		s.recover(h, r)
		s.praise(h, r)
	}
	s.coach(h)
	s.judge(h, now)
	s.place(h)
	if err := s.write(ctx, h, now); err != nil {
		return nil, err
	}
	s.choose(h)
	return s, s.scan(ctx, h, now)
}

// hire adds the staff.
func (s *Stage) hire(ctx context.Context, now time.Time) error {
	users := []feedback.User{
		{Email: "kim.duarte@" + domain, Name: "Kim Duarte", Role: feedback.RoleExecutive},
		{Email: "admin@localhost", Name: "Administrator", Role: feedback.RoleAdmin},
	}
	s.Executive, s.Admin = users[0], users[1]
	for i, name := range []string{"Rosa Delgado", "Erik Sand", "Tara Singh", "Milo Hart"} {
		users = append(users, feedback.User{Email: address(name, domain), Name: name, Role: feedback.RoleLead, Team: s.world.teams[i].name})
	}
	for _, a := range s.world.agents {
		users = append(users, feedback.User{Email: a.Email, Name: a.Name, Role: feedback.RoleAgent, Team: a.Team})
	}
	for _, u := range users {
		u.ID, u.CreatedAt = u.Email, feedback.UTC(now.AddDate(0, 0, -s.config.Days))
		if err := s.config.Store.Users().Insert(ctx, &u); err != nil && !errors.Is(err, store.ErrExists) {
			return fmt.Errorf("hire %s: %w", u.Email, err)
		}
		if u.Role == feedback.RoleLead {
			s.leads[u.Team] = u.Email
		}
		if u.Role == feedback.RoleLead && s.Lead.Email == "" {
			s.Lead = u
		}
	}
	return nil
}

// invent makes one interaction that ended at a moment, and what came of asking about it.
func (s *Stage) invent(h *history, at time.Time) error {
	in, mood := s.world.contact(at)
	survey, ok := s.config.Catalog.Current(in.Survey)
	if !ok {
		return fmt.Errorf("the demonstration needs the survey %q", in.Survey)
	}
	in.ID, in.Person = feedback.InteractionID(in.Source, in.External), feedback.PersonID(in.Source, in.Customer.ID, in.Customer.Email)
	in.ReceivedAt = feedback.UTC(at.Add(time.Second))
	h.interactions = append(h.interactions, &in)
	if d, refused := invite.Refused(&in, survey, at); refused {
		in.Decision = d
		in.Ledger = []feedback.Line{{At: in.ReceivedAt, Decision: d.Outcome, Rule: d.Rule, Reason: d.Reason}}
		return nil
	}
	p := h.people[in.Person]
	if p == nil {
		p = &feedback.Person{Email: in.Customer.Email, Name: in.Customer.Name}
		p.ID = in.Person
		h.people[in.Person] = p
	}
	wish := feedback.UTC(at.Add(survey.Ask.Delay))
	if len(p.Asked) > 0 && wish.Sub(p.Asked[len(p.Asked)-1].At) < survey.Ask.Rest {
		in.Decision = feedback.Decision{Outcome: feedback.Skipped, Rule: "ask.rest",
			Reason: "The customer was asked too recently, and by the time the rest is over this is too long ago."}
		in.Ledger = []feedback.Line{{At: in.ReceivedAt, Decision: feedback.Skipped, Rule: in.Decision.Rule, Reason: in.Decision.Reason}}
		return nil
	}
	v := invite.NewInvitation(&in, survey, wish, at)
	p.Asked = append(p.Asked, feedback.Slot{Invitation: v.ID, At: wish})
	in.Decision = feedback.Decision{Outcome: feedback.Asked, Rule: "ask.delay", Reason: "The customer is asked after the delay.", Invitation: v.ID, SendAt: wish}
	in.Ledger = []feedback.Line{{At: in.ReceivedAt, Decision: feedback.Asked, Rule: in.Decision.Rule, Reason: in.Decision.Reason}}
	h.invitations = append(h.invitations, v)
	s.ask(h, &in, v, survey, mood)
	return nil
}

// ask sends the invitation in the past and lets a quarter of the customers answer, the unhappy and
// the delighted sooner than those between.
func (s *Stage) ask(h *history, in *feedback.Interaction, v *feedback.Invitation, survey feedback.Survey, mood float64) {
	w := s.world
	if w.now.Sub(v.SendAt) < fresh { // the worker sends these, so that the outbox has something to show
		return
	}
	v.MarkSent(v.SendAt.Add(time.Second))
	eager := 0.18 + 1.3*(mood-0.62)*(mood-0.62)
	after := time.Duration(w.dice.ExpFloat64() * float64(9*time.Hour))
	answeredAt := v.SentAt.Add(time.Minute + after)
	if w.dice.Float64() < eager && answeredAt.Before(w.now) && answeredAt.Before(v.ExpiresAt) {
		r := s.answer(in, v, survey, mood, answeredAt)
		v.MarkAnswered(answeredAt)
		h.responses = append(h.responses, r)
		s.mark(h, r.Leaves(s.config.Zone))
	} else {
		click(v)
	}
	s.mark(h, v.Leaves(s.config.Zone))
	v.MarkCounted()
	s.settleReminder(v)
}

// settleReminder writes down the reminder that a silent customer got, and the end of old links.
func (s *Stage) settleReminder(v *feedback.Invitation) {
	for v.State == feedback.Sent && !v.Due.IsZero() && v.Due.Before(s.world.now) {
		if len(v.Remind) > 0 && v.Due.Before(v.ExpiresAt) {
			v.MarkSent(v.Due)
			v.MarkCounted()
			continue
		}
		v.End(v.ExpiresAt, feedback.Expired, "ask.expires", "The survey's time to be answered is over.")
	}
}

func (s *Stage) answer(in *feedback.Interaction, v *feedback.Invitation, survey feedback.Survey, mood float64, at time.Time) *feedback.Response {
	r := &feedback.Response{
		Invitation: v.ID, Interaction: v.Interaction, Source: v.Source, External: v.External,
		Survey: v.Survey, Version: v.Version, Metric: v.Metric, Person: v.Person, Customer: v.Customer, Agent: v.Agent,
		Channel: v.Channel, Subject: v.Subject, Tags: v.Tags, Language: v.Language, AskedAt: v.SentAt,
	}
	r.ID = v.ID
	r.Give(s.world.answer(*in, survey, mood), survey, at)
	r.Next(time.Time{})
	return r
}

func (s *Stage) mark(h *history, leaves []feedback.Rollup) {
	for _, l := range leaves {
		h.leaves[l.ID] = l
	}
}

// understand gives each comment its sentiment; the same words are understood once.
func (s *Stage) understand(ctx context.Context, h *history) error {
	type key struct{ text, language string }
	first := map[key]*feedback.Response{}
	var todo []*feedback.Response
	for _, r := range h.responses {
		r.Analysed = true
		k := key{r.Comment, r.Language}
		if r.Comment != "" && first[k] == nil {
			first[k] = r
			todo = append(todo, r)
		}
	}
	err := worker.Each(todo, runtime.GOMAXPROCS(0), func(r *feedback.Response) error {
		r.Sentiment = collect.Understood(s.config.Analyser.Analyse(r.Comment, r.Language))
		return ctx.Err()
	})
	for _, r := range h.responses {
		if r.Comment != "" {
			r.Sentiment = first[key{r.Comment, r.Language}].Sentiment
		}
		r.FindConflict()
	}
	return err
}

func (s *Stage) write(ctx context.Context, h *history, now time.Time) error {
	st := s.config.Store
	var people []*feedback.Person
	for _, p := range h.people {
		people = append(people, p)
	}
	var leaves []feedback.Rollup
	for _, l := range h.leaves {
		leaves = append(leaves, l)
	}
	return errors.Join(
		insert(ctx, st.People(), people), insert(ctx, st.Interactions(), h.interactions), insert(ctx, st.Invitations(), h.invitations),
		insert(ctx, st.Responses(), h.responses), insert(ctx, st.Cases(), h.cases), insert(ctx, st.Remarks(), h.remarks),
		st.Rollups().MarkDirty(ctx, leaves, now, now),
	)
}

func insert[T any](ctx context.Context, t store.Table[T], rows []*T) error {
	return worker.Each(rows, parallel, func(row *T) error { return t.Insert(ctx, row) })
}

// choose finds whom and what to show first.
func (s *Stage) choose(h *history) {
	open := map[string]int{}
	for _, c := range h.cases {
		if c.State.Working() {
			open[c.Owner.Email]++
		}
	}
	for _, a := range s.world.agents {
		if s.Agent.Email == "" || open[a.Email] > open[s.Agent.Email] {
			s.Agent = feedback.User{Email: a.Email, Name: a.Name, Team: a.Team, Role: feedback.RoleAgent}
		}
	}
	for _, v := range h.invitations {
		if v.State == feedback.Sent && v.Survey == "csat" && v.Language == "en" && len(v.Signs) == 0 {
			s.Invitation = v.ID
		}
	}
}

// chance is a die for what must not disturb the seed's people.
func chance(d *rand.Rand, p float64) bool { return d.Float64() < p }
