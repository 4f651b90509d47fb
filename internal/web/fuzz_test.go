package web

import (
	"encoding/json"
	"net/url"
	"testing"
	"unicode/utf8"
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
