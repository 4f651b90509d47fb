package storetest

import (
	"cmp"
	"context"
	"math/rand/v2"
	"slices"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/store"
)

func pick[T any](r *rand.Rand, of ...T) T { return of[r.IntN(len(of))] }

// when is a moment of few, so that rows tie.
func when(r *rand.Rand) time.Time { return base().Add(time.Duration(r.IntN(40)) * time.Millisecond) }

// combine returns the zero filter changed by every subset of set.
func combine[F any](set ...func(*F)) []F {
	out := make([]F, 1<<len(set))
	for i := range out {
		for bit, change := range set {
			if i&(1<<bit) != 0 {
				change(&out[i])
			}
		}
	}
	return out
}

// within tells whether at lies in [from, to), of which zero ends are open.
func within(at, from, to time.Time) bool {
	return (from.IsZero() || !at.Before(from)) && (to.IsZero() || at.Before(to))
}

// is tells whether a filter's value is open or the row's.
func is(want, got string) bool { return want == "" || want == got }

func newestFirst(a, b time.Time) int { return b.Compare(a) }

func interactionList() listing[feedback.Interaction, *feedback.Interaction, store.InteractionFilter] {
	type (
		T = feedback.Interaction
		F = store.InteractionFilter
	)
	return listing[T, *T, F]{
		table: func(s store.Store) store.Table[T] { return s.Interactions() },
		list: func(s store.Store, ctx context.Context, f F, p store.Page) (store.List[T], error) {
			return s.Interactions().List(ctx, f, p)
		},
		row: func(r *rand.Rand, id string) *T {
			return &T{Record: feedback.Record{ID: id}, Person: pick(r, "p1", "p2", "p3"),
				Agent: feedback.Agent{Email: pick(r, "a1", "a2"), Team: pick(r, "t1", "t2")}, EndedAt: when(r)}
		},
		full: func(*T) bool { return true },
		filters: func(r *rand.Rand, like *T) []F {
			return combine(
				func(f *F) { f.Person = like.Person },
				func(f *F) { f.Agent = like.Agent.Email },
				func(f *F) {
					f.From = like.EndedAt.Add(pick(r, 0, -3*time.Millisecond, time.Nanosecond-time.Millisecond))
				},
				func(f *F) { f.To = like.EndedAt.Add(pick(r, time.Nanosecond, time.Millisecond, 5*time.Millisecond)) })
		},
		match: func(f F, v *T) bool {
			return is(f.Person, v.Person) && is(f.Agent, v.Agent.Email) && within(v.EndedAt, f.From, f.To)
		},
		order: func(_ F, a, b *T) int { return newestFirst(a.EndedAt, b.EndedAt) },
		all:   func(v *T) F { return F{Person: v.Person, From: v.EndedAt} },
	}
}

func invitationList() listing[feedback.Invitation, *feedback.Invitation, store.InvitationFilter] {
	type (
		T = feedback.Invitation
		F = store.InvitationFilter
	)
	span := func(f F) bool { return !f.SentFrom.IsZero() || !f.SentTo.IsZero() }
	return listing[T, *T, F]{
		table: func(s store.Store) store.Table[T] { return s.Invitations() },
		list: func(s store.Store, ctx context.Context, f F, p store.Page) (store.List[T], error) {
			return s.Invitations().List(ctx, f, p)
		},
		row: func(r *rand.Rand, id string) *T {
			return &T{Record: feedback.Record{ID: id}, Interaction: pick(r, "i1", "i2", "i3"), Person: pick(r, "p1", "p2"), Survey: pick(r, "csat", "nps"),
				Agent: feedback.Agent{Email: pick(r, "a1", "a2")}, CreatedAt: when(r), SentAt: pick(r, when(r), when(r), time.Time{})}
		},
		full: func(v *T) bool { return !v.SentAt.IsZero() },
		filters: func(r *rand.Rand, like *T) []F {
			all := combine(
				func(f *F) { f.Interaction = like.Interaction },
				func(f *F) { f.Person = like.Person },
				func(f *F) { f.Survey = like.Survey },
				func(f *F) { f.Agent = like.Agent.Email },
				func(f *F) {
					f.SentFrom = like.SentAt.Add(pick(r, -10*time.Millisecond, time.Nanosecond-time.Millisecond))
				},
				func(f *F) { f.SentTo = like.SentAt.Add(pick(r, time.Nanosecond, 10*time.Millisecond)) })
			return slices.DeleteFunc(all, func(f F) bool { return f.Interaction == "" && f.Person == "" && f.Survey == "" })
		},
		match: func(f F, v *T) bool {
			return is(f.Interaction, v.Interaction) && is(f.Person, v.Person) && is(f.Survey, v.Survey) && is(f.Agent, v.Agent.Email) &&
				(!span(f) || !v.SentAt.IsZero() && within(v.SentAt, f.SentFrom, f.SentTo))
		},
		order: func(f F, a, b *T) int {
			if span(f) {
				return a.SentAt.Compare(b.SentAt)
			}
			return newestFirst(a.CreatedAt, b.CreatedAt)
		},
		all: func(v *T) F { return F{Survey: v.Survey} },
	}
}

func responseList() listing[feedback.Response, *feedback.Response, store.ResponseFilter] {
	type (
		T = feedback.Response
		F = store.ResponseFilter
	)
	label := func(v *T) string {
		if v.Sentiment == nil {
			return ""
		}
		return v.Sentiment.Label
	}
	return listing[T, *T, F]{
		table: func(s store.Store) store.Table[T] { return s.Responses() },
		list: func(s store.Store, ctx context.Context, f F, p store.Page) (store.List[T], error) {
			return s.Responses().List(ctx, f, p)
		},
		row: func(r *rand.Rand, id string) *T {
			return &T{Record: feedback.Record{ID: id}, Person: pick(r, "p1", "p2"), Survey: pick(r, "csat", "nps"), AnsweredAt: when(r),
				Agent:   feedback.Agent{Email: pick(r, "a1", "a2"), Team: pick(r, "t1", "t2")},
				Comment: pick(r, "", "late again"), Sentiment: pick(r, nil, &feedback.Sentiment{Label: feedback.Negative}, &feedback.Sentiment{Label: feedback.Mixed})}
		},
		full: func(v *T) bool { return v.Comment != "" && v.Sentiment != nil },
		filters: func(r *rand.Rand, like *T) []F {
			return combine(
				func(f *F) {
					f.From = like.AnsweredAt.Add(pick(r, 0, -3*time.Millisecond, time.Nanosecond-time.Millisecond))
				},
				func(f *F) { f.To = like.AnsweredAt.Add(pick(r, time.Nanosecond, time.Millisecond, 5*time.Millisecond)) },
				func(f *F) { f.Agent = like.Agent.Email },
				func(f *F) { f.Team = like.Agent.Team },
				func(f *F) { f.Survey = like.Survey },
				func(f *F) { f.Person = like.Person },
				func(f *F) { f.Label = label(like) },
				func(f *F) { f.Comments = like.Comment != "" })
		},
		match: func(f F, v *T) bool {
			return is(f.Agent, v.Agent.Email) && is(f.Team, v.Agent.Team) && is(f.Survey, v.Survey) && is(f.Person, v.Person) &&
				is(f.Label, label(v)) && (!f.Comments || v.Comment != "") && within(v.AnsweredAt, f.From, f.To)
		},
		order: func(_ F, a, b *T) int { return newestFirst(a.AnsweredAt, b.AnsweredAt) },
		all:   func(v *T) F { return F{Survey: v.Survey, From: v.AnsweredAt} },
	}
}

func caseList() listing[feedback.Case, *feedback.Case, store.CaseFilter] {
	type (
		T = feedback.Case
		F = store.CaseFilter
	)
	agent := func(r *rand.Rand) feedback.Agent {
		return feedback.Agent{Email: pick(r, "a1", "a2"), Team: pick(r, "t1", "t2")}
	}
	return listing[T, *T, F]{
		table: func(s store.Store) store.Table[T] { return s.Cases() },
		list: func(s store.Store, ctx context.Context, f F, p store.Page) (store.List[T], error) {
			return s.Cases().List(ctx, f, p)
		},
		row: func(r *rand.Rand, id string) *T {
			return &T{Record: feedback.Record{ID: id}, Person: pick(r, "p1", "p2"), Survey: pick(r, "csat", "nps"), Owner: agent(r), Agent: agent(r),
				State: pick(r, feedback.CaseStates()...), OpenedAt: when(r), Deadline: pick(r, when(r), time.Time{})}
		},
		full:    func(v *T) bool { return !v.Deadline.IsZero() },
		filters: caseFilters,
		match: func(f F, v *T) bool {
			return (len(f.States) == 0 || slices.Contains(f.States, v.State)) && is(f.Owner, v.Owner.Email) && is(f.OwnerTeam, v.Owner.Team) &&
				is(f.Agent, v.Agent.Email) && is(f.Survey, v.Survey) && is(f.Person, v.Person) && within(v.OpenedAt, f.OpenedFrom, f.OpenedTo) &&
				(f.DueBefore.IsZero() || !v.Deadline.IsZero() && v.Deadline.Before(f.DueBefore))
		},
		order: func(f F, a, b *T) int {
			if !f.ByDeadline {
				return newestFirst(a.OpenedAt, b.OpenedAt)
			}
			if a.Deadline.IsZero() != b.Deadline.IsZero() {
				return cmp.Compare(b.Deadline.Unix(), a.Deadline.Unix()) // the zero time is the earliest
			}
			return a.Deadline.Compare(b.Deadline)
		},
		all: func(v *T) F { return F{Survey: v.Survey, ByDeadline: true} },
	}
}

func caseFilters(r *rand.Rand, like *feedback.Case) []store.CaseFilter {
	type F = store.CaseFilter
	return combine(
		func(f *F) { f.States = []feedback.CaseState{like.State, pick(r, feedback.CaseStates()...)} },
		func(f *F) { f.Owner = like.Owner.Email },
		func(f *F) { f.OwnerTeam = like.Owner.Team },
		func(f *F) { f.Agent = like.Agent.Email },
		func(f *F) { f.Survey = like.Survey },
		func(f *F) { f.Person = like.Person },
		func(f *F) { f.DueBefore = like.Deadline.Add(pick(r, time.Nanosecond, time.Millisecond)) },
		func(f *F) {
			f.OpenedFrom = like.OpenedAt.Add(pick(r, -9*time.Millisecond, time.Nanosecond-time.Millisecond))
		},
		func(f *F) { f.OpenedTo = like.OpenedAt.Add(pick(r, time.Nanosecond, 9*time.Millisecond)) },
		func(f *F) { f.ByDeadline = true })
}
