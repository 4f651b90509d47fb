package recovery

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/hook"
)

// TestOneCustomerIsOneMail alerts at once for the first case of a customer and gathers the next ones.
func TestOneCustomerIsOneMail(t *testing.T) {
	w := newWorld(t)
	w.open()
	w.work(noon())
	for i := range 3 {
		w.openFor(fmt.Sprint("again", i), "mara", noon().Add(time.Minute))
	}
	w.openFor("other", "tom", noon().Add(time.Minute))
	w.work(noon().Add(time.Minute))
	if got := w.mails(); got != "alert sam, alert sam" {
		t.Fatalf("at once: %q", got)
	}
	w.work(noon().Add(time.Minute + gathering))
	w.work(noon().Add(time.Minute + gathering + 3*time.Second))
	if got := w.mails(); got != "alert sam, alert sam, alert sam" {
		t.Fatalf("after gathering: %q", got)
	}
	if m := w.mailOf(t, "alert"); !strings.Contains(m, "Subject: 3 more cases of Mara Lind") || strings.Count(m, "/desk/cases/") < 3 {
		t.Errorf("the mail of several:\n%s", m)
	}
	for i := range 3 {
		c := w.get(feedback.InvitationID(feedback.InteractionID("desk", fmt.Sprint("again", i)), "csat"))
		if c.Notices[0].SentAt.IsZero() {
			t.Errorf("case %d does not know that its owner was told", i)
		}
	}
}

// TestAlertBudget sends as many alerts an hour as are allowed, and then one mail with all the others.
func TestAlertBudget(t *testing.T) {
	w := newWorld(t)
	if err := w.ChangeAlerting(t.Context(), func(a *Alerting) error { a.PerHour = 3; return nil }); err != nil {
		t.Fatal(err)
	}
	for i := range 10 {
		w.openFor(fmt.Sprint(i), fmt.Sprint("c", i), noon())
	}
	w.work(noon())
	if got := strings.Count(w.mails(), "alert sam"); got != 3 {
		t.Fatalf("%d alerts at once, want 3", got)
	}
	w.work(noon().Add(time.Hour))
	w.work(noon().Add(time.Hour + 3*time.Second))
	if got := strings.Count(w.mails(), "alert sam"); got != 4 {
		t.Fatalf("%d mails after the hour, want 4", got)
	}
	if m := w.mailOf(t, "alert"); !strings.Contains(m, "Subject: 7 more cases wait for you") {
		t.Errorf("the mail of several:\n%s", m[:600])
	}
}

// TestHarmDoesNotWait lets a customer in danger through whatever the hour has brought.
func TestHarmDoesNotWait(t *testing.T) {
	l := ledger{}
	for i := range 5 {
		if l.admit(fmt.Sprint(i), fmt.Sprint(i), fmt.Sprint(i), false, 5, noon()) != nil {
			t.Fatal("the hour's number is not used up")
		}
	}
	if l.admit("a", "a", "a", false, 5, noon()) == nil {
		t.Error("the sixth goes out alone")
	}
	if l.admit("b", "b", "0", true, 5, noon()) != nil {
		t.Error("a case about harm waits")
	}
	if b := l.admit("a", "a", "a", false, 5, noon()); b == nil || b.Count != 1 {
		t.Errorf("asked again, the bundle counts %+v", b)
	}
}

// TestChannel posts to the channels of the team and of everybody, and tells them of a raised score.
func TestChannel(t *testing.T) {
	w := newWorld(t)
	var got []string
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		got = append(got, r.URL.Path+" "+string(b))
	}))
	defer server.Close()
	w.Hooks = hook.New([]netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")})
	secret := "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODk="
	err := w.ChangeAlerting(t.Context(), func(a *Alerting) error {
		for _, team := range []string{"", "Billing", "Sales"} {
			a.Channels = append(a.Channels, Channel{ID: "ch" + team, Name: "#" + team, Team: team, Target: hook.Target{Kind: hook.Webhook, URL: server.URL + "/" + team, Secret: secret}})
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	c := w.open()
	w.work(noon())
	if len(got) != 2 || !strings.HasPrefix(got[0], "/ ") || !strings.HasPrefix(got[1], "/Billing ") {
		t.Fatalf("posted %q", got)
	}
	var said struct {
		Type string
		Data hook.Alert
	}
	if err := json.Unmarshal([]byte(strings.TrimPrefix(got[1], "/Billing ")), &said); err != nil || said.Type != "case.alert" || said.Data.Words != "Nobody answered me." || said.Data.Score != 1 {
		t.Errorf("%v %+v", err, said)
	}
	w.answers(c.ID, 5, "Nobody answered me.", noon().Add(time.Minute))
	w.work(noon().Add(time.Minute))
	if len(got) != 4 || !strings.Contains(got[3], `"case.corrected"`) {
		t.Errorf("after the score was raised: %q", got)
	}
}
