package web

import (
	"encoding/json"
	"net/url"
	"testing"
	"time"
	"unicode/utf8"

	"earshot/internal/collect"
)

// FuzzBody: whatever is posted to the API is refused or decoded, never a panic; what is taken is valid
// UTF-8 and JSON that the standard library reads too.
func FuzzBody(f *testing.F) {
	for _, s := range []string{`{"source":"z","id":"1","customer":{"email":"a@b.c"},"agent":{"email":"d@e.f"}}`, `{"metrics":{"transfers":1e3}}`, `[[[[`, "{\"a\":\"\xff\"}", `{"ended_at":"2026-11-20T14:03:00Z","tags":["x",null]}`, `{"a":1,"a":2}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		tree, err := parseJSON(body)
		if err != nil {
			if describe(err).Status != 400 {
				t.Fatalf("%v is no complaint about the body", err)
			}
			return
		}
		if !json.Valid(body) || !utf8.Valid(body) {
			t.Fatal("taken, though it is no JSON")
		}
		var in interactionIn
		if errs := decode(tree, &in, ""); len(errs) == 0 {
			in.interaction().Validate()
		}
		if fields, ok := tree.(map[string]any); ok {
			if a, err := jsonAnswer(fields, nil); err == nil && !a.Scored {
				t.Fatal("an answer without a score was taken")
			}
		}
	})
}

// FuzzForm: a form is read without a panic, and what is kept of it is text that every store can hold.
func FuzzForm(f *testing.F) {
	for _, s := range []string{"score=1&comment=a%00b", "score=1&score=2", "comment=%zz&%=&=&&", "score=%F0%9F%98%80;x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, body string) {
		form, _ := url.ParseQuery(body) // what could be read is in form
		a := typedIn(form).answer()
		for _, v := range append([]string{a.Comment}, a.Answers["x"]) {
			if !utf8.ValidString(v) || clean(v) != v {
				t.Fatalf("kept %q", v)
			}
		}
	})
}

// FuzzVisit: whatever a page's own fields carry, the evidence is within its bounds, and an answer that a
// page sent by itself is believed only after a moment.
func FuzzVisit(f *testing.F) {
	for _, s := range []string{hand, nobody, `{"moves":-1}`, `{"dwell":1e999}`, `[]`, "", `{"early":true,"touches":9,"visible":5000}`} {
		f.Add(s, int64(3000), true)
	}
	f.Fuzz(func(t *testing.T, text string, open int64, auto bool) {
		e := seenIn(text)
		if e != nil {
			for _, n := range []int{e.Dwell, e.Visible, e.First, e.Moves, e.Spread, e.Keys, e.Touches, e.Wheel} {
				if n < 0 || n > 1e9 {
					t.Fatalf("kept %+v", e)
				}
			}
		}
		v := collect.Visit{Page: true, Open: time.Duration(open%1e9) * time.Millisecond, Auto: auto, Evidence: e}
		vote, ok := v.Judge(false)
		if ok && auto && (e == nil || e.Early || v.Open < time.Second) {
			t.Fatalf("believed %+v of %+v", vote, v)
		}
		if _, ok := v.Judge(true); ok && auto {
			t.Fatal("one click was believed where machines are")
		}
	})
}

// FuzzMultipart: a form in parts is read or refused, never a panic.
func FuzzMultipart(f *testing.F) {
	f.Add("--b\r\nContent-Disposition: form-data; name=\"comment\"\r\n\r\nx\r\n--b--\r\n", "b")
	f.Add("--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"x\"\r\n\r\n\x00\xff\r\n--b--", "b")
	f.Fuzz(func(t *testing.T, body, boundary string) {
		form, err := readMultipart([]byte(body), boundary)
		if err != nil {
			if describe(err).Status != 400 {
				t.Fatalf("%v is no complaint about the form", err)
			}
			return
		}
		if a := typedIn(form).answer(); !utf8.ValidString(a.Comment) {
			t.Fatalf("kept %q", a.Comment)
		}
	})
}
