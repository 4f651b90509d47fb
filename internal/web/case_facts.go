package web

import (
	"context"
	"errors"
	"strings"

	"earshot/internal/feedback"
	"earshot/internal/recovery"
	"earshot/internal/store"
)

// addFacts fills in the interaction's operational figures: diagnosis, never a score.
func (a *app) addFacts(ctx context.Context, view *caseView, k *feedback.Case) error {
	if k.Interaction == "" {
		return nil
	}
	in, err := a.Store.Interactions().Get(ctx, k.Interaction)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	add := func(name, value string) {
		if value != "" {
			view.Facts = append(view.Facts, factView{name, value})
		}
	}
	add("Ended", in.EndedAt.In(a.Zone).Format("Mon 2 Jan 2006, 15:04"))
	add("Channel", title(in.Channel))
	add("Reference", in.Source+" "+in.External)
	m := in.Metrics
	if m.WaitSeconds != nil {
		add("Waited", seconds(*m.WaitSeconds))
	}
	if m.HandleSeconds != nil {
		add("Handled for", seconds(*m.HandleSeconds))
	}
	if m.Transfers != nil {
		add("Passed on", times(*m.Transfers))
	}
	if m.Reopens != nil {
		add("Reopened", times(*m.Reopens))
	}
	if n := len(in.Owners); n > 1 {
		var chain []string
		for _, o := range in.Owners {
			chain = append(chain, o.Email)
		}
		add("Went through", strings.Join(chain, " → "))
	}
	add("Tags", strings.Join(in.Tags, ", "))
	return nil
}

func (a *app) addJourney(ctx context.Context, view *caseView, u *feedback.User, k *feedback.Case) error {
	if k.Person == "" {
		return nil
	}
	moments, err := a.Recovery.Journey(ctx, k.Person, journeyLimit)
	if err != nil {
		return err
	}
	for _, m := range moments {
		if m.ID == k.ID && m.Kind == recovery.MomentCase {
			continue // this page
		}
		v := momentView{Moment: m, Here: m.ID == k.ID}
		switch m.Kind {
		case recovery.MomentInteraction:
			v.What = "Was served by " + m.Agent.DisplayName()
		case recovery.MomentCase:
			v.What = "Case: " + strings.ReplaceAll(m.Text, "_", " ")
			v.Text = ""
			if u.Sees(&feedback.Case{Owner: m.Agent, Agent: m.Agent}) {
				v.URL = "/desk/cases/" + m.ID
			}
		default:
			v.What = "Answered"
			v.Score = badge(m.Metric, m.Score, m.Scored, "")
		}
		view.Moments = append(view.Moments, v)
	}
	return nil
}
