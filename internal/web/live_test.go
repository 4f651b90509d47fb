package web

import (
	"bufio"
	"net/url"
	"strings"
	"testing"
	"time"

	"earshot/internal/feedback"
)

func TestDeskStreamTellsOfChanges(t *testing.T) {
	s := newSite(t)
	s.app.streams.look = 20 * time.Millisecond
	sam := s.signedIn("sam@acme.test", "Sam Okoro", feedback.RoleAgent, "Billing")
	has(t, s.do(s.client, s.request("GET", "/desk/stream", "")), 303) // nobody listens without signing in
	res, err := sam.Do(s.request("GET", "/desk/stream", ""))
	check(t, err)
	defer func() { _ = res.Body.Close() }()
	if kind := res.Header.Get("Content-Type"); kind != "text/event-stream" {
		t.Fatalf("content type %q", kind)
	}
	lines := make(chan string, 100)
	go func() {
		defer close(lines)
		for scan := bufio.NewScanner(res.Body); scan.Scan(); {
			lines <- scan.Text()
		}
	}()
	s.lowCase("1", "The agent was rude and the refund still has not arrived.")
	deadline := time.After(10 * time.Second)
	for {
		select {
		case line := <-lines:
			if strings.Contains(line, `"open":1`) {
				return
			}
		case <-deadline:
			t.Fatal("the stream did not tell of a new case")
		}
	}
}

func TestUndo(t *testing.T) {
	s := newSite(t)
	sam := s.signedIn("sam@acme.test", "Sam Okoro", feedback.RoleAgent, "Billing")
	rosa := s.signedIn("rosa@acme.test", "Rosa", feedback.RoleLead, "Billing")
	path := "/desk/cases/" + s.lowCase("1", "The agent was rude and the refund still has not arrived.")
	csrf := s.csrfOf(sam, path)
	has(t, s.postAs(sam, path+"/acknowledge", url.Values{"csrf": {csrf}}), 303)
	has(t, s.do(sam, s.request("GET", path, "")), 200, "You acknowledged this case. Nobody was told.", path+"/undo")
	if a := s.do(rosa, s.request("GET", path, "")); strings.Contains(a.body, path+"/undo") {
		t.Error("somebody else is offered to take it back")
	}
	has(t, s.postAs(sam, path+"/undo", url.Values{"csrf": {csrf}}), 303)
	has(t, s.do(sam, s.request("GET", path, "")), 200, "took that back", path+"/acknowledge")
	has(t, s.postAs(sam, path+"/undo", url.Values{"csrf": {csrf}}), 303) // pressed twice
}
