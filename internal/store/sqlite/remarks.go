package sqlite

import (
	"context"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/store"
)

type remarks struct {
	*queue[feedback.Remark, *feedback.Remark]
	list *list[feedback.Remark, *feedback.Remark]
}

func newRemarks(p *preparer, w *writer, c codec) *remarks {
	q := newQueue[feedback.Remark](p, w, c, layout[feedback.Remark]{
		table: "remarks", row: "remark", columns: []string{"kind", "response", "agent", "team", "written"},
		values: func(v *feedback.Remark) []any {
			return []any{string(v.Kind), v.Response, v.Agent.Email, v.Agent.Team, millis(v.WrittenAt)}
		},
	})
	byWriting := order[feedback.Remark]{column: "written", newest: true, at: func(v *feedback.Remark) time.Time { return v.WrittenAt }}
	return &remarks{q, newList(p, q.table, byWriting, []string{"kind", "response", "agent", "team"}, nil,
		route{index: "remarks_response", fixes: []string{"response"}},
		route{index: "remarks_agent", fixes: []string{"kind", "agent"}},
		route{index: "remarks_team", fixes: []string{"kind", "team"}},
		route{index: "remarks_kind", fixes: []string{"kind"}})}
}

// List returns remarks by their writing, newest first.
func (t *remarks) List(ctx context.Context, f store.RemarkFilter, p store.Page) (store.List[feedback.Remark], error) {
	q := query{equal: map[string]string{"kind": string(f.Kind), "response": f.Response, "agent": f.Agent, "team": f.Team}}
	q.lo, q.hi = span(f.From, f.To)
	return t.list.page(ctx, q, p)
}
