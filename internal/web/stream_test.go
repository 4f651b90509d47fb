package web

import (
	"bufio"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

func TestStream(t *testing.T) {
	s := newSite(t)
	s.app.streams.look = 20 * time.Millisecond
	has(t, s.get("/v1/stream"), http.StatusUnauthorized)
	has(t, s.api("GET", "/v1/stream?x=1", ""), 422)
	s.lowCase("before", "Told before the stream began.")

	res, err := s.browser().Do(s.request("GET", "/v1/stream", "", "Authorization", "Bearer "+s.key))
	check(t, err)
	defer res.Body.Close()
	if res.StatusCode != 200 || res.Header.Get("Content-Type") != "text/event-stream" {
		t.Fatalf("%d %s", res.StatusCode, res.Header.Get("Content-Type"))
	}
	lines := bufio.NewScanner(res.Body)
	lines.Buffer(nil, 1<<20)
	next := func(want string) string {
		t.Helper()
		name := ""
		for lines.Scan() {
			line := lines.Text()
			if strings.Contains(line, "Told before") {
				t.Errorf("what stood before is told: %.200s", line)
			}
			if n, ok := strings.CutPrefix(line, "event: "); ok {
				name = n
			}
			if data, ok := strings.CutPrefix(line, "data: "); ok && name == want {
				return data
			}
		}
		t.Fatalf("the stream ended before a %s: %v", want, lines.Err())
		return ""
	}
	token := s.invited("1", nil)
	has(t, s.post("/s/"+token, url.Values{"score": {"1"}, "comment": {"Nobody helped."}}), 303)
	if data := next("response"); !strings.Contains(data, "Nobody helped.") {
		t.Errorf("response event: %.300s", data)
	}
	s.work()
	if data := next("case"); !strings.Contains(data, `"state":"open"`) {
		t.Errorf("case event: %.300s", data)
	}
	if data := next("score"); !strings.Contains(data, `"survey":"csat"`) {
		t.Errorf("score event: %.300s", data)
	}
}
