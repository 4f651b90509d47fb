package mongodb_test

import (
	"context"
	"fmt"
	"slices"
	"time"

	"pgregory.net/rapid"

	"earshot/internal/feedback"
	"earshot/internal/store"
)

func interactionHistory(rt *rapid.T, both [2]store.Store) {
	h := history[feedback.Interaction, *feedback.Interaction]{ids: rowIDs(),
		queues: [2]store.Queue[feedback.Interaction]{both[0].Interactions(), both[1].Interactions()},
		fill: func(rt *rapid.T, id string) *feedback.Interaction {
			return &feedback.Interaction{Record: row(rt, id), Person: word(rt, "person", "p1", "p2"), EndedAt: moment(rt, "ended"),
				Agent: feedback.Agent{Email: word(rt, "agent", "a1", "a2")}}
		}}
	h.run(rt, map[string]func(*rapid.T){"list": func(rt *rapid.T) {
		f := store.InteractionFilter{Person: maybe(rt, "by person", "p1"), Agent: maybe(rt, "by agent", "a1"), From: moment(rt, "from"), To: moment(rt, "to")}
		list(rt, fmt.Sprintf("List(%+v)", f), func(i int, p store.Page) (store.List[feedback.Interaction], error) {
			return both[i].Interactions().List(context.Background(), f, p)
		})
	}})
}

func invitationHistory(rt *rapid.T, both [2]store.Store) {
	h := history[feedback.Invitation, *feedback.Invitation]{ids: rowIDs(),
		queues: [2]store.Queue[feedback.Invitation]{both[0].Invitations(), both[1].Invitations()},
		fill: func(rt *rapid.T, id string) *feedback.Invitation {
			return &feedback.Invitation{Record: row(rt, id), Interaction: word(rt, "interaction", "i1", "i2"), Person: word(rt, "person", "p1", "p2"),
				Survey: word(rt, "survey", "csat", "nps"), Agent: feedback.Agent{Email: word(rt, "agent", "a1", "a2")},
				CreatedAt: moment(rt, "created"), SentAt: moment(rt, "sent")}
		}}
	h.run(rt, map[string]func(*rapid.T){"list": func(rt *rapid.T) {
		f := store.InvitationFilter{Interaction: maybe(rt, "by interaction", "i1"), Person: maybe(rt, "by person", "p1"),
			Survey: word(rt, "by survey", "csat", "nps"), Agent: maybe(rt, "by agent", "a1"), SentFrom: moment(rt, "from"), SentTo: moment(rt, "to")}
		list(rt, fmt.Sprintf("List(%+v)", f), func(i int, p store.Page) (store.List[feedback.Invitation], error) {
			return both[i].Invitations().List(context.Background(), f, p)
		})
	}})
}

func responseHistory(rt *rapid.T, both [2]store.Store) {
	h := history[feedback.Response, *feedback.Response]{ids: rowIDs(),
		queues: [2]store.Queue[feedback.Response]{both[0].Responses(), both[1].Responses()},
		fill: func(rt *rapid.T, id string) *feedback.Response {
			r := &feedback.Response{Record: row(rt, id), Person: word(rt, "person", "p1", "p2"), Survey: word(rt, "survey", "csat", "nps"),
				Agent:      feedback.Agent{Email: word(rt, "agent", "a1", "a2"), Team: word(rt, "team", "t1", "t2")},
				AnsweredAt: moment(rt, "answered"), Comment: maybe(rt, "comment", "late")}
			if label := maybe(rt, "label", feedback.Negative, feedback.Mixed); label != "" {
				r.Sentiment = &feedback.Sentiment{Label: label}
			}
			return r
		}}
	h.run(rt, map[string]func(*rapid.T){"list": func(rt *rapid.T) {
		f := store.ResponseFilter{From: moment(rt, "from"), To: moment(rt, "to"), Agent: maybe(rt, "by agent", "a1"), Team: maybe(rt, "by team", "t1"),
			Survey: maybe(rt, "by survey", "csat"), Person: maybe(rt, "by person", "p1"), Label: maybe(rt, "by label", feedback.Negative),
			Comments: rapid.Bool().Draw(rt, "comments")}
		list(rt, fmt.Sprintf("List(%+v)", f), func(i int, p store.Page) (store.List[feedback.Response], error) {
			return both[i].Responses().List(context.Background(), f, p)
		})
	}})
}

func caseHistory(rt *rapid.T, both [2]store.Store) {
	states := rapid.SliceOfNDistinct(rapid.SampledFrom(feedback.CaseStates()), 0, 3, func(s feedback.CaseState) string { return string(s) })
	h := history[feedback.Case, *feedback.Case]{ids: rowIDs(),
		queues: [2]store.Queue[feedback.Case]{both[0].Cases(), both[1].Cases()},
		fill: func(rt *rapid.T, id string) *feedback.Case {
			return &feedback.Case{Record: row(rt, id), Person: word(rt, "person", "p1", "p2"), Survey: word(rt, "survey", "csat", "nps"),
				Owner: feedback.Agent{Email: word(rt, "owner", "a1", "a2"), Team: word(rt, "owner's team", "t1", "t2")},
				Agent: feedback.Agent{Email: word(rt, "agent", "a1", "a2")}, State: rapid.SampledFrom(feedback.CaseStates()).Draw(rt, "state"),
				OpenedAt: moment(rt, "opened"), Deadline: moment(rt, "deadline")}
		}}
	h.run(rt, map[string]func(*rapid.T){"list": func(rt *rapid.T) {
		f := store.CaseFilter{States: states.Draw(rt, "states"), Owner: maybe(rt, "by owner", "a1"), OwnerTeam: maybe(rt, "by owner's team", "t1"),
			Agent: maybe(rt, "by agent", "a1"), Survey: maybe(rt, "by survey", "csat"), Person: maybe(rt, "by person", "p1"),
			DueBefore: moment(rt, "due before"), OpenedFrom: moment(rt, "from"), OpenedTo: moment(rt, "to"), ByDeadline: rapid.Bool().Draw(rt, "by deadline")}
		list(rt, fmt.Sprintf("List(%+v)", f), func(i int, p store.Page) (store.List[feedback.Case], error) {
			return both[i].Cases().List(context.Background(), f, p)
		})
	}})
}

func remarkHistory(rt *rapid.T, both [2]store.Store) {
	h := history[feedback.Remark, *feedback.Remark]{ids: rowIDs(),
		queues: [2]store.Queue[feedback.Remark]{both[0].Remarks(), both[1].Remarks()},
		fill: func(rt *rapid.T, id string) *feedback.Remark {
			return &feedback.Remark{Record: row(rt, id), Kind: rapid.SampledFrom(feedback.RemarkKinds()).Draw(rt, "kind"),
				Response: word(rt, "response", "r1", "r2"), WrittenAt: moment(rt, "written"),
				Agent: feedback.Agent{Email: word(rt, "agent", "a1", "a2"), Team: word(rt, "team", "t1", "t2")}}
		}}
	h.run(rt, map[string]func(*rapid.T){"list": func(rt *rapid.T) {
		f := store.RemarkFilter{Kind: feedback.Kudos, Response: maybe(rt, "by response", "r1"), Agent: maybe(rt, "by agent", "a1"),
			Team: maybe(rt, "by team", "t1"), From: moment(rt, "from"), To: moment(rt, "to")}
		list(rt, fmt.Sprintf("List(%+v)", f), func(i int, p store.Page) (store.List[feedback.Remark], error) {
			return both[i].Remarks().List(context.Background(), f, p)
		})
	}})
}

// leaf is the figures of one of a few agents, without a figure.
func leaf(name, day string) feedback.Rollup {
	return feedback.Rollup{Record: feedback.Record{ID: feedback.RollupID(feedback.ScopeAgent, name, "t1", "csat", day)},
		Scope: feedback.ScopeAgent, Name: name, Team: "t1", Survey: "csat", Metric: feedback.CSAT, Day: day}
}

func rollupHistory(rt *rapid.T, both [2]store.Store) {
	var ids []string
	rows := map[string]feedback.Rollup{}
	for _, name := range []string{"a1", "$a2", ""} {
		for _, day := range []string{"2026-03-01", "2026-03-02"} {
			v := leaf(name, day)
			rows[v.ID], ids = v, append(ids, v.ID)
		}
	}
	h := history[feedback.Rollup, *feedback.Rollup]{ids: ids,
		queues: [2]store.Queue[feedback.Rollup]{both[0].Rollups(), both[1].Rollups()},
		fill: func(rt *rapid.T, id string) *feedback.Rollup {
			v := rows[id]
			v.Record = row(rt, id)
			v.Tally = feedback.Tally{Asked: rapid.Int64Range(0, 9).Draw(rt, "asked"), Labels: map[string]int64{"a.b": 1, "$c": 2}}
			return &v
		}}
	mark := func(rt *rapid.T) {
		var marked []feedback.Rollup
		for _, id := range rapid.SliceOfN(rapid.SampledFrom(ids), 1, 4).Draw(rt, "marked") {
			marked = append(marked, rows[id])
		}
		due := start().Add(time.Duration(rapid.IntRange(0, 6).Draw(rt, "due")) * time.Second)
		var errs [2]error
		for i := range both {
			errs[i] = both[i].Rollups().MarkDirty(context.Background(), slices.Clone(marked), due, start())
		}
		same(rt, "MarkDirty", [2]any{}, errs)
	}
	between := func(rt *rapid.T) {
		f := store.RollupFilter{Scope: feedback.ScopeAgent, Name: maybe(rt, "by name", "a1"), Team: maybe(rt, "by team", "t1", "t2"),
			Survey: maybe(rt, "by survey", "csat"), From: word(rt, "from", "2026-03-01", "2026-03-02"), To: word(rt, "to", "2026-03-01", "2026-03-02")}
		var got [2]any
		var errs [2]error
		for i := range both {
			got[i], errs[i] = both[i].Rollups().Range(context.Background(), f)
		}
		same(rt, fmt.Sprintf("Range(%+v)", f), got, errs)
	}
	h.run(rt, map[string]func(*rapid.T){"mark": mark, "mark again": mark, "range": between})
}
