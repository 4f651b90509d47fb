package digest

import (
	"context"
	"fmt"
	"math"
	"net/url"
	"slices"
	"strconv"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/mail"
	"earshot/internal/perception"
)

// Sizes of a digest.
const (
	topics = 6
	points = 8  // bars of the trend, the period's own included
	tall   = 64 // pixels of a bar at the top of the scale
)

// page makes the digest of a period; nil when nothing happened in it.
func (s *Service) page(ctx context.Context, u *feedback.User, p period) (*mail.Digest, error) {
	q := perception.OverviewQuery{From: p.from, To: p.to}
	scope := s.Brand.Org
	if u.Role == feedback.RoleLead {
		q.Team, scope = u.Team, u.Team
	}
	o, err := s.Perception.Overview(ctx, q)
	if err != nil {
		return nil, err
	}
	answers := int64(0)
	for _, h := range o.Headlines {
		answers += h.Now.N
	}
	if answers == 0 && o.Recovery.Opened == 0 {
		return nil, nil
	}
	d := &mail.Digest{
		Brand: s.Brand, Language: u.Language, Name: u.Agent().FirstName(), Monthly: p.kind == "month", Scope: scope,
		Period: days(p), URL: s.link("/board", p, nil), SettingsURL: s.BaseURL + "/you",
	}
	if d.Language == "" {
		d.Language = "en"
	}
	for _, h := range o.Headlines {
		d.Scores = append(d.Scores, s.score(h, p))
	}
	d.Topics = s.topics(o, p)
	d.Counts = s.counts(o, p)
	return d, s.trend(ctx, d, o, q, p)
}

// days writes the days of a period in figures, which every language reads.
func days(p period) string {
	last := p.to.AddDate(0, 0, -1)
	if p.kind == "month" {
		return p.from.Format("01/2006")
	}
	return p.from.Format("2.1.") + " – " + last.Format("2.1.2006")
}

// link is the address of a page for the days of a period.
func (s *Service) link(path string, p period, more map[string]string) string {
	v := url.Values{"from": {p.from.Format(time.DateOnly)}, "to": {p.to.AddDate(0, 0, -1).Format(time.DateOnly)}}
	for name, value := range more {
		v.Set(name, value)
	}
	return s.BaseURL + path + "?" + v.Encode()
}

func (s *Service) score(h perception.Headline, p period) mail.DigestScore {
	name := h.Survey
	if survey, ok := s.Catalog.Current(h.Survey); ok && survey.Name != "" {
		name = survey.Name
	}
	d := mail.DigestScore{Name: name, Score: "–", N: h.Now.N, Change: "few", URL: s.link("/board", p, map[string]string{"survey": h.Survey})}
	if !h.Now.Enough() {
		return d
	}
	d.Score, d.Low, d.High = figure(h.Metric, h.Now.Value)+unit(h.Metric), figure(h.Metric, h.Now.Low), figure(h.Metric, h.Now.High)
	d.Bar = share(h.Metric, h.Now.Value)
	if h.Before.Enough() {
		d.Before = figure(h.Metric, h.Before.Value) + unit(h.Metric)
	}
	switch {
	case !h.Change.Known:
		d.Change = "new"
	case h.Change.Up():
		d.Change = "up"
	case h.Change.Down():
		d.Change = "down"
	default:
		d.Change = "same"
	}
	return d
}

// figure writes a score in the precision that its metric bears.
func figure(m feedback.Metric, v float64) string {
	switch m {
	case feedback.CES:
		return strconv.FormatFloat(v, 'f', 1, 64)
	case feedback.NPS:
		return fmt.Sprintf("%+d", int(math.Round(v)))
	}
	return strconv.Itoa(int(math.Round(v)))
}

func unit(m feedback.Metric) string {
	if m == feedback.CSAT || m == feedback.Thumbs {
		return "\u00a0%"
	}
	return ""
}

// share is where a score lies between the ends of its metric's scale, in percent.
func share(m feedback.Metric, v float64) int {
	low, high := 0.0, 100.0
	switch m {
	case feedback.NPS:
		low = -100
	case feedback.CES:
		low, high = 1, 7
	}
	return int(math.Round(100 * (v - low) / (high - low)))
}

// topics are those most spoken of, with bars against the widest.
func (s *Service) topics(o *perception.Overview, p period) []mail.DigestTopic {
	list := slices.Clone(o.Topics)
	slices.SortStableFunc(list, func(a, b perception.Topic) int { return int(b.Negative + b.Positive - a.Negative - a.Positive) })
	widest := int64(1)
	for _, t := range list {
		widest = max(widest, t.Negative, t.Positive)
	}
	var out []mail.DigestTopic
	for _, t := range list[:min(len(list), topics)] {
		if t.Negative+t.Positive == 0 {
			continue
		}
		width := func(n int64) int { return max(1, int(60*n/widest)) } // the words stand beside the bar
		out = append(out, mail.DigestTopic{Topic: t.Name, Complaints: t.Negative, Praise: t.Positive, ComplaintsW: width(t.Negative), PraiseW: width(t.Positive),
			URL: s.link("/board/comments", p, map[string]string{"topic": t.Name})})
	}
	return out
}

func (s *Service) counts(o *perception.Overview, p period) []mail.DigestCount {
	r := o.Recovery
	if r.Opened == 0 {
		return nil
	}
	at := s.link("/board/recovery", p, nil)
	return []mail.DigestCount{{Key: "opened", N: r.Opened, URL: at}, {Key: "contacted", N: r.Contacted, URL: at},
		{Key: "confirmed", N: r.Confirmed, URL: at}, {Key: "open", N: max(0, r.Opened-r.Resolved), URL: at}}
}

// trend adds the main score of the periods before, oldest first.
func (s *Service) trend(ctx context.Context, d *mail.Digest, o *perception.Overview, q perception.OverviewQuery, p period) error {
	if o.Main.Survey == "" {
		return nil
	}
	for back := points - 1; back >= 0; back-- {
		from, to := p.from.AddDate(0, 0, -7*back), p.to.AddDate(0, 0, -7*back)
		if p.kind == "month" {
			from, to = p.from.AddDate(0, -back, 0), p.to.AddDate(0, -back, 0)
		}
		scores, err := s.Perception.Scores(ctx, perception.Query{By: perception.ByAll, From: from, To: to, Survey: o.Main.Survey, Team: q.Team})
		if err != nil {
			return err
		}
		point := mail.DigestPoint{Label: from.Format("2.1."), Score: "–", Last: back == 0}
		if p.kind == "month" {
			point.Label = from.Format("01/06")
		}
		if len(scores) == 1 && scores[0].Enough {
			point.Score, point.Height = figure(o.Main.Metric, *scores[0].Score), max(2, share(o.Main.Metric, *scores[0].Score)*tall/100)
		}
		if point.Height > 0 || len(d.Trend) > 0 {
			d.Trend = append(d.Trend, point)
		}
	}
	return nil
}
