package sentiment

import (
	"os"
	"strings"
	"testing"
)

// golden is one line of testdata/golden.tsv.
type golden struct {
	line                int
	language, why, text string
	label               Label
	topics              map[string]string // topic → "+" or "-"
	signals             []string
}

func loadGolden(t *testing.T) []golden {
	t.Helper()
	data, err := os.ReadFile("testdata/golden.tsv")
	if err != nil {
		t.Fatal(err)
	}
	var out []golden
	for n, row := range strings.Split(strings.TrimSpace(string(data)), "\n") {
		if strings.HasPrefix(row, "#") {
			continue
		}
		f := strings.Split(row, "\t")
		if len(f) != 5 {
			t.Fatalf("golden.tsv line %d has %d columns", n+1, len(f))
		}
		g := golden{line: n + 1, language: f[0], label: Label(f[1]), why: f[3], text: f[4], topics: map[string]string{}}
		for _, w := range strings.Fields(f[2]) {
			if kind, ok := strings.CutPrefix(w, "!"); ok {
				g.signals = append(g.signals, kind)
			} else {
				g.topics[w[:len(w)-1]] = w[len(w)-1:]
			}
		}
		out = append(out, g)
	}
	return out
}

// score counts what an engine gets right on the golden comments and logs the rest.
type score struct{ language, label, topic, signal, falseSignal, of, topics, signals int }

func (s *score) take(t *testing.T, e *Engine, g golden) {
	v := e.Analyse(g.text, "")
	s.of++
	if v.Language == g.language || g.language == "en" && v.Language == "" { // emoji alone are in no language
		s.language++
	} else {
		t.Logf("line %d: language %s, want %s: %s", g.line, v.Language, g.language, g.text)
	}
	if v.Label == g.label {
		s.label++
	} else {
		t.Logf("line %d: %s %.2f (%.2f), want %s (%s): %s", g.line, v.Label, v.Polarity, v.Confidence, g.label, g.why, g.text)
	}
	for topic, sign := range g.topics {
		s.topics++
		if got := topicSign(v, topic); got == sign {
			s.topic++
		} else {
			t.Logf("line %d: topic %s is %q, want %q: %s", g.line, topic, got, sign, g.text)
		}
	}
	for _, kind := range g.signals {
		s.signals++
		if hasSignal(v, kind) {
			s.signal++
		} else {
			t.Logf("line %d: no signal %s: %s", g.line, kind, g.text)
		}
	}
	for _, got := range v.Signals {
		if !containsString(g.signals, got.Kind) {
			s.falseSignal++
			t.Logf("line %d: unasked signal %s %q: %s", g.line, got.Kind, g.text[got.Evidence[0].Start:got.Evidence[0].End], g.text)
		}
	}
}

func topicSign(v Verdict, topic string) string {
	for _, tv := range v.Topics {
		if tv.Topic == topic {
			switch {
			case tv.Polarity >= leaning:
				return "+"
			case tv.Polarity <= -leaning:
				return "-"
			}
			return "0"
		}
	}
	return ""
}

func hasSignal(v Verdict, kind string) bool {
	for _, s := range v.Signals {
		if s.Kind == kind {
			return true
		}
	}
	return false
}

// atLeast fails when fewer than min percent are right.
func atLeast(t *testing.T, what string, right, of, min int) {
	t.Helper()
	t.Logf("%s: %d of %d", what, right, of)
	if right*100 < min*of {
		t.Errorf("%s: %d of %d right, want %d %%", what, right, of, min)
	}
}

// TestGolden holds both engines to what they reach on comments that read like
// customers. The floors are a little under the present state, so that a change
// that costs more than a comment or two is noticed.
func TestGolden(t *testing.T) {
	for _, c := range []struct {
		name                 string
		engine               *Engine
		label, topic, signal int
	}{
		{"lexicon", lexiconEngine(t), 80, 90, 98},
		{"encoder", encoderEngine(t), 93, 93, 98},
	} {
		t.Run(c.name, func(t *testing.T) {
			var s score
			for _, g := range loadGolden(t) {
				s.take(t, c.engine, g)
			}
			if s.of < 300 {
				t.Errorf("%d golden comments, want 300", s.of)
			}
			atLeast(t, "language", s.language, s.of, 97)
			atLeast(t, "label", s.label, s.of, c.label)
			atLeast(t, "topics", s.topic, s.topics, c.topic)
			atLeast(t, "signals", s.signal, s.signals, c.signal)
			if s.falseSignal*20 > s.of {
				t.Errorf("%d unasked signals in %d comments", s.falseSignal, s.of)
			}
		})
	}
}
