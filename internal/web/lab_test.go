package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/store"
)

// labSizes are how many invitations the scanner lab sends, and how many people answer at its end.
// EARSHOT_TEST_LAB=1000 asks for the heavy form; without a browser the machines are HTTP clients only.
func labSizes(t *testing.T) (mails, people int, browser bool) {
	mails, browser = 24, os.Getenv("EARSHOT_TEST_BROWSER") == "1"
	if n, err := strconv.Atoi(os.Getenv("EARSHOT_TEST_LAB")); err == nil && n > 0 {
		mails = n
	}
	if testing.Short() && mails > 24 {
		t.Skip("the heavy form takes minutes")
	}
	return mails, max(mails/5, 8), browser
}

// lab is a site whose clock runs, with mails that machines and people get hold of.
type lab struct {
	*site
	tokens []string   // by mail
	links  [][]string // of every mail, as paths
}

func newLab(t *testing.T, mails, people int) *lab {
	s := newSite(t)
	l := &lab{site: s}
	for i := range mails + people/2 {
		host := fmt.Sprintf("scanned%d.example", i%40)
		if i >= mails {
			host = "people.example" // no machine reads this domain's mail
		}
		d := s.interaction(strconv.Itoa(i), func(m map[string]any) {
			m["survey"] = []string{"csat", "nps", "ces", "resolution"}[i%4]
			m["customer"] = map[string]any{"email": fmt.Sprintf("c%d@%s", i, host), "name": "Mara Lind", "locale": "en"}
		})
		l.tokens = append(l.tokens, s.app.Tokens.Mint(*d.Invitation))
	}
	s.pass(25 * time.Hour)
	s.work()
	s.pass(time.Minute)
	links := l.linksByToken()
	for _, token := range l.tokens[:mails] {
		l.links = append(l.links, links[token])
	}
	s.run()
	return l
}

var linkIn = regexp.MustCompile(`href="http://[^/"]+(/s/([A-Za-z0-9_-]{43})[^"]*)"`)

// linksByToken reads the links out of the mails, as a scanner does.
func (l *lab) linksByToken() map[string][]string {
	l.t.Helper()
	out := map[string][]string{}
	for _, html := range l.outgoing("invitation") {
		for _, m := range linkIn.FindAllStringSubmatch(html, -1) {
			out[m[2]] = append(out[m[2]], strings.ReplaceAll(m[1], "&amp;", "&"))
		}
	}
	return out
}

// outgoing are the HTML bodies of all mails of a kind in the outbox.
func (l *lab) outgoing(kind string) []string {
	l.t.Helper()
	var out []string
	for after := ""; ; {
		list, next, err := l.app.Outbox.List(after, 200)
		check(l.t, err)
		for _, e := range list {
			if string(e.Kind) != kind {
				continue
			}
			m, err := l.app.Outbox.Read(e.Name)
			check(l.t, err)
			out = append(out, m.HTML)
		}
		if after = next; next == "" {
			return out
		}
	}
}

// scan is what a mail gateway does with every link: asks for the head, follows it, follows it once more
// with another method, all within seconds and many at once.
func (l *lab) scan() {
	l.t.Helper()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	var group sync.WaitGroup
	gate := make(chan struct{}, 8)
	for _, links := range l.links {
		group.Go(func() {
			gate <- struct{}{}
			defer func() { <-gate }()
			for _, method := range []string{"HEAD", "GET", "OPTIONS", "GET"} {
				for _, path := range links {
					r, _ := http.NewRequest(method, l.url+path, nil)
					r.Header.Set("User-Agent", chrome)
					res, err := client.Do(r)
					if err != nil {
						l.t.Error(err)
						return
					}
					_ = res.Body.Close()
					if res.StatusCode >= 500 {
						l.t.Errorf("%s of a link answers %d", method, res.StatusCode)
					}
				}
			}
		})
	}
	group.Wait()
}

// untouched checks that machines have changed nothing.
func (l *lab) untouched(after string) {
	l.t.Helper()
	l.work()
	ctx := l.t.Context()
	responses, err := l.st.Responses().List(ctx, store.ResponseFilter{}, store.Page{})
	check(l.t, err)
	cases, err := l.st.Cases().List(ctx, store.CaseFilter{}, store.Page{})
	check(l.t, err)
	if n := len(responses.Items); n > 0 {
		l.t.Errorf("after %s there are %d votes, such as %+v", after, n, responses.Items[0].Vote)
	}
	if n := len(cases.Items); n > 0 {
		l.t.Errorf("after %s there are %d cases", after, n)
	}
	if n := len(l.outgoing("alert")); n > 0 {
		l.t.Errorf("after %s %d alerts went out", after, n)
	}
	people, err := l.st.People().Scan(ctx, "", 10_000)
	check(l.t, err)
	for _, p := range people {
		if !p.OptedOut.IsZero() {
			l.t.Errorf("after %s %s has opted out", after, p.ID)
		}
	}
	for _, token := range l.tokens {
		if v := l.invitation(token); v.State != feedback.Sent {
			l.t.Errorf("after %s an invitation is %s", after, v.State)
		}
	}
}

// labPlan is what lab.mjs is told, labResult what it answers.
type labPlan struct {
	Base     string      `json:"base"`
	Parallel int         `json:"parallel"`
	Open     []string    `json:"open,omitempty"`
	Press    []string    `json:"press,omitempty"`
	People   []labPerson `json:"people,omitempty"`
}

type labPerson struct {
	Path string `json:"path"`
	How  string `json:"how"`
}

type labResult struct {
	Opened, Pressed, Late, Answered int
	Wrong                           []string
}

func (l *lab) browse(plan labPlan) labResult {
	l.t.Helper()
	plan.Base, plan.Parallel = l.url, 3
	in, err := json.Marshal(plan)
	check(l.t, err)
	cmd := exec.CommandContext(l.t.Context(), "node", "lab.mjs")
	cmd.Dir, cmd.Stdin, cmd.Stderr = filepath.Join("browsertest"), strings.NewReader(string(in)), os.Stderr
	out, err := cmd.Output()
	if err != nil {
		l.t.Fatalf("%v\n%s", err, out)
	}
	var r labResult
	check(l.t, json.Unmarshal(out, &r))
	for _, w := range r.Wrong {
		l.t.Error(w)
	}
	return r
}

// score is one on the scale of the i-th mail's survey.
func (l *lab) score(i int) int {
	low, high, _ := l.invitation(l.tokens[i]).Metric.Scale()
	return low + i%(high-low+1)
}

// TestScannerLab: whatever machines do with the links of a mail, nothing is voted, ended or opened; and
// every person after them is heard.
func TestScannerLab(t *testing.T) {
	mails, people, browser := labSizes(t)
	l := newLab(t, mails, people)
	for i, links := range l.links {
		if len(links) < 4 {
			t.Fatalf("mail %d has only the links %v", i, links)
		}
	}
	l.scan()
	l.untouched("following every link")
	if browser {
		var plan labPlan
		for i := range mails {
			plan.Open = append(plan.Open, fmt.Sprintf("/s/%s?score=%d", l.tokens[i], l.score(i)))
			plan.Press = append(plan.Press, plan.Open[i])
			if i%4 == 0 {
				plan.Press = append(plan.Press, "/s/"+l.tokens[i]+"/opt-out")
			}
		}
		r := l.browse(plan)
		l.untouched("scripts and presses of the first button")
		t.Logf("%d mails: %d pages opened with scripts, %d first buttons pressed (%d too late to say anything), nothing counted", mails, r.Opened, r.Pressed, r.Late)
		l.answers(mails, people)
	}
}

// answers lets people answer: half of them customers whose mail machines have been through, with the
// button, the other half with the one click of the mail.
func (l *lab) answers(mails, people int) {
	l.t.Helper()
	var plan labPlan
	var who []int
	for i := range people / 2 {
		clean := mails + i
		plan.People = append(plan.People, labPerson{fmt.Sprintf("/s/%s?score=%d", l.tokens[i], l.score(i)), "button"},
			labPerson{fmt.Sprintf("/s/%s?score=%d", l.tokens[clean], l.score(clean)), []string{"mouse", "touch", "keys"}[i%3]})
		who = append(who, i, clean)
	}
	r := l.browse(plan)
	counted := 0
	for n, i := range who {
		v, err := l.st.Responses().Get(l.t.Context(), l.invitation(l.tokens[i]).ID)
		if err != nil {
			l.t.Errorf("%+v was not counted: %v", plan.People[n], err)
			continue
		}
		want := map[bool]string{true: feedback.WayButton, false: feedback.WayOneClick}[plan.People[n].How == "button"]
		if v.Score != l.score(i) || v.Vote.Verdict != feedback.Human || v.Vote.Way != want {
			l.t.Errorf("%+v was counted as %d by %+v", plan.People[n], v.Score, v.Vote)
			continue
		}
		counted++
	}
	if counted != len(who) || r.Answered != len(who) {
		l.t.Errorf("%d of %d people were counted", counted, len(who))
	}
	l.t.Logf("%d of %d people counted", counted, len(who))
}
