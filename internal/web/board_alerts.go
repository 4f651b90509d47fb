package web

import (
	"context"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/perception"
)

// leaderAlert is one finding of the watch in words.
type leaderAlert struct {
	Mark, Tone, Text, URL, When string
}

// alertsShown is how many findings stand on the board.
const alertsShown = 6

// leaderAlerts are the findings of the days shown that concern the viewer and the scope.
func (a *app) leaderAlerts(ctx context.Context, v boardView, o *perception.Overview) ([]leaderAlert, error) {
	found, err := a.Perception.Alerts(ctx, o.From, o.To)
	if err != nil {
		return nil, err
	}
	var out []leaderAlert
	for _, f := range found {
		if !v.own && !f.For(v.user) && v.user.Role != feedback.RoleAdmin || !inScope(v, f) || len(out) == alertsShown {
			continue
		}
		one, err := a.leaderAlert(ctx, f)
		if err != nil {
			return nil, err
		}
		out = append(out, one)
	}
	return out, nil
}

// inScope tells whether a finding is about the scope that is looked at, or about a part of it.
func inScope(v boardView, f perception.Alert) bool {
	switch {
	case v.ask.agent != "":
		return f.Scope == feedback.ScopeAgent && f.Name == v.ask.agent
	case v.ask.team != "":
		return f.Scope == feedback.ScopeTeam && f.Name == v.ask.team || f.Scope == feedback.ScopeAgent && f.Team == v.ask.team
	case v.noAgents:
		return f.Scope != feedback.ScopeAgent
	}
	return true
}

// ownStanding says how the viewer stands among the colleagues of the team, as the lead sees it.
func (a *app) ownStanding(ctx context.Context, v boardView, o *perception.Overview) (string, error) {
	if !v.own || v.user.Team == "" || !o.Main.Now.Enough() {
		return "", nil
	}
	q := v.query(a.Now(), a.Zone)
	q.Agent, q.Team, q.Survey = "", v.user.Team, o.Main.Survey
	peers, err := a.Perception.Peers(ctx, q, o.Main, perception.ByAgent)
	if err != nil {
		return "", err
	}
	ranked, side := 0, 0
	for _, u := range peers {
		if u.Score.Enough() {
			ranked++
		}
		if u.Name == v.user.Email {
			side = u.Standing.Side
		}
	}
	if ranked < 2 {
		return "", nil
	}
	where := map[int]string{-1: "clearly below", 0: "not clearly different from", 1: "clearly above"}[side]
	return "In " + a.surveyName(o.Main.Survey) + " your score is " + where + " the mean of the " + number(int64(ranked)) + " colleagues in " + v.user.Team + " with enough answers.", nil
}

func (a *app) leaderAlert(ctx context.Context, f perception.Alert) (leaderAlert, error) {
	who := f.Name
	if f.Scope == feedback.ScopeAgent {
		name, err := a.Perception.AgentName(ctx, f.Name)
		if err != nil {
			return leaderAlert{}, err
		}
		who = name
	}
	if who == "" {
		who = "The whole organisation"
	}
	survey, share := a.surveyName(f.Survey), feedback.CSAT
	l := leaderAlert{Mark: "▼", Tone: "bad", URL: f.Path(), When: "found " + civilDay(f.Day)}
	since := ", since " + civilDay(f.Since)
	switch f.Kind {
	case perception.AlertRise:
		l.Mark, l.Tone = "▲", "good"
		l.Text = who + ": " + survey + " rose from " + perception.ScoreWords(f.Metric, f.Before.Value) + " to " + perception.ScoreWords(f.Metric, f.After.Value) + since
	case perception.AlertTopic:
		l.Mark, l.Tone = "●", ""
		l.Text = title(f.Topic) + " is named more and more: " + perception.ScoreWords(share, f.After.Value) + " of comments instead of " + perception.ScoreWords(share, f.Before.Value) + since
	case perception.AlertCoverage:
		l.Text = "Fewer customers answer: " + perception.ScoreWords(share, f.After.Value) + " instead of " + perception.ScoreWords(share, f.Before.Value) + since
	case perception.AlertSilent:
		l.Mark = "■"
		l.Text = who + " has gone silent: no answers" + since + ", where " + number(f.Before.N) + " were to be expected"
	default:
		l.Text = who + ": " + survey + " fell from " + perception.ScoreWords(f.Metric, f.Before.Value) + " to " + perception.ScoreWords(f.Metric, f.After.Value) + since
	}
	if f.After.N > 0 && f.Kind != perception.AlertSilent {
		l.Text += " (" + countText(f.After.N, "answer", "answers") + ")"
	}
	l.Text += "."
	return l, nil
}

// civilDay writes a day of the form 2006-01-02 as people do.
func civilDay(day string) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return t.Format("2 January")
}
