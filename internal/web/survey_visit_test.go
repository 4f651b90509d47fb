package web

import (
	"context"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"earshot/internal/feedback"
)

const (
	chrome = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"
	hand   = `{"dwell":2600,"visible":2500,"first":900,"moves":12,"spread":800,"keys":0,"touches":0,"wheel":0,"early":false}`
	nobody = `{"dwell":2600,"visible":2500}`
)

var hiddenAt = regexp.MustCompile(`name="_at" value="([^"]+)"`)

// opened returns the fields that the page of a link adds to its form.
func (s *site) opened(path string) url.Values {
	s.t.Helper()
	page := s.get(path, "User-Agent", chrome)
	m := hiddenAt.FindStringSubmatch(page.body)
	if m == nil {
		s.t.Fatalf("%s has no form: %d %.500s", path, page.status, page.body)
	}
	return url.Values{fieldAt: {m[1]}}
}

func (s *site) postForm(path string, form url.Values, more ...string) answer {
	s.t.Helper()
	for i := 0; i+1 < len(more); i += 2 {
		form.Set(more[i], more[i+1])
	}
	return s.do(s.client, s.request("POST", path, form.Encode(), "Content-Type", "application/x-www-form-urlencoded", "User-Agent", chrome))
}

func (s *site) invitation(token string) *feedback.Invitation {
	s.t.Helper()
	id, err := s.app.Tokens.Open(token)
	check(s.t, err)
	v, err := s.st.Invitations().Get(context.Background(), id)
	check(s.t, err)
	return v
}

func TestOneClickIsCountedOnEvidence(t *testing.T) {
	s := newSite(t)
	token := s.invited("1", nil)
	s.pass(time.Hour)
	page := s.get("/s/"+token+"?score=4", "User-Agent", chrome)
	has(t, page, 200, `data-survey="one-click"`)
	if strings.Contains(page.body, "Please press the button to confirm") {
		t.Error("the button is asked for without a reason")
	}
	form := s.opened("/s/" + token + "?score=4")
	s.pass(3 * time.Second)
	has(t, s.postForm("/s/"+token, form, "score", "4", fieldAuto, "1", fieldSeen, nobody), 202, `"counted":false`)
	has(t, s.postForm("/s/"+token, form, "score", "4", fieldAuto, "1", fieldSeen, hand), 200, `"counted":true`, "Counted: 4 / 5.", "Add to my answer")
	r := s.response(token)
	if r.Score != 4 || r.Vote.Way != feedback.WayOneClick || r.Vote.Verdict != feedback.Human || r.Vote.Evidence == nil || r.Vote.Evidence.Moves != 12 {
		t.Errorf("stored %+v", r)
	}
	// Words may follow; the same link now shows the answer and no longer sends anything by itself.
	has(t, s.get("/s/"+token+"?score=2", "User-Agent", chrome), 200, `data-survey=""`, "You answered this already")
	s.pass(5 * time.Second)
	has(t, s.postForm("/s/"+token, form, "score", "4", "comment", "Quick and kind.", fieldAuto, ""), 303)
	if r := s.response(token); len(r.Versions) != 1 || r.Vote.Way != feedback.WayButton || r.Versions[0].Vote.Way != feedback.WayOneClick {
		t.Errorf("versions %+v, now %+v", r.Versions, r.Vote)
	}
}

func TestScannedDomainNeedsTheButton(t *testing.T) {
	s := newSite(t)
	token := s.invited("1", nil)
	other := s.invited("2", nil)
	elsewhere := s.invited("3", func(m map[string]any) { m["customer"].(map[string]any)["email"] = "mara@elsewhere.test" })
	s.pass(time.Hour)
	has(t, s.get("/s/"+token+"/about", "User-Agent", chrome), 303)
	for _, at := range []string{token, other} {
		has(t, s.get("/s/"+at+"?score=5", "User-Agent", chrome), 200, `data-survey=""`, "Please press the button to confirm")
	}
	has(t, s.get("/s/"+elsewhere+"?score=5", "User-Agent", chrome), 200, `data-survey="one-click"`)

	form := s.opened("/s/" + other + "?score=5")
	s.pass(3 * time.Second)
	has(t, s.postForm("/s/"+other, form, "score", "5", fieldAuto, "1", fieldSeen, hand), 202)
	form.Del(fieldAuto)
	has(t, s.postForm("/s/"+other, form, "score", "5", fieldSeen, hand), 303)
	if r := s.response(other); r.Vote.Way != feedback.WayButton {
		t.Errorf("stored %+v", r.Vote)
	}
}

func TestHastyPressIsAskedAgain(t *testing.T) {
	s := newSite(t)
	token := s.invited("1", nil)
	s.pass(time.Hour)
	form := s.opened("/s/" + token + "?score=1")
	s.pass(300 * time.Millisecond)
	again := s.postForm("/s/"+token, form, "score", "1", "reason", "wait")
	has(t, again, 422, "Please press the button once more", `id="s1" value="1" required checked`, `value="wait" checked`)
	if v := s.invitation(token); !v.Scanned() || v.State != feedback.Sent {
		t.Errorf("kept %+v", v.Signs)
	}
	if _, err := s.st.Responses().Get(context.Background(), s.invitation(token).ID); err == nil {
		t.Fatal("a press that nobody made was counted")
	}
	form = url.Values{fieldAt: {hiddenAt.FindStringSubmatch(again.body)[1]}}
	s.pass(2 * time.Second)
	has(t, s.postForm("/s/"+token, form, "score", "1"), 303)

	// The same for the page that ends the surveys.
	form = s.opened("/s/" + token + "/opt-out")
	s.pass(300 * time.Millisecond)
	has(t, s.postForm("/s/"+token+"/opt-out", form, "choice", "out"), 422, "Please press the button once more", "Stop surveys")
	s.pass(2 * time.Second)
	has(t, s.postForm("/s/"+token+"/opt-out", form, "choice", "out"), 200, "no more surveys")
}

func TestEvidenceIsReadOrPassedOver(t *testing.T) {
	for text, want := range map[string]*feedback.Evidence{
		"": nil, "null,": nil, `[1]`: nil, `{"moves":"many"}`: nil, `{"moves":1e400}`: nil, strings.Repeat("x", 2000): nil,
		`{"moves":-5,"dwell":99999999999,"early":true}`: {Dwell: 1e9, Early: true},
		hand: {Dwell: 2600, Visible: 2500, First: 900, Moves: 12, Spread: 800},
	} {
		got := seenIn(text)
		if (got == nil) != (want == nil) || got != nil && *got != *want {
			t.Errorf("%.40q is %+v, want %+v", text, got, want)
		}
	}
}
