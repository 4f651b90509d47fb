package main

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"earshot/internal/config"
	"earshot/internal/feedback"
)

// stocked is a data folder with three responses, a day apart, the last on 12 November 2026.
func stocked(t *testing.T) string {
	t.Helper()
	data := t.TempDir()
	st, err := openStore(t.Context(), config.Config{Data: data}, true, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		r := feedback.Response{Survey: "csat", Source: "test", External: strconv.Itoa(i), Score: 5, Scored: true, Comment: "=1+1",
			AnsweredAt: time.Date(2026, 11, 10+i, 12, 0, 0, 0, time.UTC)}
		r.ID = feedback.InvitationID(strconv.Itoa(i), "csat")
		if err := st.Responses().Insert(t.Context(), &r); err != nil {
			t.Fatal(err)
		}
	}
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	return data
}

func TestExport(t *testing.T) {
	data := stocked(t)
	file := filepath.Join(t.TempDir(), "out.csv")
	out, status := command(t, "", "export", "responses", "--from", "2026-11-11", "--to", "2026-11-11", "--out", file, "--data", data)
	if status != 0 || !strings.Contains(out, "1 responses written") {
		t.Fatalf("%d %s", status, out)
	}
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(strings.NewReader(string(b))).ReadAll()
	if err != nil || len(rows) != 2 || strings.Join(rows[0][:6], ",") != "source,id,survey,score,comment,answered_at" ||
		strings.Join(rows[1][:6], ",") != "test,1,csat,5,'=1+1,2026-11-11T12:00:00Z" {
		t.Errorf("%v: %q", err, rows)
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(file), ".*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	if out, status := command(t, "", "export", "responses", "--format", "jsonl", "--data", data); status != 0 || strings.Count(out, `"comment":"=1+1"`) != 3 {
		t.Errorf("jsonl: %d %s", status, out)
	}
	if out, status := command(t, "", "export", "cases", "--format", "pdf", "--data", data); status != 2 || !strings.Contains(out, "xlsx") {
		t.Errorf("an unknown format: %d %s", status, out)
	}
	if out, status := command(t, "", "export", "cases", "--from", "yesterday", "--data", data); status != 2 || !strings.Contains(out, "2026-10-01") {
		t.Errorf("a wrong day: %d %s", status, out)
	}
}
