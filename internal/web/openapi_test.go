package web

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/perception"
	"earshot/internal/recovery"

	"github.com/getkin/kin-openapi/openapi3"
)

func description(t testing.TB) *openapi3.T {
	t.Helper()
	b, err := embedded.ReadFile("openapi.json")
	check(t, err)
	doc, err := openapi3.NewLoader().LoadFromData(b)
	check(t, err)
	check(t, doc.Validate(t.Context(), openapi3.IsOpenAPI31OrLater()))
	return doc
}

// pagesOnly are open addresses that no program relies on.
var pagesOnly = []string{"GET /", "GET /sign-in", "POST /sign-in", "GET /sign-in/{secret}", "POST /sign-in/{secret}", "GET /visit/{secret}", "GET /robots.txt", "GET /favicon.ico", "GET /static"}

func TestEveryRouteIsDescribed(t *testing.T) {
	doc := description(t)
	described := map[string]bool{}
	for path, item := range doc.Paths.Map() {
		for method := range item.Operations() {
			described[method+" "+path] = true
		}
	}
	a := &app{}
	for _, r := range append(a.apiRoutes(), a.openRoutes()...) {
		name := r.method + " " + r.templateOf()
		if slices.Contains(pagesOnly, name) {
			continue
		}
		if !described[name] {
			t.Errorf("%s is not described in openapi.json", name)
		}
		delete(described, name)
	}
	for name := range described {
		t.Errorf("%s is described but does not exist", name)
	}
}

func TestDescriptionNamesTheTaxonomy(t *testing.T) {
	doc := description(t)
	enum := func(schema, property string) (out []string) {
		for _, v := range doc.Components.Schemas[schema].Value.Properties[property].Value.Enum {
			if v != "" {
				out = append(out, fmt.Sprint(v))
			}
		}
		return out
	}
	for _, c := range []struct {
		name      string
		got, want []string
	}{
		{"causes", enum("StepIn", "cause"), feedback.Causes()},
		{"actions", enum("StepIn", "action"), feedback.Actions()},
		{"decisions", enum("Decision", "decision"), []string{feedback.Asked, feedback.Deferred, feedback.Skipped}},
	} {
		if !slices.Equal(c.got, c.want) {
			t.Errorf("%s: described %v, the code has %v", c.name, c.got, c.want)
		}
	}
	var verbs []string
	for _, p := range doc.Paths.Value("/v1/cases/{id}/{action}").Post.Parameters {
		if p.Value.Name == "action" {
			for _, v := range p.Value.Schema.Value.Enum {
				verbs = append(verbs, fmt.Sprint(v))
			}
		}
	}
	if !slices.Equal(verbs, recovery.Verbs()) {
		t.Errorf("verbs: described %v, the code has %v", verbs, recovery.Verbs())
	}
}

// fits checks a real answer against the description.
func fits(t *testing.T, doc *openapi3.T, method, path string, a answer) {
	t.Helper()
	op := doc.Paths.Value(path).GetOperation(method)
	response := op.Responses.Status(a.status)
	if response == nil {
		t.Fatalf("%s %s: status %d is not described: %.400s", method, path, a.status, a.body)
	}
	kind, _, _ := strings.Cut(a.header.Get("Content-Type"), ";")
	media := response.Value.Content.Get(kind)
	if media == nil {
		t.Fatalf("%s %s: %d with %s is not described", method, path, a.status, kind)
	}
	if !strings.HasSuffix(kind, "json") {
		return
	}
	var v any
	check(t, json.Unmarshal([]byte(a.body), &v))
	if err := media.Schema.Value.VisitJSON(v, openapi3.EnableJSONSchema2020(), openapi3.MultiErrors()); err != nil {
		t.Errorf("%s %s %d: %v\n%.2000s", method, path, a.status, err, a.body)
	}
}

// TestRealAnswersFitTheDescription drives every operation of the API and holds each answer against
// its schema.
func TestRealAnswersFitTheDescription(t *testing.T) {
	s, doc := newSite(t), description(t)
	call := func(method, template, path, body string, want int) answer {
		t.Helper()
		a := s.api(method, path, body)
		if a.status != want {
			t.Fatalf("%s %s: %d, want %d: %.600s", method, path, a.status, want, a.body)
		}
		fits(t, doc, method, template, a)
		return a
	}
	body := `{"source":"zendesk","id":"1","customer":{"email":"mara@example.com","name":"Mara Lind"},"agent":{"email":"sam@acme.test","name":"Sam Okoro","team":"Billing"},
	"owners":[{"email":"ivy@acme.test","from":"2026-11-24T08:00:00Z"}],"tags":["refund"],"metrics":{"wait_seconds":412,"transfers":1}}`
	call("POST", "/v1/interactions", "/v1/interactions", body, 201)
	call("POST", "/v1/interactions", "/v1/interactions", body, 200)
	call("POST", "/v1/interactions", "/v1/interactions", `{"source":1}`, 422)
	call("POST", "/v1/interactions", "/v1/interactions", `{`, 400)
	call("POST", "/v1/interactions:batch", "/v1/interactions:batch", "["+body+"]", 200)
	call("POST", "/v1/interactions:batch", "/v1/interactions:batch", `{"interactions":[`+body+`,{"id":"2"}]}`, 207)
	s.pass(31 * time.Minute)
	s.work()
	token := s.app.Tokens.Mint(feedback.InvitationID(feedback.InteractionID("zendesk", "1"), "csat"))
	submit := s.do(s.client, s.request("POST", "/s/"+token, `{"score":1,"comment":"Three weeks and still no refund. I will cancel my account."}`, "Content-Type", "application/json"))
	fits(t, doc, "POST", "/s/{token}", submit)
	s.work()
	call("GET", "/v1/interactions/{source}/{id}", "/v1/interactions/zendesk/1", "", 200)
	call("GET", "/v1/interactions/{source}/{id}", "/v1/interactions/zendesk/none", "", 404)
	mention := `{"source":"x","id":"9","text":"Worst support ever, they ignored me and were rude.","author":"@lin","agent":"sam@acme.test","url":"https://x.test/9"}`
	call("POST", "/v1/feedback", "/v1/feedback", mention, 201)
	call("POST", "/v1/feedback", "/v1/feedback", mention, 200)
	call("POST", "/v1/feedback", "/v1/feedback", `{"source":"x","agent":7}`, 422)
	s.work()
	call("GET", "/v1/responses", "/v1/responses?limit=10", "", 200)
	call("GET", "/v1/responses", "/v1/responses?lable=negative", "", 422)
	cases := decoded[listJSON[*caseJSON]](t, call("GET", "/v1/cases", "/v1/cases?state=open", "", 200))
	if len(cases.Items) != 2 {
		t.Fatalf("%d cases, want that of the answer and that of the mention", len(cases.Items))
	}
	path := "/v1/cases/" + url.PathEscape(cases.Items[1].ID)
	act := "/v1/cases/{id}/{action}"
	call("POST", act, path+"/acknowledge", `{"by":"sam@acme.test","note":"On it."}`, 200)
	call("POST", act, path+"/acknowledge", `{"by":"sam@acme.test"}`, 409)
	call("POST", act, path+"/resolve", `{"by":"sam@acme.test","cause":"nonsense"}`, 422)
	call("POST", act, path+"/resolve", `{"by":"sam@acme.test","cause":"wait","action":"refund","note":"Paid today."}`, 200)
	call("POST", act, path+"/dance", `{"by":"sam@acme.test"}`, 404)
	s.work()
	for _, by := range perception.Bys() {
		call("GET", "/v1/perception", "/v1/perception?by="+by+"&every=week", "", 200)
	}
	call("GET", "/v1/perception", "/v1/perception?by=nobody", "", 422)
	call("GET", "/v1/perception/index", "/v1/perception/index?by=team&every=week", "", 200)
	call("GET", "/v1/perception/index", "/v1/perception/index?by=survey", "", 422)
	for _, p := range []string{"/healthz", "/readyz", "/metrics", "/openapi.json"} {
		fits(t, doc, "GET", p, s.get(p))
	}
	fits(t, doc, "GET", "/s/{token}", s.get("/s/"+token))
	fits(t, doc, "GET", "/s/{token}/opt-out", s.get("/s/"+token+"/opt-out"))
	s.do(s.client, s.request("HEAD", "/v1/stream", "", "Authorization", "Bearer "+s.key)) // ends by itself
	a := s.do(s.client, s.request("GET", "/v1/cases", ""))
	fits(t, doc, "GET", "/v1/cases", a)
}
