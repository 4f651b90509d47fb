package main

import (
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"earshot/internal/config"
	"earshot/internal/feedback"
	"earshot/internal/store"
)

// inFile writes a file for a test.
func inFile(t *testing.T, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "file.csv")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// opened lets a test look into a data folder.
func opened(t *testing.T, data string, look func(st store.Store)) {
	t.Helper()
	st, err := openStore(t.Context(), config.Config{Data: data}, false, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	look(st)
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestImport(t *testing.T) {
	data := t.TempDir()
	ended := time.Now().Add(-time.Hour).UTC().Format(time.RFC3339)
	head := "source,id,subject,ended_at,customer.email,customer.id,customer.value,agent.email,agent.team,tags,metrics.wait_seconds,owners[0].email,owners[0].from\n"
	file := inFile(t, head+strings.Join([]string{
		"desk,1,Refund," + ended + ",mara@example.com,c-1,1290.50,Sam@acme.test,Billing,refund;vip,412,ivy@acme.test,2026-11-20T13:10:00Z",
		"desk,2,'=1+1," + ended + ",lena@example.com,c-2,,sam@acme.test,Billing,,,,",
		"desk,3,Refund," + ended + ",not an address,c-3,,sam@acme.test,Billing,,,,",
		"desk,4,\"open quote," + ended + ",x@example.com,,,sam@acme.test,Billing,,,,",
		"desk,5,Delivery,yesterday,y@example.com,,many,sam@acme.test,Billing,,-3,,",
		"desk,6,too,few,cells",
		"desk,7,Old,2020-01-01,old@example.com,,,sam@acme.test,Billing,,,,",
	}, "\n")+"\n")
	out, status := command(t, "", "import", "interactions", file, "--data", data)
	for _, want := range []string{"3 interactions new, 0 known already, 4 wrong", ":4: customer.email is not an e-mail address", ":5: is not CSV", ":6: ended_at must be", "customer.value must be", ":7: has 5 cells", "4 of 7 rows"} {
		if status != 1 || !strings.Contains(out, want) {
			t.Errorf("status %d, and %q is not in\n%s", status, want, out)
		}
	}
	if out, status = command(t, "", "import", "interactions", file, "--data", data); status != 1 || !strings.Contains(out, "0 interactions new, 3 known already, 4 wrong") {
		t.Errorf("again: status %d, %s", status, out)
	}
	answers := inFile(t, "\uFEFFsource;id;survey;score;comment;answered_at\n"+
		"desk;1;csat;1;\"Terrible, I waited; for weeks\";2026-11-21T10:00:00Z\ndesk;7;nps;10;;2020-01-02\ndesk;7;csat;9;;2020-01-02\ndesk;99;csat;3;;2020-01-02\n")
	out, status = command(t, "", "import", "responses", answers, "--data", data)
	for _, want := range []string{"2 responses new, 0 known already, 2 wrong", ":4: score must be", `:5: id there is no interaction "99" of source "desk"`} {
		if status != 1 || !strings.Contains(out, want) {
			t.Errorf("status %d, and %q is not in\n%s", status, want, out)
		}
	}
	if out, _ = command(t, "", "import", "responses", answers, "--data", data); !strings.Contains(out, "0 responses new, 2 known already, 2 wrong") {
		t.Errorf("again: %s", out)
	}
	opened(t, data, func(st store.Store) { imported(t, st) })
	if out, status = command(t, "", "import", "responses", inFile(t, "source,id,points\n"), "--data", data); status != 1 || !strings.Contains(out, `no column "points"`) {
		t.Errorf("an unknown column: %d %s", status, out)
	}
}

// imported looks at what TestImport loaded.
func imported(t *testing.T, st store.Store) {
	ctx := t.Context()
	one, err := st.Interactions().Get(ctx, feedback.InteractionID("desk", "1"))
	if err != nil {
		t.Fatal(err)
	}
	if one.Agent.Email != "sam@acme.test" || one.Customer.Value != 1290.5 || len(one.Tags) != 2 || *one.Metrics.WaitSeconds != 412 || len(one.Owners) != 1 || one.Decision.Outcome == feedback.Skipped {
		t.Errorf("kept as %+v", one)
	}
	if two, err := st.Interactions().Get(ctx, feedback.InteractionID("desk", "2")); err != nil || two.Subject != "=1+1" {
		t.Errorf("the text of a formula: %+v, %v", two, err)
	}
	if old, err := st.Interactions().Get(ctx, feedback.InteractionID("desk", "7")); err != nil || old.Decision.Rule != "ask.expires" {
		t.Errorf("years ago: %+v, %v", old.Decision, err)
	}
	id := feedback.InvitationID(one.ID, "csat")
	r, err := st.Responses().Get(ctx, id)
	if err != nil || r.Score != 1 || !r.Low || r.Comment != "Terrible, I waited; for weeks" || r.CaseReason() != "" {
		t.Errorf("answer %+v, %v", r, err)
	}
	if v, err := st.Invitations().Get(ctx, id); err != nil || v.State != feedback.Answered || len(v.Remind) != 0 {
		t.Errorf("its invitation: %+v, %v", v, err)
	}
}

// An imported answer is understood and counted by the running service, which mails nobody about it.
func TestImportedAnswersAlertNobody(t *testing.T) {
	s := boot(t)
	ended := time.Now().UTC().Truncate(24 * time.Hour).Add(-40*24*time.Hour + 12*time.Hour)
	rows := "source,id,ended_at,customer.email,agent.email,agent.team\n"
	answers := "source,id,survey,score,comment,answered_at\n"
	for i := range 30 {
		rows += fmt.Sprintf("old,%d,%s,c%d@example.com,sam@acme.test,Billing\n", i, ended.Format(time.RFC3339), i)
		answers += fmt.Sprintf("old,%d,csat,1,\"Awful, this is fraud and I will sue you\",%s\n", i, ended.Add(time.Hour).Format(time.RFC3339))
	}
	if out, status := command(t, "", "import", "interactions", inFile(t, rows), "--data", s.config.Data); status != 0 {
		t.Fatal(out)
	}
	if out, status := command(t, "", "import", "responses", inFile(t, answers), "--data", s.config.Data); status != 0 || !strings.Contains(out, "30 responses new") {
		t.Fatal(status, out)
	}
	var board []struct {
		N, Asked int
		Score    *float64
	}
	s.eventually("the board counts them", func() bool {
		day := ended.Format(time.DateOnly)
		s.api("GET", "/v1/perception?by=all&survey=csat&from="+day+"&to="+day, nil, &board)
		return len(board) == 1 && board[0].N == 30 && board[0].Asked == 30
	})
	if *board[0].Score != 0 {
		t.Errorf("the board shows %v", *board[0].Score)
	}
	cases, err := s.store.Cases().List(t.Context(), store.CaseFilter{}, store.Page{})
	if err != nil || len(cases.Items) != 0 {
		t.Errorf("%d cases, %v", len(cases.Items), err)
	}
}
