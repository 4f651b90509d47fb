package collect

import (
	"log/slog"
	"testing"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/recovery"
	"earshot/internal/sentiment"
)

// slow understands nothing before told is closed.
type slow struct{ told <-chan struct{} }

func (s slow) Analyse(string, string) sentiment.Verdict {
	<-s.told
	return sentiment.Verdict{Label: sentiment.Negative, Polarity: -0.9, Confidence: 0.95}
}

// The case is opened while the engine still thinks: it ends thinking only when the case is there.
func TestLowScoreDoesNotWaitForItsSentiment(t *testing.T) {
	w := newWorld(t)
	opened := make(chan struct{})
	w.Recovery = recovery.New(recovery.Config{
		Store: w.Store, Catalog: w.Catalog, Zone: time.UTC, Holder: "one", Log: slog.New(slog.DiscardHandler), Wake: func() { close(opened) },
	})
	w.Analyser, w.Patience = slow{opened}, time.Millisecond
	w.submit(vote(1, "terrible"), noon())
	w.work(noon())
	r, c := w.response(w.id), w.openCase(w.id)
	if c == nil || c.Reason != feedback.ReasonLowScore || c.Label != feedback.Negative {
		t.Fatalf("case %+v; want one that knows the sentiment in the end", c)
	}
	if !r.HasCase || !r.Analysed || r.Sentiment.Label != feedback.Negative {
		t.Errorf("response: case %v, analysed %v, sentiment %+v", r.HasCase, r.Analysed, r.Sentiment)
	}
}

// A friendly score waits as long as it takes: nothing may alert on it before it is understood.
func TestFriendlyScoreWaits(t *testing.T) {
	w := newWorld(t)
	told := make(chan struct{})
	time.AfterFunc(20*time.Millisecond, func() { close(told) })
	w.Analyser, w.Patience = slow{told}, time.Millisecond
	w.submit(vote(5, "terrible"), noon())
	w.work(noon())
	if c := w.openCase(w.id); c == nil || c.Reason != feedback.ReasonComment {
		t.Errorf("case %+v, want one for the comment", c)
	}
}

// threat praises and threatens at once.
type threat string

func (k threat) Analyse(string, string) sentiment.Verdict {
	return sentiment.Verdict{Label: sentiment.Positive, Polarity: 0.8, Confidence: 0.95,
		Signals: []sentiment.Signal{{Kind: string(k), Evidence: []sentiment.Span{{Start: 0, End: 5}}}}}
}

func TestSignalOpensACaseWhateverTheScore(t *testing.T) {
	for _, k := range sentiment.Signals() {
		w := newWorld(t)
		w.Analyser = threat(k)
		w.submit(vote(5, "court, but lovely"), noon())
		w.work(noon())
		c := w.openCase(w.id)
		switch k {
		case sentiment.SignalChurn, sentiment.SignalCallback:
			if c != nil {
				t.Errorf("%s alone opened a case", k)
			}
		default:
			if c == nil || c.Reason != feedback.ReasonSignal {
				t.Errorf("%s: case %+v, want one for the signal", k, c)
			}
		}
	}
}

// The same words in a re-survey are no denial: whoever confirms and mentions an illness has confirmed.
func TestSignalDoesNotDenyARecovery(t *testing.T) {
	w := newWorld(t)
	w.submit(vote(1, "terrible"), noon())
	w.work(noon())
	again := w.invite("2", w.id)
	w.Analyser = threat(sentiment.SignalVulnerable)
	if _, err := w.Submit(t.Context(), w.Tokens.Mint(again), vote(5, "my mother is well again"), noon()); err != nil {
		t.Fatal(err)
	}
	w.work(noon())
	if c := w.openCase(w.id); c.State != feedback.CaseConfirmed {
		t.Errorf("the case is %s, want confirmed", c.State)
	}
}
