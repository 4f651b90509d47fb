package collect

import (
	"errors"
	"slices"
	"testing"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/store"
)

func TestJudge(t *testing.T) {
	hand := feedback.Evidence{Dwell: 2500, Visible: 2400, Moves: 8, Spread: 600}
	with := func(change func(*feedback.Evidence)) *feedback.Evidence {
		e := hand
		change(&e)
		return &e
	}
	for name, c := range map[string]struct {
		visit   Visit
		scanned bool
		ok      bool
		way     string
		reason  string
	}{
		"a program":                      {Visit{}, false, true, feedback.WayProgram, ReasonNoPage},
		"a person, one click":            {Visit{Page: true, Auto: true, Open: 3 * time.Second, Evidence: &hand}, false, true, feedback.WayOneClick, ReasonPointer},
		"a finger":                       {Visit{Page: true, Auto: true, Open: 3 * time.Second, Evidence: &feedback.Evidence{Visible: 1600, Touches: 1}}, false, true, feedback.WayOneClick, ReasonTouch},
		"a person in a scanned domain":   {Visit{Page: true, Auto: true, Open: 3 * time.Second, Evidence: &hand}, true, false, feedback.WayOneClick, ReasonScanned},
		"a script alone":                 {Visit{Page: true, Auto: true, Open: 3 * time.Second, Evidence: &feedback.Evidence{Dwell: 3000, Visible: 3000}}, false, false, feedback.WayOneClick, ReasonNobody},
		"a script that jumps":            {Visit{Page: true, Auto: true, Open: 3 * time.Second, Evidence: with(func(e *feedback.Evidence) { e.Moves, e.Spread = 1, 0 })}, false, false, feedback.WayOneClick, ReasonNobody},
		"a script that pressed at once":  {Visit{Page: true, Auto: true, Open: 3 * time.Second, Evidence: with(func(e *feedback.Evidence) { e.Early = true })}, false, false, feedback.WayOneClick, ReasonEarly},
		"evidence older than its page":   {Visit{Page: true, Auto: true, Open: 200 * time.Millisecond, Evidence: &hand}, false, false, feedback.WayOneClick, ReasonNobody},
		"a page never in front":          {Visit{Page: true, Auto: true, Open: 3 * time.Second, Evidence: with(func(e *feedback.Evidence) { e.Visible = 100 })}, false, false, feedback.WayOneClick, ReasonNobody},
		"a press after reading":          {Visit{Page: true, Open: 4 * time.Second, Evidence: &hand}, false, true, feedback.WayButton, ReasonDwell},
		"a press where machines are":     {Visit{Page: true, Open: 4 * time.Second, Evidence: &hand}, true, true, feedback.WayButton, ReasonDwell},
		"a press without scripts":        {Visit{Page: true, Open: 4 * time.Second}, false, true, feedback.WayButton, ReasonNoScript},
		"the first button, at once":      {Visit{Page: true, Open: 900 * time.Millisecond, Evidence: &feedback.Evidence{Dwell: 330, Moves: 1}}, false, false, feedback.WayButton, ReasonEarly},
		"the same on a busy machine":     {Visit{Page: true, Open: 2500 * time.Millisecond, Evidence: &feedback.Evidence{Dwell: 2000, Moves: 1}}, false, false, feedback.WayButton, ReasonEarly},
		"a switch or a voice":            {Visit{Page: true, Open: 9 * time.Second, Evidence: &feedback.Evidence{Dwell: 8000}}, false, true, feedback.WayButton, ReasonDwell},
		"two presses one after another":  {Visit{Page: true, Open: 2 * time.Second, Evidence: &feedback.Evidence{Dwell: 1500, Moves: 2, Spread: 600}}, false, true, feedback.WayButton, ReasonDwell},
		"a tap":                          {Visit{Page: true, Open: 2 * time.Second, Evidence: &feedback.Evidence{Dwell: 1800, Touches: 1}}, false, true, feedback.WayButton, ReasonTouch},
		"the same without scripts":       {Visit{Page: true, Open: 350 * time.Millisecond}, false, false, feedback.WayButton, ReasonEarly},
		"a quick hand":                   {Visit{Page: true, Open: 900 * time.Millisecond, Evidence: &feedback.Evidence{Dwell: 700, Moves: 9, Spread: 200}}, false, true, feedback.WayButton, ReasonPointer},
		"a quick hand, but not so quick": {Visit{Page: true, Open: 900 * time.Millisecond, Evidence: &feedback.Evidence{Dwell: 200, Moves: 9, Spread: 90}}, false, false, feedback.WayButton, ReasonEarly},
		"words typed":                    {Visit{Page: true, Open: 300 * time.Millisecond, Typed: true}, false, true, feedback.WayButton, ReasonTyped},
	} {
		vote, ok := c.visit.Judge(c.scanned)
		if ok != c.ok || vote.Way != c.way || !slices.Contains(vote.Reasons, c.reason) {
			t.Errorf("%s: %+v, %v", name, vote, ok)
		}
		if human := vote.Verdict == feedback.Human; human != (c.ok && c.way != feedback.WayProgram) {
			t.Errorf("%s: the verdict is %s", name, vote.Verdict)
		}
	}
}

const browserName = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/142.0 Safari/537.36"

func (w *world) click(c Click, now time.Time) (confirm bool) {
	w.t.Helper()
	v, err := w.View(w.t.Context(), w.token, now)
	if err != nil {
		w.t.Fatal(err)
	}
	if c.Client.Agent == "" {
		c.Client.Agent = browserName
	}
	if confirm, err = w.Observe(w.t.Context(), v, c, now); err != nil {
		w.t.Fatal(err)
	}
	return confirm
}

func TestClicksAreNeverAnswers(t *testing.T) {
	w := newWorld(t)
	later := noon().Add(time.Hour)
	for _, c := range []Click{{Score: 1, Scored: true}, {Score: 1, Scored: true}, {Score: 9, Scored: true}, {}, {Score: 4, Scored: true, Head: true}} {
		if w.click(c, later) {
			t.Fatalf("%+v asks for the button", c)
		}
	}
	w.click(Click{Score: 5, Scored: true}, later.Add(time.Minute))
	v, err := w.View(t.Context(), w.token, later)
	if err != nil || v.Response != nil || len(v.Invitation.Intents) != 2 || v.Invitation.State != feedback.Sent || len(v.Invitation.Signs) != 0 {
		t.Errorf("%+v, %v", v.Invitation, err)
	}
	w.work(later.Add(time.Hour))
	if w.openCase(w.id) != nil {
		t.Error("a click opened a case")
	}
}

func TestSignsOfMachines(t *testing.T) {
	later := noon().Add(time.Hour)
	for name, c := range map[string]struct {
		clicks  []Click
		at      time.Time
		sign    string
		confirm bool
	}{
		"a decoy":         {[]Click{{Decoy: true}}, later, feedback.SignDecoy, true},
		"a burst":         {[]Click{{Score: 1, Scored: true}, {Score: 2, Scored: true}, {Score: 3, Scored: true}}, later, feedback.SignBurst, true},
		"a scanner":       {[]Click{{Client: Client{Agent: "Mozilla/5.0 (compatible; Barracuda Sentinel)"}}}, later, feedback.SignScanner, true},
		"its network":     {[]Click{{Head: true, Client: Client{Agent: browserName, Address: "148.163.130.9"}}}, later, feedback.SignScanner, true},
		"at the delivery": {[]Click{{Score: 5, Scored: true}}, noon().Add(time.Second), feedback.SignPrompt, false},
		"a tool":          {[]Click{{Client: Client{Agent: "curl/8.5.0"}}}, later, feedback.SignTool, false},
		"two weak signs":  {[]Click{{Client: Client{Agent: "python-requests/2.32"}}}, noon().Add(time.Second), feedback.SignTool, true},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			confirm := false
			for _, click := range c.clicks {
				confirm = w.click(click, c.at)
			}
			v, err := w.Store.Invitations().Get(t.Context(), w.id)
			if err != nil {
				t.Fatal(err)
			}
			if confirm != c.confirm || !slices.ContainsFunc(v.Signs, func(s feedback.Sign) bool { return s.Kind == c.sign }) {
				t.Errorf("button needed: %v, signs %+v", confirm, v.Signs)
			}
			strong := feedback.Sign{Kind: c.sign}.Strong() // weak signs of one mail say nothing about the others
			if scanned, err := w.Scanned(t.Context(), domainOf("somebody@example.com"), c.at); err != nil || scanned != strong {
				t.Errorf("the domain is scanned: %v, %v", scanned, err)
			}
		})
	}
}

func TestDomainMemory(t *testing.T) {
	ctx := t.Context()
	w := newWorld(t)
	w.click(Click{Decoy: true}, noon())
	second := New(w.Config) // another instance
	scanned := func(domain string, at time.Time) bool {
		t.Helper()
		on, err := second.Scanned(ctx, domain, at)
		if err != nil {
			t.Fatal(err)
		}
		return on
	}
	if !scanned("example.com", noon()) || scanned("example.org", noon()) {
		t.Error("the memory is not shared, or not by domain")
	}
	if scanned("example.com", noon().Add(31*24*time.Hour)) {
		t.Error("a domain without new signs is never believed again")
	}
	if err := second.ForgetDomain(ctx, "example.com", noon()); err != nil || scanned("example.com", noon()) {
		t.Errorf("the domain was not forgotten: %v", err)
	}
	if err := second.ForgetDomain(ctx, "example.com", noon()); err != nil {
		t.Errorf("forgotten twice: %v", err)
	}
	list, err := w.Domains(ctx)
	if err != nil || len(list) != 0 {
		t.Errorf("%+v, %v", list, err)
	}
	var shared Domain
	shared.Name = "gmail.com"
	for i := range 3 {
		if shared.Scanned(noon()) {
			t.Fatalf("%d scanned mailboxes speak for all of %s", i, shared.Name)
		}
		v := &feedback.Invitation{Signs: []feedback.Sign{{Kind: feedback.SignDecoy}}}
		v.ID = feedback.InvitationID("shared", string(rune('a'+i)))
		shared.mark(v, noon())
		shared.mark(v, noon())
	}
	if !shared.Scanned(noon()) || len(shared.Marks) != 3 {
		t.Errorf("%+v", shared)
	}
}

func TestVoteIsJudged(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	machine := Visit{Page: true, Open: 300 * time.Millisecond, Client: Client{Agent: browserName}}
	if _, err := w.Vote(ctx, w.token, vote(1, ""), machine, noon()); !errors.Is(err, ErrUnproven) {
		t.Fatalf("a press at once: %v", err)
	}
	if _, err := w.Store.Responses().Get(ctx, w.id); !errors.Is(err, store.ErrNotFound) {
		t.Fatalf("it was stored: %v", err)
	}
	v, err := w.Store.Invitations().Get(ctx, w.id)
	if err != nil || len(v.Intents) != 1 || !v.Scanned() {
		t.Fatalf("%+v, %v", v, err)
	}
	person := Visit{Page: true, Open: 9 * time.Second, Evidence: &feedback.Evidence{Dwell: 8000, Visible: 8000, Moves: 30, Spread: 4000}}
	auto := person
	auto.Auto = true
	if _, err := w.Vote(ctx, w.token, vote(1, ""), auto, noon()); !errors.Is(err, ErrUnproven) {
		t.Errorf("one click where machines are: %v", err)
	}
	if _, err := w.Vote(ctx, w.token, vote(1, ""), person, noon()); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Vote(ctx, w.token, vote(4, "lovely"), Visit{Page: true, Typed: true}, noon()); err != nil {
		t.Fatal(err)
	}
	r := w.response(w.id)
	if r.Vote.Way != feedback.WayButton || r.Vote.Verdict != feedback.Human || len(r.Versions) != 1 || r.Versions[0].Vote.Evidence.Moves != 30 {
		t.Errorf("kept %+v, before %+v", r.Vote, r.Versions)
	}
	// Without anything new, words that stand there already prove nothing.
	if _, err := w.Vote(ctx, w.token, vote(5, "lovely"), Visit{Page: true, Typed: true, Open: 100 * time.Millisecond}, noon()); !errors.Is(err, ErrUnproven) {
		t.Errorf("an old comment: %v", err)
	}
}
