package collect

import (
	"context"
	"fmt"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/sentiment"
)

// patience is how long the alert for a low score waits for its comment to be understood.
const patience = time.Second

// understand gives the comment its sentiment. A low score does not wait for that longer than a moment:
// then its case is opened as it is, and is told of the sentiment when there is one.
func (s *Service) understand(ctx context.Context, r *feedback.Response, survey feedback.Survey, now time.Time) error {
	if !r.Analysed && r.Comment != "" {
		verdict := make(chan sentiment.Verdict, 1)
		go func(comment, language string) { verdict <- s.Analyser.Analyse(comment, language) }(r.Comment, r.Language)
		v, err := s.await(ctx, verdict, func() error { return s.openFirst(ctx, r, survey, now) })
		if err != nil {
			return err
		}
		r.Sentiment = Understood(v)
	}
	r.Analysed = true
	r.FindConflict() // the score may have changed beside the same comment
	return nil
}

// await returns the verdict; late is called once when it takes longer than an alert may wait.
func (s *Service) await(ctx context.Context, verdict <-chan sentiment.Verdict, late func() error) (sentiment.Verdict, error) {
	timer := time.NewTimer(s.Patience)
	defer timer.Stop()
	for {
		select {
		case v := <-verdict:
			return v, nil
		case <-timer.C:
			if err := late(); err != nil {
				return sentiment.Verdict{}, err
			}
		case <-ctx.Done():
			return sentiment.Verdict{}, ctx.Err()
		}
	}
}

// openFirst opens the case of a low score whose comment nobody has understood yet.
func (s *Service) openFirst(ctx context.Context, r *feedback.Response, survey feedback.Survey, now time.Time) error {
	if !r.Low || r.Imported() || r.HasCase || r.Original != "" || len(r.Versions) > 0 || r.Settle.After(now) {
		return nil
	}
	if err := s.Recovery.Open(ctx, r, survey, now); err != nil {
		return fmt.Errorf("open the case before its sentiment: %w", err)
	}
	r.HasCase = true
	return nil
}

// Understood turns the engine's answer into the domain's words.
func Understood(v sentiment.Verdict) *feedback.Sentiment {
	out := &feedback.Sentiment{
		Language: v.Language, Label: string(v.Label), Polarity: v.Polarity, Confidence: v.Confidence,
		Names: v.Names, Evidence: spans(v.Evidence), Engine: v.Engine,
	}
	for _, t := range v.Topics {
		out.Topics = append(out.Topics, feedback.Topic{Topic: t.Topic, Label: string(t.Label), Polarity: t.Polarity, Evidence: spans(t.Evidence)})
	}
	for _, g := range v.Signals {
		out.Signals = append(out.Signals, feedback.Signal{Kind: g.Kind, Evidence: spans(g.Evidence)})
	}
	return out
}

func spans(in []sentiment.Span) []feedback.Span {
	var out []feedback.Span
	for _, s := range in {
		out = append(out, feedback.Span(s))
	}
	return out
}
