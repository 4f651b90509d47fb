package encoder

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func tinyIDs(t *testing.T, pieces ...string) []int32 {
	all := tinyPieces()
	ids := []int32{startID}
	for _, p := range append(pieces, "</s>") {
		i := slices.IndexFunc(all, func(q tinyPiece) bool { return q.text == p })
		if i < 0 {
			t.Fatalf("no piece %q", p)
		}
		ids = append(ids, int32(i))
	}
	return ids
}

func TestEncodeTakesTheMostProbablePieces(t *testing.T) {
	m := tinyModel(t)
	for text, want := range map[string][]string{
		"":              {},
		" \t\n ":        {},
		"good":          {"▁good"},
		"good bad":      {"▁good", "▁bad"},
		"  good\n\nbad": {"▁good", "▁bad"},
		"goodness":      {"▁good", "ness"},
		"abad":          {"▁", "a", "b", "a", "d"},
		"ǃǂ":            {"▁", "<unk>"},                // unknown characters side by side are one piece
		"ǃaǂ":           {"▁", "<unk>", "a", "<unk>"},  //
		"é":             {"▁", "é"},                    //
		"e\u0301":       {"▁", "é"},                    // composed
		"ba\u00add":     {"▁bad"},                      // soft hyphen
		"bad▁good":      {"▁bad", "▁good"},             // the mark of a word's start in the text itself
		"BAD":           {"▁", "<unk>"},                // case is kept
		"\xff\x00":      {"▁", "<unk>"},                // a broken byte, a control character
		"😀🏽":            {"▁", "😀"},                    // skin tone
		"a@b.com":       {"▁http"},                     //
		"@sam":          {"▁", "@", "user"},            //
		"12345":         {"▁", "0", "00"},              //
		"!!!!!!!":       {"▁", "!", "!", "!"},          //
		"’":             {"▁", "'"},                    //
		"https://x.y/z": {"▁http"},                     //
		"see www.x.y!":  {"▁", "s", "e", "e", "▁http"}, //
	} {
		if got := ids(m.Encode(text)); !slices.Equal(got, tinyIDs(t, want...)) {
			t.Errorf("%q: pieces %v, not %v", text, got, tinyIDs(t, want...))
		}
	}
}

// The expectations come from training's normalise.py.
func TestNormaliseDoesWhatTrainingDid(t *testing.T) {
	for text, want := range map[string]string{
		"a  b\u00a0c\u2028d ":             "a b c d",
		"„Gut“ – ‘so’ «là»":               `"Gut" - 'so' "là"`,
		"ﬁne ① ² ½ ™":                     "fine 1 2 1⁄2 TM",
		"x.y+z@mail.example.org, ok":      "http, ok",
		"x@y":                             "x@user",
		"@a@b":                            "@user@user",
		"mail a@b.":                       "mail a@user.",
		"http:// x":                       "http:// x",
		"axwww.b c":                       "axhttp c",
		"foo.www.bar@x.y z":               "http z",
		"https://":                        "https://",
		"12 123 1234":                     "12 000 000",
		"soooooo!!!!":                     "sooo!!!",
		"٠١٢٣":                            "٠١٢٣",
		"جدًّا ــ":                        "جدا",
		"a\u200db\ufe0f":                  "ab",
		"\x00\x01x\x7f":                   "x",
		"\u1e9b\u0323":                    "\u1e69",
		"http://a\u3000b":                 "http b",
		"#Tag @user_1 x":                  "#Tag @user x",
		"10000 · 99":                      "000 · 99",
		"-.a@b-c.de-":                     "http",
		"a@b_c.d é@é.é":                   "http http",
		"한국 각":                            "한국 각",
		"ABC\u0130":                       "ABC\u0130",
		"www. www.x":                      "www. http",
		"a\u00b4\u0060\u2032\u2033\u00ab": "a \u0301'''\"",
	} {
		var got strings.Builder
		for _, u := range normalise(text, 0) {
			got.WriteRune(u.r)
		}
		if got.String() != want {
			t.Errorf("%q: %q, not %q", text, got.String(), want)
		}
	}
}

func TestOffsetsPointIntoTheOriginalText(t *testing.T) {
	m := tinyModel(t)
	text := "“good”  écran ﬁ e\u0301 ba\u00add @sam!!!!!! 12345 a@b.com\xff 😀🏽 goodness"
	p := m.Encode(text)
	checkOffsets(t, text, p)
	found := map[string]bool{}
	for _, piece := range p.List {
		found[text[piece.From:piece.To]] = true
	}
	for _, want := range []string{"ﬁ", "e\u0301", "ba\u00add", "@sam", "a@b.com", "😀", "good", "ness", "!!!!"} {
		if !found[want] {
			t.Errorf("no piece for %q in %v", want, found)
		}
	}
}

// checkOffsets fails when pieces lie outside of the text or out of order.
func checkOffsets(t *testing.T, text string, p Pieces) {
	t.Helper()
	last := Piece{}
	for i, piece := range p.List {
		if piece.From < 0 || piece.To < piece.From || piece.To > len(text) || piece.From < last.From || piece.To < last.To {
			t.Fatalf("%q: piece %d %+v after %+v", text, i, piece, last)
		}
		last = piece
	}
	if n := len(p.List); n < 2 || n > 2*keptPieces+2 || p.List[0].ID != startID || p.List[n-1].ID != endID {
		t.Fatalf("%q: %d pieces", text, n)
	}
}

func TestALongTextKeepsItsEnds(t *testing.T) {
	m := tinyModel(t)
	short := m.Encode(strings.Repeat("good ", 500))
	if short.Cut || len(short.List) != 502 {
		t.Errorf("500 pieces: %d, cut %v", len(short.List), short.Cut)
	}
	for _, middle := range []int{1, 5000, 50000} {
		text := strings.Repeat("good ", 250) + strings.Repeat("x ", middle) + strings.Repeat("bad ", 250)
		p := m.Encode(text)
		good, bad := tinyIDs(t, "▁good")[1], tinyIDs(t, "▁bad")[1]
		if !p.Cut || len(p.List) != 502 || p.List[250].ID != good || p.List[251].ID != bad {
			t.Errorf("%d in the middle: %d pieces, cut %v", middle, len(p.List), p.Cut)
		}
		if last := p.List[500]; text[last.From:last.To] != "bad" || last.To != len(text)-1 {
			t.Errorf("%d in the middle: the last piece is %q", middle, text[last.From:last.To])
		}
		checkOffsets(t, text, p)
	}
}

func TestHostileTextsAreEncoded(t *testing.T) {
	m := tinyModel(t)
	for _, unit := range []string{"!", "\xff", "\x00", "a", "ab", "é", "e\u0301", "\u0301", "😀", "a@", "@", "www.", "▁", "\u0600", "각", "n't", "Ⱥ", "</s>"} {
		for _, n := range []int{1, 300, 20_000, 100_000} {
			text := strings.Repeat(unit, n)
			checkOffsets(t, text, m.Encode(text))
		}
	}
}

func FuzzEncode(f *testing.F) {
	m := tinyModel(f)
	for _, text := range []string{"good", "a@b.com www.x @y", "\xff\x00é\u0301", "ﬁ😀🏽", "1234!!!!!", "x▁y", "\u200d\u00ad"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p := m.Encode(text)
		checkOffsets(t, text, p)
		if again := m.Encode(text); !slices.Equal(p.List, again.List) {
			t.Errorf("%q: %v, then %v", text, p.List, again.List)
		}
		if utf8.ValidString(text) && len(text) < 100 && p.Cut {
			t.Errorf("%q: cut", text)
		}
	})
}
