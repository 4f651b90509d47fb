package web

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"earshot/internal/feedback"
)

func TestSurveyAnsweredAndChanged(t *testing.T) {
	s := newSite(t)
	token := s.invited("1", nil)
	page := s.get("/s/" + token + "?score=2")
	has(t, page, 200, "How satisfied are you with the help you got from Sam?", `id="s2" value="2" required checked`, `lang="en" dir="ltr"`)
	if n := len(page.body); n > 30_000 {
		t.Errorf("the page weighs %d bytes; at most 30,000 are promised", n)
	}
	if len(page.header.Values("Set-Cookie")) > 0 || strings.Count(page.body, "<script") != 1 {
		t.Error("the survey page sets a cookie or runs another script than its own")
	}

	a := s.post("/s/"+token, url.Values{"score": {"2"}, "comment": {"The refund still has not arrived."}, "reason": {"wait"}})
	has(t, a, 303)
	has(t, s.get(a.header.Get("Location")), 200, "Thank you", "Your answer: 2 / 5", "The refund still has not arrived.", "Sam sees your answer now")

	again := s.get("/s/" + token)
	has(t, again, 200, "You answered this already", `value="2" required checked`, "The refund still has not arrived.", "Save the change")
	has(t, s.post("/s/"+token, url.Values{"score": {"4"}, "comment": {"It came just now."}, "reason": {"wait"}}), 303)
	r := s.response(token)
	if r.Score != 4 || r.Comment != "It came just now." || len(r.Versions) != 1 || r.Answers["reason"] != "" {
		t.Errorf("stored %+v", r)
	}

	s.pass(25 * time.Hour)
	late := s.get("/s/" + token)
	has(t, late, 200, "Thank you", "Your answer: 4 / 5")
	if strings.Contains(late.body, "data-survey") || strings.Contains(late.body, "Change my answer") {
		t.Error("the answer can still be changed after the edit window")
	}
	has(t, s.post("/s/"+token, url.Values{"score": {"1"}, "comment": {"Once more."}}), 410, "This survey is closed", "Once more.")
}

func (s *site) response(token string) *feedback.Response {
	s.t.Helper()
	id, err := s.app.Tokens.Open(token)
	check(s.t, err)
	r, err := s.st.Responses().Get(context.Background(), id)
	check(s.t, err)
	return r
}

func TestReadingNeverVotes(t *testing.T) {
	s := newSite(t)
	token := s.invited("1", nil)
	id, err := s.app.Tokens.Open(token)
	check(t, err)
	intents := func() int {
		v, err := s.st.Invitations().Get(context.Background(), id)
		check(t, err)
		return len(v.Intents)
	}
	for _, method := range []string{"HEAD", "OPTIONS"} {
		s.do(s.client, s.request(method, "/s/"+token+"?score=1", ""))
		if intents() != 0 {
			t.Errorf("%s kept a click", method)
		}
	}
	for n := range 6 {
		has(t, s.get("/s/"+token+"?score="+string(rune('0'+n))), 200)
	}
	if n := intents(); n != 5 { // 0 is off the scale
		t.Errorf("%d clicks were kept, want 5", n)
	}
	if _, err := s.st.Responses().Get(context.Background(), id); err == nil {
		t.Error("a click became a vote")
	}
}

func TestSurveyBadInput(t *testing.T) {
	s := newSite(t)
	token := s.invited("1", nil)
	form := "application/x-www-form-urlencoded"
	long := strings.Repeat("x", 10_001)
	for name, c := range map[string]struct {
		kind, body string
		status     int
		want       string
	}{
		"nothing":               {form, "", 422, "Please choose a score first."},
		"no score":              {form, "comment=I+typed+this", 422, "I typed this"},
		"score out of range":    {form, "score=9&comment=kept", 422, "kept"},
		"score no number":       {form, "score=%F0%9F%98%80&comment=kept", 422, "kept"},
		"two scores":            {form, "score=1&score=5&comment=kept", 422, "Please choose a score first."},
		"comment too long":      {form, "score=3&comment=" + long, 422, "Please keep it under 10000 characters."},
		"unknown choice":        {form, "score=1&reason=nonsense&comment=kept", 422, "kept"},
		"repeated comments":     {form, "comment=first+part&score=0&comment=second+part&comment=first+part", 422, "first part\n\nsecond part"},
		"a page's own fields":   {form, "_at=zzzzzzzzzzzzzzzzz&_seen=%00&_auto=1&score=9&comment=kept", 422, "kept"},
		"made tomorrow":         {form, "_at=zzzzzzzzz&_seen=%5B%5D&score=&comment=kept", 422, "kept"},
		"too long, given back":  {form, "score=3&comment=" + long, 422, long},
		"score with a fraction": {form, "score=4.5&comment=%3Cscript%3Ealert(1)%3C/script%3E", 422, "&lt;script&gt;alert(1)&lt;/script&gt;"},
		"score beyond numbers":  {form, "score=99999999999999999999&comment=kept", 422, "kept"},
		"broken escapes":        {form, "score=%zz&comment=kept", 422, "kept"},
		"json without score":    {"application/json", `{"comment":"x"}`, 422, `"field":"score"`},
		"json unknown field":    {"application/json", `{"score":4,"coment":"x"}`, 422, `"field":"coment"`},
		"json wrong types":      {"application/json", `{"score":"4","comment":7,"reason":[]}`, 422, `"field":"comment"`},
		"json no object":        {"application/json", `[1]`, 422, "must be an object"},
		"json cut off":          {"application/json", `{"score":`, 400, "application"},
		"json with rest":        {"application/json", `{"score":4} {}`, 400, "after the end"},
		"json twice":            {"application/json", `{"score":4,"score":1}`, 400, "occurs twice"},
		"json invalid UTF-8":    {"application/json", "{\"score\":4,\"comment\":\"\xff\"}", 400, "UTF-8"},
		"another kind of body":  {"text/csv", "score,4", 415, "could not read"},
		"multipart cut off":     {"multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"score\"\r\n\r\n4", 400, "could not read"},
		"multipart no boundary": {"multipart/form-data", "--x\r\n", 400, "could not read"},
	} {
		t.Run(name, func(t *testing.T) {
			a := s.do(s.client, s.request("POST", "/s/"+token, c.body, "Content-Type", c.kind))
			if c.want == "application" {
				has(t, a, c.status)
				return
			}
			has(t, a, c.status, c.want)
		})
	}
	id, _ := s.app.Tokens.Open(token)
	if _, err := s.st.Responses().Get(context.Background(), id); err == nil {
		t.Fatal("bad input was stored as an answer")
	}
	// Answers to questions that were not asked beside the score, or by any survey, are passed over; ten
	// thousand emoji are ten thousand characters.
	other := s.invited("2", nil)
	emoji := strings.Repeat("😀", 10_000)
	has(t, s.post("/s/"+other, url.Values{"score": {"5"}, "reason": {"wait"}, "nonsense": {"x"}, "comment": {emoji}}), 303)
	if r := s.response(other); r.Comment != emoji || len(r.Answers) != 0 {
		t.Errorf("kept %d bytes and %v", len(r.Comment), r.Answers)
	}
	has(t, s.post("/s/"+other, url.Values{"score": {"5"}, "comment": {emoji + "😀"}}), 422, "Please keep it under 10000 characters.")
	// What no keyboard types is taken out, and the rest of the comment is kept.
	has(t, s.do(s.client, s.request("POST", "/s/"+token, "score=3&utm=x&comment=a%00b%ffc+"+url.QueryEscape(strings.Repeat("😀", 2000)), "Content-Type", form)), 303)
	if r := s.response(token); !strings.HasPrefix(r.Comment, "ab\uFFFDc 😀") {
		t.Errorf("stored %.20q", r.Comment)
	}
}

func TestSurveyJSON(t *testing.T) {
	s := newSite(t)
	token := s.invited("1", nil)
	a := s.do(s.client, s.request("POST", "/s/"+token, `{"score":1,"comment":"No.","resolved":false,"reason":"wait"}`, "Content-Type", "application/json"))
	has(t, a, 200)
	got := decoded[submitted](t, a)
	if got.Score != 1 || got.Answers["resolved"] != "no" || got.Answers["reason"] != "wait" || got.EditUntil.IsZero() {
		t.Errorf("answered %+v", got)
	}
}

func TestDeadLinks(t *testing.T) {
	s := newSite(t)
	token := s.invited("1", nil)
	tampered := token[:len(token)-2] + "AA"
	for _, path := range []string{"/s/x", "/s/" + tampered, "/s/" + strings.Repeat("A", 43), "/s/%00", "/s/" + tampered + "/thanks", "/s/" + tampered + "/opt-out"} {
		has(t, s.get(path), 404, "This link does not work")
	}
	has(t, s.get("/s/x", "Accept-Language", "ar-EG, en;q=0.5"), 404, `dir="rtl"`, "هذا الرابط لا يعمل")
	has(t, s.post("/s/"+tampered, url.Values{"score": {"3"}, "comment": {"Mine"}}), 404, "Mine")
	s.pass(15 * 24 * time.Hour)
	has(t, s.get("/s/"+token), 410, "This survey is closed")
	has(t, s.post("/s/"+token, url.Values{"score": {"3"}, "comment": {"Too late?"}}), 410, "Too late?")
}

func TestSurveyLanguages(t *testing.T) {
	s := newSite(t)
	token := s.invited("1", func(m map[string]any) { m["customer"].(map[string]any)["locale"] = "de-CH" })
	has(t, s.get("/s/"+token), 200, `lang="de"`, "Antwort absenden", "Keine Umfragen mehr")
	has(t, s.get("/s/"+token+"?lang=ar&score=2"), 200, `lang="ar" dir="rtl"`, "إرسال إجابتي", `value="2" required checked`)
	has(t, s.get("/s/"+token+"?lang=xx"), 200, `lang="de"`)
	a := s.post("/s/"+token+"?lang=fr", url.Values{"score": {"5"}})
	has(t, a, 303)
	has(t, s.get(a.header.Get("Location")), 200, `lang="fr"`, "Merci")
}

func TestEveryMetric(t *testing.T) {
	s := newSite(t)
	for survey, scores := range map[string]int{"csat": 5, "nps": 11, "ces": 7, "resolution": 2} {
		token := s.invited(survey, func(m map[string]any) { m["survey"] = survey })
		for _, lang := range []string{"en", "de", "fr", "es", "pt", "it", "nl", "ar"} {
			page := s.get("/s/" + token + "?lang=" + lang)
			has(t, page, 200, `lang="`+lang+`"`)
			if n := strings.Count(page.body, `name="score"`); n != scores {
				t.Errorf("%s has %d scores, want %d", survey, n, scores)
			}
			if n := len(page.body) + len(s.app.assets.text["survey.js"]); n > 30_000 {
				t.Errorf("%s in %s weighs %d bytes with its script", survey, lang, n)
			}
		}
	}
}

func TestOptOut(t *testing.T) {
	s := newSite(t)
	token := s.invited("1", nil)
	person := func() bool {
		p, err := s.st.People().Get(context.Background(), "mara1@example.com")
		check(t, err)
		return !p.OptedOut.IsZero()
	}
	has(t, s.get("/s/"+token+"/opt-out"), 200, "No more surveys?", "Stop surveys")
	has(t, s.post("/s/"+token+"/opt-out", url.Values{"x": {"y"}}), 422, "Stop surveys")
	if person() {
		t.Fatal("opening the page opted out")
	}
	has(t, s.post("/s/"+token+"/opt-out", url.Values{"List-Unsubscribe": {"One-Click"}}), 200, "Acme will send you no more surveys.")
	if !person() {
		t.Fatal("the one click of RFC 8058 did nothing")
	}
	has(t, s.get("/s/"+token+"/opt-out"), 200, "I would like surveys again")
	has(t, s.post("/s/"+token+"/opt-out", url.Values{"choice": {"in"}}), 200, "may ask you again")
	if person() {
		t.Fatal("opting in did nothing")
	}
	multipart := "--b\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--b--\r\n"
	has(t, s.do(s.client, s.request("POST", "/s/"+token+"/opt-out", multipart, "Content-Type", "multipart/form-data; boundary=b")), http.StatusOK)
	if !person() {
		t.Fatal("the one click as multipart did nothing")
	}
}
