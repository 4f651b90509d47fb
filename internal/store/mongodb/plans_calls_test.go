package mongodb

import (
	"context"
	"errors"
	"fmt"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/store"
)

// call is one call of the contract.
type call func(context.Context) error

// contract is every call of the contract, lists with every combination of filters, over seed's rows.
func contract(s *Store) map[string]call {
	calls := map[string]call{
		"Users.List()":        func(ctx context.Context) error { _, err := s.Users().List(ctx); return err },
		"Keys.List()":         func(ctx context.Context) error { _, err := s.Keys().List(ctx); return err },
		"Sessions.DeleteOf()": func(ctx context.Context) error { return s.Sessions().DeleteOf(ctx, "p1") },
		"Ping()":              s.Ping,
		"Expire()":            func(ctx context.Context) error { return s.Expire(ctx, day().Add(25*time.Hour)) },
		"Responses.Index()": func(ctx context.Context) error {
			return s.Responses().Index(ctx, []*feedback.Response{{Record: feedback.Record{ID: "x", Rev: 1}, Comment: "late", Analysed: true}})
		},
		"Responses.Scan()":         func(ctx context.Context) error { _, err := s.responses.Scan(ctx, "8", 100); return err },
		"Rollups.MarkDirty()":      func(ctx context.Context) error { return s.Rollups().MarkDirty(ctx, marked(), day(), day()) },
		"Rollups.MarkDirty(again)": func(ctx context.Context) error { return s.Rollups().MarkDirty(ctx, marked(), day(), day()) },
	}
	queueCalls[feedback.Interaction](calls, "Interactions", s.Interactions())
	queueCalls[feedback.Invitation](calls, "Invitations", s.Invitations())
	queueCalls[feedback.Response](calls, "Responses", s.Responses())
	queueCalls[feedback.Case](calls, "Cases", s.Cases())
	queueCalls[feedback.Remark](calls, "Remarks", s.Remarks())
	queueCalls[feedback.Rollup](calls, "Rollups", s.Rollups())
	queueCalls[feedback.Link](calls, "Links", s.Links())
	tableCalls[feedback.Person](calls, "People", s.People())
	tableCalls[feedback.Definition](calls, "Definitions", s.Definitions())
	tableCalls[feedback.User](calls, "Users", s.Users())
	tableCalls[feedback.Session](calls, "Sessions", s.Sessions())
	tableCalls[feedback.APIKey](calls, "Keys", s.Keys())
	tableCalls[feedback.Setting](calls, "Settings", s.Settings())
	listCalls(calls, s)
	return calls
}

func marked() []feedback.Rollup {
	var rows []feedback.Rollup
	for _, name := range []string{"new 1", "new 2"} {
		rows = append(rows, feedback.Rollup{Record: feedback.Record{ID: name}, Scope: feedback.ScopeAgent, Name: name, Day: "2026-03-01"})
	}
	return rows
}

func tableCalls[T any, R store.Row[T]](calls map[string]call, name string, t store.Table[T]) {
	calls[name+".Insert, Get, Save, Delete()"] = func(ctx context.Context) error {
		row := new(T)
		R(row).Rec().ID = "a new row"
		if err := t.Insert(ctx, row); err != nil {
			return err
		}
		row, err := t.Get(ctx, "a new row")
		if err != nil {
			return err
		}
		return errors.Join(t.Save(ctx, row), t.Delete(ctx, "a new row"))
	}
}

func queueCalls[T any, R store.Row[T]](calls map[string]call, name string, q store.Queue[T]) {
	tableCalls[T, R](calls, name, q)
	calls[name+".Claim()"] = func(ctx context.Context) error {
		_, err := q.Claim(ctx, store.Claim{Holder: "h", Now: day(), Lease: time.Minute, Limit: 10})
		return err
	}
	calls[name+".Claim(many)"] = func(ctx context.Context) error {
		_, err := q.Claim(ctx, store.Claim{Holder: "h", Now: day(), Lease: time.Minute, Limit: 200})
		return err
	}
	calls[name+".NextDue()"] = func(ctx context.Context) error { _, err := q.NextDue(ctx); return err }
}

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

// lists calls a list for its first page and, where there is one, the next.
func lists[T, F any](calls map[string]call, name string, list func(context.Context, F, store.Page) (store.List[T], error), filters []F) {
	for _, f := range filters {
		calls[fmt.Sprintf("%s(%+v)", name, f)] = func(ctx context.Context) error {
			first, err := list(ctx, f, store.Page{Limit: 5})
			if err == nil && first.Next != "" {
				_, err = list(ctx, f, store.Page{Limit: 5, After: first.Next})
			}
			return err
		}
	}
}

func listCalls(calls map[string]call, s *Store) {
	from, to := day().Add(24*time.Hour), day().Add(72*time.Hour)
	lists(calls, "Interactions.List", s.Interactions().List, combine(
		func(f *store.InteractionFilter) { f.Person = "p1" },
		func(f *store.InteractionFilter) { f.Agent = "a1" },
		func(f *store.InteractionFilter) { f.From, f.To = from, to }))
	var invitations []store.InvitationFilter
	for _, f := range combine(
		func(f *store.InvitationFilter) { f.Interaction = "1" },
		func(f *store.InvitationFilter) { f.Person = "p1" },
		func(f *store.InvitationFilter) { f.Survey = "nps" },
		func(f *store.InvitationFilter) { f.Agent = "a1" },
		func(f *store.InvitationFilter) { f.SentFrom, f.SentTo = from, to }) {
		if f.Interaction != "" || f.Person != "" || f.Survey != "" {
			invitations = append(invitations, f)
		}
	}
	lists(calls, "Invitations.List", s.Invitations().List, invitations)
	lists(calls, "Responses.List", s.Responses().List, combine(
		func(f *store.ResponseFilter) { f.From, f.To = from, to },
		func(f *store.ResponseFilter) { f.Agent = "a1" },
		func(f *store.ResponseFilter) { f.Team = "t1" },
		func(f *store.ResponseFilter) { f.Survey = "nps" },
		func(f *store.ResponseFilter) { f.Person = "p1" },
		func(f *store.ResponseFilter) { f.Label = "negative" },
		func(f *store.ResponseFilter) { f.Comments = true }))
	lists(calls, "Responses.Search", s.Responses().Search, combine(
		func(f *store.SearchFilter) { f.From, f.To = from, to },
		func(f *store.SearchFilter) { f.Text = "again late" },
		func(f *store.SearchFilter) { f.Text = "lat*" },
		func(f *store.SearchFilter) { f.Team = "t1" },
		func(f *store.SearchFilter) { f.Scores = []int{0, 1} }))
	lists(calls, "Cases.List", s.Cases().List, combine(
		func(f *store.CaseFilter) { f.States = []feedback.CaseState{feedback.CaseOpen, feedback.CaseContacted} },
		func(f *store.CaseFilter) { f.Owner = "a0" },
		func(f *store.CaseFilter) { f.OwnerTeam = "t0" },
		func(f *store.CaseFilter) { f.Agent = "a0" },
		func(f *store.CaseFilter) { f.Survey = "nps" },
		func(f *store.CaseFilter) { f.Person = "p0" },
		func(f *store.CaseFilter) { f.DueBefore = to },
		func(f *store.CaseFilter) { f.OpenedFrom, f.OpenedTo = from, to },
		func(f *store.CaseFilter) { f.ByDeadline = true }))
	var remarks []store.RemarkFilter
	for _, f := range combine(
		func(f *store.RemarkFilter) { f.Kind = feedback.Kudos },
		func(f *store.RemarkFilter) { f.Response = "1" },
		func(f *store.RemarkFilter) { f.Agent = "a1" },
		func(f *store.RemarkFilter) { f.Team = "t1" },
		func(f *store.RemarkFilter) { f.From, f.To = from, to }) {
		if f.Kind != "" || f.Response != "" {
			remarks = append(remarks, f)
		}
	}
	lists(calls, "Remarks.List", s.Remarks().List, remarks)
	ranges := combine(
		func(f *store.RollupFilter) { f.Name = "a1" },
		func(f *store.RollupFilter) { f.Team = "t1" },
		func(f *store.RollupFilter) { f.Survey = "nps" })
	for _, f := range ranges {
		f.Scope, f.From, f.To = feedback.ScopeAgent, "2026-02-01", "2026-02-28"
		calls[fmt.Sprintf("Rollups.Range(%+v)", f)] = func(ctx context.Context) error { _, err := s.Rollups().Range(ctx, f); return err }
	}
}
