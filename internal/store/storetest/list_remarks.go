package storetest

import (
	"context"
	"math/rand/v2"
	"slices"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/store"
)

func remarkList() listing[feedback.Remark, *feedback.Remark, store.RemarkFilter] {
	type (
		T = feedback.Remark
		F = store.RemarkFilter
	)
	return listing[T, *T, F]{
		table: func(s store.Store) store.Table[T] { return s.Remarks() },
		list: func(s store.Store, ctx context.Context, f F, p store.Page) (store.List[T], error) {
			return s.Remarks().List(ctx, f, p)
		},
		row: func(r *rand.Rand, id string) *T {
			return &T{Record: feedback.Record{ID: id}, Kind: pick(r, feedback.Kudos, feedback.Dispute), Response: pick(r, "r1", "r2", "r3"),
				Agent: feedback.Agent{Email: pick(r, "a1", "a2"), Team: pick(r, "t1", "t2")}, WrittenAt: when(r)}
		},
		full: func(*T) bool { return true },
		filters: func(r *rand.Rand, like *T) []F {
			all := combine(
				func(f *F) { f.Kind = like.Kind },
				func(f *F) { f.Response = like.Response },
				func(f *F) { f.Agent = like.Agent.Email },
				func(f *F) { f.Team = like.Agent.Team },
				func(f *F) {
					f.From = like.WrittenAt.Add(pick(r, 0, -3*time.Millisecond, time.Nanosecond-time.Millisecond))
				},
				func(f *F) { f.To = like.WrittenAt.Add(pick(r, time.Nanosecond, time.Millisecond, 5*time.Millisecond)) })
			return slices.DeleteFunc(all, func(f F) bool { return f.Kind == "" && f.Response == "" })
		},
		match: func(f F, v *T) bool {
			return is(string(f.Kind), string(v.Kind)) && is(f.Response, v.Response) && is(f.Agent, v.Agent.Email) &&
				is(f.Team, v.Agent.Team) && within(v.WrittenAt, f.From, f.To)
		},
		order: func(_ F, a, b *T) int { return newestFirst(a.WrittenAt, b.WrittenAt) },
		all:   func(v *T) F { return F{Kind: v.Kind, From: v.WrittenAt} },
	}
}
