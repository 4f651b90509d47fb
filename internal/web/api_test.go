package web

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"earshot/internal/feedback"
)

func TestInteractionIsTakenOnce(t *testing.T) {
	s := newSite(t)
	first := s.interaction("84213", nil)
	if first.Decision != "asked" || first.Rule == "" || first.Reason == "" || first.Invitation == nil || first.SendAt == nil {
		t.Fatalf("decided %+v", first)
	}
	again := s.api("POST", "/v1/interactions", `{"source":"zendesk","id":"84213","customer":{"email":"other@example.com"},"agent":{"email":"ivy@acme.test"}}`)
	has(t, again, http.StatusOK)
	if got := decoded[decisionJSON](t, again); got.Interaction != first.Interaction || *got.Invitation != *first.Invitation || !got.SendAt.Equal(*first.SendAt) {
		t.Errorf("repeated: %+v, first: %+v", got, first)
	}
	d := decoded[dossierJSON](t, s.api("GET", "/v1/interactions/zendesk/84213", ""))
	if d.Customer.Email != "mara84213@example.com" || d.Agent.Email != "sam@acme.test" || *d.Metrics.WaitSeconds != 412 || *d.Customer.Value != 1290 {
		t.Errorf("the first one was not kept: %+v", d)
	}
	if len(d.Ledger) == 0 || d.Ledger[0].Decision != "asked" || d.Response != nil || d.Case != nil {
		t.Errorf("dossier %+v", d)
	}
}

func TestSlashesInIDs(t *testing.T) {
	s := newSite(t)
	s.interaction("a/b c", func(m map[string]any) { m["customer"] = map[string]any{"email": "mara@example.com"} })
	has(t, s.api("GET", "/v1/interactions/zendesk/a%2Fb%20c", ""), 200, `"id":"a/b c"`)
	if line := s.raw("GET /v1/interactions/zendesk/%zz HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + s.key + "\r\n\r\n"); !strings.Contains(line, "404") {
		t.Errorf("a broken escape is answered %q", line)
	}
}

func TestMistakesAreNamedTogether(t *testing.T) {
	s := newSite(t)
	a := s.api("POST", "/v1/interactions", `{"source":"z","customer":{"email":"nobody","valeu":1,"timezone":"Mars"},"agent":{"email":7},"ended_at":"yesterday",
		"owners":[{"email":"ivy@acme.test"},3],"ask":"no","metrics":{"transfers":1.5,"wait_seconds":-1},"colour":"red","tags":["ok",1,"nul\u0000"]}`)
	has(t, a, 422)
	p := decoded[problem](t, a)
	if p.Type != "about:blank" || p.Status != 422 || p.RequestID == "" || a.header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("problem %+v", p)
	}
	got := map[string]string{}
	for _, e := range p.Errors {
		got[e.Field] = e.Detail
	}
	for field, part := range map[string]string{
		"id": "required", "customer.email": "not an e-mail address", "customer.valeu": "not a field", "customer.timezone": "IANA", "agent.email": "must be a string",
		"ended_at": "RFC 3339", "owners[0].from": "required", "owners[1]": "must be an object", "ask": "true or false", "metrics.transfers": "whole number",
		"metrics.wait_seconds": "negative", "colour": "not a field", "tags[1]": "must be a string", "tags[2]": "NUL",
	} {
		if !strings.Contains(got[field], part) {
			t.Errorf("%s: %q does not say %q", field, got[field], part)
		}
	}
	if len(got) != 14 {
		t.Errorf("%d mistakes named: %v", len(got), got)
	}
}

func TestBodiesThatAreNoJSON(t *testing.T) {
	s := newSite(t)
	for name, c := range map[string]struct{ body, want string }{
		"empty":       {"  ", "empty"},
		"text":        {"hello", "line 1, column"},
		"cut off":     {`{"source":"z",`, "not complete"},
		"broken":      {"{\n \"source\": z}", "line 2, column"},
		"rest":        {`{} true`, "after the end"},
		"twice":       {`{"customer":{"email":"a@b.c","email":"d@e.f"}}`, `customer.email`},
		"UTF-8":       {"{\"source\":\"\xc3\x28\"}", "UTF-8"},
		"deep":        {strings.Repeat("[", 100_000), "nested too deeply"},
		"deep object": {strings.Repeat(`{"a":`, 100), "nested too deeply"},
	} {
		t.Run(name, func(t *testing.T) {
			a := s.api("POST", "/v1/interactions", c.body)
			has(t, a, http.StatusBadRequest)
			if p := decoded[problem](t, a); !strings.Contains(p.Detail, c.want) {
				t.Errorf("says %q, want %q", p.Detail, c.want)
			}
		})
	}
}

func TestBatchKeepsTheGoodOnes(t *testing.T) {
	s := newSite(t)
	var items []string
	for i := range 200 {
		item := fmt.Sprintf(`{"source":"z","id":"%d","customer":{"email":"c%d@example.com"},"agent":{"email":"sam@acme.test"}}`, i, i)
		switch i {
		case 7:
			item = `{"source":"z","id":"7","customer":{"email":"c7@example.com"}}`
		case 8:
			item = `null`
		case 9:
			item = `"text"`
		case 10:
			item = fmt.Sprintf(`{"source":"z","id":"%d","customer":{"email":"c@example.com"},"agent":{"email":"sam@acme.test"}}`, 11)
		}
		items = append(items, item)
	}
	a := s.api("POST", "/v1/interactions:batch", "["+strings.Join(items, ",")+"]")
	has(t, a, http.StatusMultiStatus)
	got := decoded[struct {
		Items []struct {
			Status   int
			Decision string
			Errors   []problemField
		}
	}](t, a)
	for i, r := range got.Items {
		bad := i >= 7 && i <= 9
		if bad != (r.Status == 422) || bad != (len(r.Errors) > 0) || bad != (r.Decision == "") {
			t.Errorf("item %d: %+v", i, r)
		}
	}
	if r := got.Items; len(r) != 200 || r[10].Status+r[11].Status != 401 { // one of the two is a repetition of the other
		t.Errorf("%d results; the pair got %d and %d", len(r), r[10].Status, r[11].Status)
	}
	if e := got.Items[7].Errors[0]; e.Field != "agent.email" {
		t.Errorf("item 7 blames %q", e.Field)
	}
	has(t, s.api("POST", "/v1/interactions:batch", "["+strings.Repeat("{},", 1000)+"{}]"), 422, "at most 1000")
	has(t, s.api("POST", "/v1/interactions:batch", `{"items":[]}`), 400)
	has(t, s.api("POST", "/v1/interactions:batch", `[]`), 200, `"items":[]`)
}

func TestListsArePaged(t *testing.T) {
	s := newSite(t)
	for i := range 5 {
		token := s.invited(fmt.Sprint(i), nil)
		s.post("/s/"+token, map[string][]string{"score": {"1"}, "comment": {"Terrible, rude and slow."}})
	}
	s.work()
	for _, list := range []string{"/v1/responses", "/v1/cases"} {
		seen := map[string]bool{}
		after := ""
		for range 4 {
			page := decoded[listJSON[struct{ ID string }]](t, s.api("GET", list+"?limit=2&after="+after, ""))
			for _, r := range page.Items {
				if seen[r.ID] {
					t.Errorf("%s: %s came twice", list, r.ID)
				}
				seen[r.ID] = true
			}
			if after = page.Next; after == "" {
				break
			}
		}
		if len(seen) != 5 || after != "" {
			t.Errorf("%s: %d rows, rest %q", list, len(seen), after)
		}
		has(t, s.api("GET", list+"?after=nonsense", ""), 422, `"field":"after"`)
		has(t, s.api("GET", list+"?limit=0", ""), 422, `"field":"limit"`)
		has(t, s.api("GET", list+"?limit=2&limit=3", ""), 422, "more than once")
	}
	day := tuesday.Format(time.DateOnly)
	if r := decoded[listJSON[*responseJSON]](t, s.api("GET", "/v1/responses?from="+day+"&to="+day+"&agent=sam@acme.test&team=Billing&survey=csat", "")); len(r.Items) != 5 {
		t.Errorf("a day as from and to gave %d rows, want 5", len(r.Items))
	}
	if r := decoded[listJSON[*responseJSON]](t, s.api("GET", "/v1/responses?to=2026-11-23", "")); len(r.Items) != 0 {
		t.Errorf("the day before gave %d rows", len(r.Items))
	}
	has(t, s.api("GET", "/v1/responses?from=soon&label=sad", ""), 422, `"field":"from"`, `"field":"label"`)
	due := decoded[listJSON[*caseJSON]](t, s.api("GET", "/v1/cases?state=open,acknowledged&due_before=2027-01-01T00:00:00Z", ""))
	if len(due.Items) != 5 || due.Items[0].Deadline.After(*due.Items[4].Deadline) {
		t.Errorf("cases by deadline: %d", len(due.Items))
	}
}

func TestKeysAreNeeded(t *testing.T) {
	s := newSite(t)
	keys, err := s.app.Staff.ListKeys(t.Context())
	check(t, err)
	for _, auth := range []string{"", "Bearer", "Bearer x", "Basic " + s.key, "Bearer " + s.key + "x", s.key} {
		a := s.get("/v1/cases", "Authorization", auth)
		has(t, a, http.StatusUnauthorized, `"status":401`)
		if !strings.HasPrefix(a.header.Get("WWW-Authenticate"), "Bearer") {
			t.Errorf("%q: WWW-Authenticate %q", auth, a.header.Get("WWW-Authenticate"))
		}
	}
	has(t, s.get("/v1/nothing"), http.StatusUnauthorized)
	has(t, s.api("GET", "/v1/nothing", ""), http.StatusNotFound, `"status":404`)
	check(t, s.app.Staff.RevokeKey(t.Context(), keys[0].ID, s.clock()))
	has(t, s.api("GET", "/v1/cases", ""), http.StatusUnauthorized)
}

// TestLoop is the whole loop as a program sees it.
func TestLoop(t *testing.T) {
	s := newSite(t)
	token := s.invited("1", nil)
	s.post("/s/"+token, map[string][]string{"score": {"1"}, "comment": {"Nobody helped me. Three weeks without my refund."}})
	s.work()
	d := decoded[dossierJSON](t, s.api("GET", "/v1/interactions/zendesk/1", ""))
	if d.Response == nil || *d.Response.Score != 1 || d.Sentiment == nil || d.Sentiment.Label != feedback.Negative || len(d.Sentiment.Evidence) == 0 {
		t.Fatalf("response and sentiment: %+v %+v", d.Response, d.Sentiment)
	}
	if d.Case == nil || d.Case.State != "open" || d.Case.Owner.Email != "sam@acme.test" || d.Case.Deadline == nil {
		t.Fatalf("case %+v", d.Case)
	}
	by := `{"by":"sam@acme.test","note":"Called.","cause":"wait","action":"refund"}`
	for _, verb := range []string{"acknowledge", "contact", "resolve"} {
		has(t, s.api("POST", "/v1/cases/"+d.Case.ID+"/"+verb, by), 200)
	}
	s.pass(4 * 24 * time.Hour)
	s.work()
	d = decoded[dossierJSON](t, s.api("GET", "/v1/interactions/zendesk/1", ""))
	if d.Resurvey == nil || d.Resurvey.Invitation.State != "sent" {
		t.Fatalf("the customer was not asked again: %+v", d.Resurvey)
	}
	second := s.app.Tokens.Mint(d.Resurvey.Invitation.ID)
	has(t, s.get("/s/"+second), 200)
	has(t, s.post("/s/"+second, map[string][]string{"score": {"5"}}), 303)
	s.work()
	d = decoded[dossierJSON](t, s.api("GET", "/v1/interactions/zendesk/1", ""))
	if d.Case.State != "confirmed" || *d.Response.Score != 1 || *d.Resurvey.Response.Score != 5 {
		t.Errorf("case %s, first score %d", d.Case.State, *d.Response.Score)
	}
	scores := s.api("GET", "/v1/perception?by=team", "")
	has(t, scores, 200, `"scope":"Billing"`, `"enough":false`, `"score":null`)
}
