package langid_test

import (
	"math"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"earshot/internal/sentiment/langid"
)

func TestCommentsAsWellAsTheReference(t *testing.T) {
	d := reference()
	for name, texts := range map[string]map[string][]string{"short": short, "longer": longer, "strange": strange} {
		var ours, theirs, all int
		for language, list := range texts {
			o, r := compare(list, language, d)
			ours, theirs, all = ours+o.right, theirs+r.right, all+len(list)
		}
		t.Logf("%s: %d of %d right, the reference %d", name, ours, all, theirs)
		if ours*100 < theirs*100-all {
			t.Errorf("%s: %d of %d right, the reference has %d", name, ours, all, theirs)
		}
	}
}

func TestLongerTextsAreCertain(t *testing.T) {
	for language, texts := range longer {
		for _, text := range texts {
			if best := langid.Detect(text)[0]; best.Language != language || best.Confidence < 0.99 {
				t.Errorf("%s %.3f for %q, want %s", best.Language, best.Confidence, text, language)
			}
		}
	}
}

func TestStrangeLanguagesAreNotOurs(t *testing.T) {
	for language, texts := range strange {
		for _, text := range texts {
			best := langid.Detect(text)[0]
			if _, ours := short[best.Language]; ours {
				t.Errorf("%q is %s, not our %s (%.2f)", text, language, best.Language, best.Confidence)
			}
		}
	}
}

func TestNothingToSay(t *testing.T) {
	for _, text := range []string{"", " ", "12345 !!", "👍👍", "https://example.com/la/casa", "www.example.com",
		"@jan_de_vries #guten_morgen", "очень хорошо", "とても良い", "\xff\xfe"} {
		if got := langid.Detect(text); got != nil {
			t.Errorf("%q: %v, want nil", text, got[0])
		}
	}
}

func TestNamesAndAddressesDoNotCount(t *testing.T) {
	plain := langid.Detect("el pedido no ha llegado")
	marked := langid.Detect("@the_service_team el pedido no ha llegado https://www.example.com/where-is-it #whatever_this")
	if !slices.Equal(plain, marked) {
		t.Errorf("%v, and with names %v", plain[0], marked[0])
	}
}

func TestVowelSignsDoNotSplitWords(t *testing.T) {
	if plain, signed := langid.Detect("كتاب جميل"), langid.Detect("كِتَابٌ جَمِيلٌ"); !slices.Equal(plain, signed) {
		t.Errorf("%v, with vowel signs %v", plain[0], signed[0])
	}
}

func TestSameAnswerFromEveryGoroutine(t *testing.T) {
	want := langid.Detect(short["pt"][0])
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if got := langid.Detect(short["pt"][0]); !slices.Equal(got, want) {
				t.Errorf("%v, then %v", want[0], got[0])
			}
		})
	}
	all.Wait()
}

func FuzzDetect(f *testing.F) {
	for _, list := range short {
		f.Add(list[0])
	}
	f.Add("@")
	f.Add("#a://b www. \xc3\x28 ﷺ İı")
	f.Fuzz(func(t *testing.T, text string) {
		guesses := langid.Detect(text)
		if guesses == nil {
			return
		}
		total := 0.0
		for i, g := range guesses {
			if i > 0 && g.Confidence > guesses[i-1].Confidence {
				t.Fatalf("%q: guess %d is out of order", text, i)
			}
			total += g.Confidence
		}
		if math.Abs(total-1) > 1e-9 {
			t.Fatalf("%q: confidences add up to %v", text, total)
		}
	})
}

func BenchmarkDetect200Bytes(b *testing.B) {
	text := strings.Join(append(slices.Clone(short["de"]), short["de"][0]), ". ")[:200]
	for !utf8.ValidString(text) {
		text = text[:len(text)-1]
	}
	langid.Detect(text)
	b.ReportAllocs()
	for b.Loop() {
		langid.Detect(text)
	}
}
