package mongodb

import (
	"context"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/store"
)

// Remarks fulfils store.Remarks.
type Remarks struct {
	*Queue[feedback.Remark, *feedback.Remark]
}

func remarkOrders(r *feedback.Remark) orders { return orders{at: millis(r.WrittenAt)} }

// List implements store.Remarks.
func (t *Remarks) List(ctx context.Context, f store.RemarkFilter, p store.Page) (store.List[feedback.Remark], error) {
	return t.list(ctx, remarkQuery(f), p, func(r *feedback.Remark) time.Time { return r.WrittenAt })
}

func remarkQuery(f store.RemarkFilter) query {
	q := query{index: "kind", field: fieldAt, desc: true}
	switch {
	case f.Response != "":
		q.index = "response"
	case f.Agent != "":
		q.index = "kind_agent"
	case f.Team != "":
		q.index = "kind_team"
	}
	q.is("kind", string(f.Kind))
	q.is("response", f.Response)
	q.is("agent.email", f.Agent)
	q.is("agent.team", f.Team)
	q.within(f.From, f.To)
	return q
}
