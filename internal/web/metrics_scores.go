package web

import (
	"context"

	"earshot/internal/perception"

	"github.com/prometheus/client_golang/prometheus"
)

// scoreGauges are the headline scores of the last thirty days, for alarms and walls. They are read when
// somebody asks for the metrics; a score without enough answers is absent, never a number.
type scoreGauges struct {
	score, low, high, answers, asked *prometheus.GaugeVec
}

func newScoreGauges(r *prometheus.Registry) (*scoreGauges, error) {
	gauge := func(name, help string) *prometheus.GaugeVec {
		return prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "earshot_perception_" + name, Help: help}, []string{"survey", "metric"})
	}
	g := &scoreGauges{
		score:   gauge("score", "Score of the last 30 days on the metric's own scale; absent below the minimum of answers."),
		low:     gauge("score_low", "Lower end of the score's 95 % interval."),
		high:    gauge("score_high", "Upper end of the score's 95 % interval."),
		answers: gauge("answers", "Answers of the last 30 days."),
		asked:   gauge("asked", "Surveys sent in the last 30 days."),
	}
	for _, c := range g.all() {
		if err := r.Register(c); err != nil {
			return nil, err
		}
	}
	return g, nil
}

func (g *scoreGauges) all() []*prometheus.GaugeVec {
	return []*prometheus.GaugeVec{g.score, g.low, g.high, g.answers, g.asked}
}

// read sets the gauges to what the figures say now.
func (g *scoreGauges) read(ctx context.Context, p *perception.Service, q perception.Query) error {
	scores, err := p.Scores(ctx, q)
	if err != nil {
		return err
	}
	for _, v := range g.all() {
		v.Reset()
	}
	for _, s := range scores {
		labels := []string{s.Survey, string(s.Metric)}
		g.answers.WithLabelValues(labels...).Set(float64(s.N))
		g.asked.WithLabelValues(labels...).Set(float64(s.Asked))
		if s.Enough {
			g.score.WithLabelValues(labels...).Set(*s.Score)
			g.low.WithLabelValues(labels...).Set(*s.Low)
			g.high.WithLabelValues(labels...).Set(*s.High)
		}
	}
	return nil
}
