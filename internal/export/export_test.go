package export_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"earshot/internal/export"
	"earshot/internal/feedback"
	"earshot/internal/store"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// hostile are texts that a spreadsheet would run, and what they must become.
var hostile = map[string]string{
	`=HYPERLINK("http://evil.test","x")`: `'=HYPERLINK("http://evil.test","x")`,
	"+1":                                 "'+1",
	"-2+3":                               "'-2+3",
	"@SUM(A1)":                           "'@SUM(A1)",
	"  =1":                               "'  =1",
	"\t=1":                               "'\t=1",
	"\r=1":                               "'\r=1",
	"＝1":                                 "'＝1",
	"fine, thanks":                       "fine, thanks",
	"a=b":                                "a=b",
	"":                                   "",
	"ليس جيدا":                           "ليس جيدا",
	"two\nlines, \"quoted\"":             "two\nlines, \"quoted\"",
}

func response(comment string) feedback.Response {
	r := feedback.Response{
		Source: "zendesk", External: "84213", Survey: "csat", Metric: feedback.CSAT, Score: 2, Scored: true, Low: true, Comment: comment,
		AnsweredAt: noon, Answers: map[string]string{"resolved": "no", "reason": "wait"}, Tags: []string{"refund", "vip"},
		Customer:  feedback.Customer{Email: "mara@example.com", Name: "=Mara", Value: 1290.5},
		Agent:     feedback.Agent{Email: "sam@acme.test", Team: "Billing"},
		Sentiment: &feedback.Sentiment{Label: feedback.Negative, Polarity: -0.75, Topics: []feedback.Topic{{Topic: "wait", Label: feedback.Negative}}},
	}
	r.ID = "r1"
	return r
}

func write(t *testing.T, f export.Format, columns []export.Column[feedback.Response], rows ...feedback.Response) []byte {
	t.Helper()
	var b bytes.Buffer
	n, err := export.Write(&b, f, "responses", columns, export.Rows(rows))
	if err != nil || n != len(rows) {
		t.Fatalf("%s: %d rows, %v", f, n, err)
	}
	return b.Bytes()
}

func TestCSVAndXLSXRunNoFormula(t *testing.T) {
	var rows []feedback.Response
	var want []string
	for in, safe := range hostile {
		rows, want = append(rows, response(in)), append(want, safe)
	}
	table, err := csv.NewReader(bytes.NewReader(write(t, export.CSV, export.Responses(), rows...))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	book, err := excelize.OpenReader(bytes.NewReader(write(t, export.XLSX, export.Responses(), rows...)))
	if err != nil {
		t.Fatal(err)
	}
	sheet, err := book.GetRows("responses", excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	at := columnOf(t, table[0], "comment")
	name := columnOf(t, table[0], "customer.name")
	for i, w := range want {
		if got := table[i+1][at]; got != w && got != strings.ReplaceAll(w, "\r", "\n") { // the reader drops \r
			t.Errorf("CSV has %q, want %q", got, w)
		}
		if got := sheet[i+1][at]; got != w && got != strings.ReplaceAll(w, "\r", "\n") {
			t.Errorf("XLSX has %q, want %q", got, w)
		}
		if table[i+1][name] != "'=Mara" || sheet[i+1][name] != "'=Mara" {
			t.Errorf("a name runs: %q, %q", table[i+1][name], sheet[i+1][name])
		}
	}
	cell, _ := excelize.CoordinatesToCellName(columnOf(t, table[0], "answered_at")+1, 2)
	if got, _ := book.GetCellValue("responses", cell); got != "2026-11-22 12:00:00" {
		t.Errorf("the moment in XLSX is %q", got)
	}
}

func columnOf(t *testing.T, head []string, name string) int {
	t.Helper()
	for i, h := range head {
		if h == name {
			return i
		}
	}
	t.Fatalf("no column %s in %v", name, head)
	return 0
}

func TestJSONLHoldsEveryTextAsItIs(t *testing.T) {
	for in := range hostile {
		var row struct {
			Source, ID, Comment string
			Score               int
			AnsweredAt          time.Time `json:"answered_at"`
			Answers             map[string]string
			Tags                []string
			Customer            struct{ Email, Name string }
			Agent               struct{ Email, Team string }
			Sentiment           struct {
				Label    string
				Polarity float64
				Topics   []string
			}
			HasCase bool `json:"has_case"`
		}
		line := write(t, export.JSONL, export.Responses(), response(in))
		if err := json.Unmarshal(line, &row); err != nil {
			t.Fatalf("%v in %s", err, line)
		}
		if row.Comment != in || row.Customer.Name != "=Mara" || row.ID != "84213" || row.Score != 2 || !row.AnsweredAt.Equal(noon) ||
			row.Answers["reason"] != "wait" || row.Tags[1] != "vip" || row.Agent.Team != "Billing" || row.Sentiment.Topics[0] != "wait:negative" || row.Sentiment.Polarity != -0.75 {
			t.Errorf("%s became %+v", line, row)
		}
	}
	bare := feedback.Response{AnsweredAt: noon}
	if line := write(t, export.JSONL, export.Responses(), bare); !json.Valid(line) || !strings.Contains(string(line), `"score":null`) {
		t.Errorf("a bare row is %s", line)
	}
}

func TestImpersonalNamesNobody(t *testing.T) {
	r := response("fine")
	r.Customer.Name = "Mara Lind"
	for _, f := range []export.Format{export.CSV, export.JSONL} {
		out := string(write(t, f, export.Impersonal(export.Responses()), r))
		for _, secret := range []string{"mara@example.com", "Mara Lind", "84213"} {
			if strings.Contains(out, secret) {
				t.Errorf("%s tells %s: %s", f, secret, out)
			}
		}
		if !strings.Contains(out, "sam@acme.test") {
			t.Errorf("%s has lost the agent: %s", f, out)
		}
	}
}

func TestPagesGoesToTheEndAndStopsOnAnError(t *testing.T) {
	broken := errors.New("the store is gone")
	list := func(fails bool) func(context.Context, store.Page) (store.List[feedback.Case], error) {
		return func(_ context.Context, p store.Page) (store.List[feedback.Case], error) {
			next := map[string]string{"": "1", "1": "2", "2": ""}[p.After]
			if fails && p.After == "2" {
				return store.List[feedback.Case]{}, broken
			}
			return store.List[feedback.Case]{Items: []*feedback.Case{{}, {}}, Next: next}, nil
		}
	}
	var b bytes.Buffer
	if n, err := export.Write(&b, export.CSV, "cases", export.Cases(), export.Pages(context.Background(), list(false))); n != 6 || err != nil {
		t.Errorf("%d rows, %v", n, err)
	}
	for _, f := range export.Formats() {
		if n, err := export.Write(&b, f, "cases", export.Cases(), export.Pages(context.Background(), list(true))); n != 4 || !errors.Is(err, broken) {
			t.Errorf("%s: %d rows, %v", f, n, err)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := export.Write(&b, export.CSV, "cases", export.Cases(), export.Pages(ctx, list(false))); !errors.Is(err, context.Canceled) {
		t.Errorf("an ended context gives %v", err)
	}
}
