package sentiment

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"
)

// engines are built once for all tests; they are immutable.
var (
	lexiconOnce = sync.OnceValues(func() (*Engine, error) { return New(Options{Engine: "lexicon"}) })
	encoderOnce = sync.OnceValues(func() (*Engine, error) { return New(Options{}) })
)

func lexiconEngine(t testing.TB) *Engine {
	t.Helper()
	e, err := lexiconOnce()
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func encoderEngine(t testing.TB) *Engine {
	t.Helper()
	e, err := encoderOnce()
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// each runs a test with both engines.
func each(t *testing.T, f func(t *testing.T, e *Engine)) {
	t.Helper()
	t.Run("lexicon", func(t *testing.T) { f(t, lexiconEngine(t)) })
	t.Run("encoder", func(t *testing.T) { f(t, encoderEngine(t)) })
}

func TestNewRefusesWhatItCannotBuild(t *testing.T) {
	if _, err := New(Options{Engine: "crystal ball"}); !errors.Is(err, ErrUnknownEngine) {
		t.Errorf("unknown engine: %v", err)
	}
	if _, err := New(Options{Engine: "encoder", Weights: []byte("no model")}); err == nil {
		t.Error("broken weights were taken")
	}
}

// check holds a verdict to what its type promises.
func check(t *testing.T, text string, v Verdict) {
	t.Helper()
	if v.Polarity < -1 || v.Polarity > 1 || v.Confidence < 0 || v.Confidence > 1 || math.IsNaN(v.Polarity) {
		t.Fatalf("polarity %v, confidence %v of %.80q", v.Polarity, v.Confidence, text)
	}
	sum := 0.0
	for _, s := range v.Evidence {
		checkSpan(t, text, s)
		sum += s.Weight
	}
	if len(v.Evidence) > 0 && math.Abs(sum-v.Polarity) > 1e-6 {
		t.Fatalf("evidence adds up to %v, polarity is %v: %.80q", sum, v.Polarity, text)
	}
	for _, topic := range v.Topics {
		for _, s := range topic.Evidence {
			checkSpan(t, text, s)
		}
	}
	for _, signal := range v.Signals {
		for _, s := range signal.Evidence {
			checkSpan(t, text, s)
		}
	}
	for _, s := range v.Sentences {
		checkSpan(t, text, Span{Start: s.Start, End: s.End})
	}
	if _, err := json.Marshal(v); err != nil {
		t.Fatalf("JSON of the verdict on %.80q: %v", text, err)
	}
}

func checkSpan(t *testing.T, text string, s Span) {
	t.Helper()
	if s.Start < 0 || s.End > len(text) || s.Start >= s.End {
		t.Fatalf("span %d..%d in %d bytes", s.Start, s.End, len(text))
	}
	if utf8.ValidString(text) && !utf8.ValidString(text[s.Start:s.End]) {
		t.Fatalf("span %q cuts a character of %.80q", text[s.Start:s.End], text)
	}
	if math.IsNaN(s.Weight) {
		t.Fatalf("span without weight in %.80q", text)
	}
}

func TestEveryVerdictKeepsItsPromises(t *testing.T) {
	each(t, func(t *testing.T, e *Engine) {
		for _, g := range loadGolden(t) {
			v := e.Analyse(g.text, "")
			check(t, g.text, v)
			if v.Label != Unsure && v.Label != Neutral && len(v.Evidence) == 0 {
				t.Errorf("%s without evidence: %s", v.Label, g.text)
			}
		}
	})
}

// nasty are texts made to break tokenisers.
func nasty() []string {
	return []string{"", " ", "\x00", "\xff\xfe\xfd", "ȺȺȺȺȺn't", "n'tn'tn't", "'", "''''", "´`’ʼ", "\u0301\u0301", "a\u0301\u0301\u0301",
		"=)", ":", ":)", "<3", "#", "@", "@ @ #", "http://", "www.", "((((((", "....", "?!?!?!", "\u202egnihtyna", "🏳️‍🌈👩‍👩‍👧‍👦🇩🇪", "1", "1.2.3.4,5", "٣ أسابيع",
		"İİİİİ very good İ", "ﬁne", "Ａｍａｚｉｎｇ", "good\x00bad", "it…it…it", "I'd I'd I'd", "NOT NOT NOT good", "e\u0301excellent", strings.Repeat("but ", 300), strings.Repeat("not ", 300) + "good"}
}

func TestNastyTexts(t *testing.T) {
	each(t, func(t *testing.T, e *Engine) {
		for _, text := range nasty() {
			for _, hint := range []string{"", "de", "ar", "xx", "pt-BR"} {
				check(t, text, e.Analyse(text, hint))
			}
		}
	})
}

func TestHundredKilobytesOfAnything(t *testing.T) {
	const size = 100 << 10
	noise := make([]byte, size)
	for i, x := 0, uint32(1); i < size; i++ {
		x = x*1664525 + 1013904223
		noise[i] = byte(x >> 24)
	}
	long := map[string]string{
		"bangs": strings.Repeat("!", size), "one word": strings.Repeat("a", size), "emoji": strings.Repeat("😡", size/4), "noise": string(noise),
		"words": strings.Repeat("not good but ", size/13), "marks": strings.Repeat("\u0301", size/2), "nulls": string(make([]byte, size)), "quotes": strings.Repeat("'", size),
		"faces": strings.Repeat(":-) ", size/4), "names": strings.Repeat("Thanks to Grace ", size/16), "arabic": strings.Repeat("لا ", size/5), "brackets": strings.Repeat("(", size), "stops": strings.Repeat(". ", size/2),
	}
	each(t, func(t *testing.T, e *Engine) {
		e.Analyse("The models are loaded now, with this first comment.", "")
		for name, text := range long {
			start := time.Now()
			v := e.Analyse(text, "")
			if took := time.Since(start); took > 3*time.Second { // 300 ms on an idle core; tests share theirs
				t.Errorf("%s took %v", name, took)
			}
			check(t, text, v)
		}
		if v := e.Analyse(long["words"], ""); !v.Cut {
			t.Error("a long text was not cut")
		}
		if v := e.Analyse("Short and good.", ""); v.Cut {
			t.Error("a short text was cut")
		}
	})
}

func TestSameTextSameVerdict(t *testing.T) {
	each(t, func(t *testing.T, e *Engine) {
		list := loadGolden(t)
		want := make([][]byte, len(list))
		for i, g := range list {
			want[i], _ = json.Marshal(e.Analyse(g.text, ""))
		}
		var wg sync.WaitGroup
		for n := range 64 {
			wg.Go(func() {
				for k := range 3 {
					i := (n*7 + k*31) % len(list)
					got, _ := json.Marshal(e.Analyse(list[i].text, ""))
					if !bytes.Equal(got, want[i]) {
						t.Errorf("verdicts differ:\n%s\n%s", got, want[i])
					}
				}
			})
		}
		wg.Wait()
	})
}

func TestHintSettlesShortTexts(t *testing.T) {
	e := lexiconEngine(t)
	for _, c := range []struct{ text, hint, language string }{
		{"Super", "de", "de"}, {"Super", "fr-FR", "fr"}, {"Genial", "es", "es"}, {"Excelente", "pt-BR", "pt"},
		{"Great", "de", "en"}, {"qqq zzz", "de", "und"}, {"👍", "de", ""}, {"", "de", ""}, {"12345", "", ""},
	} {
		if v := e.Analyse(c.text, c.hint); v.Language != c.language {
			t.Errorf("%q with hint %q is %q, want %q", c.text, c.hint, v.Language, c.language)
		}
	}
}

func TestUnknownIsUnsure(t *testing.T) {
	each(t, func(t *testing.T, e *Engine) {
		for _, text := range []string{"qwrtz plmk", "Добрый день", "こんにちは", "Dziękuję bardzo za szybką odpowiedź i miłą obsługę", "", "12345"} {
			if v := e.Analyse(text, ""); v.Label != Unsure {
				t.Errorf("%q is %s in %q", text, v.Label, v.Language)
			}
		}
	})
}

func TestNamesAreListed(t *testing.T) {
	e := lexiconEngine(t)
	for text, want := range map[string][]string{
		"Huge thanks to Priya Sharma, she was great.":    {"Priya Sharma"},
		"Grace and Tom were both lovely.":                {"Grace", "Tom"},
		"The grace period was too short, I had no hope.": nil,
		"Herzlichen Dank an Frau Yilmaz für die Hilfe.":  {"Yilmaz"},
		"Un grand merci à Karim.":                        {"Karim"},
		"Thank God somebody helped.":                     nil,
		"I will be happy when it works.":                 nil,
		"Thanks to Oyelaran my problem is solved.":       {"Oyelaran"},
	} {
		v := e.Analyse(text, "")
		if len(want) == 0 && len(v.Names) == 0 {
			continue
		}
		if !reflect.DeepEqual(v.Names, want) {
			t.Errorf("names in %q: %v, want %v", text, v.Names, want)
		}
	}
}

func FuzzAnalyse(f *testing.F) {
	for _, s := range nasty() {
		f.Add(s, "")
	}
	f.Add("Sam was lovely but the refund took three weeks", "en")
	e := lexiconEngine(f)
	f.Fuzz(func(t *testing.T, text, hint string) {
		check(t, text, e.Analyse(text, hint))
	})
}
