package intake

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"earshot/internal/export"
	"earshot/internal/feedback"
)

// kept is a Kind that remembers its rows in a map.
type kept struct {
	mu   sync.Mutex
	rows map[string][]string
	fail error
}

func (k *kept) kind() Kind {
	columns := []string{"id", "text"}
	return Kind{
		Column: func(name string) bool { return slices.Contains(columns, name) }, Columns: columns, Required: []string{"id"},
		Together: func(r Row) string { return r.Cells["id"] },
		Take: func(_ context.Context, r Row) (bool, error) {
			k.mu.Lock()
			defer k.mu.Unlock()
			if k.fail != nil {
				return false, k.fail
			}
			if r.Cells["id"] == "bad" {
				return false, feedback.Refuse("id", "is bad")
			}
			k.rows[r.Cells["id"]] = append(k.rows[r.Cells["id"]], r.Cells["text"])
			return len(k.rows[r.Cells["id"]]) == 1, nil
		},
	}
}

func load(t *testing.T, k *kept, text string) (Result, error) {
	t.Helper()
	k.rows = map[string][]string{}
	return File(t.Context(), k.kind(), strings.NewReader(text), int64(len(text)), func(int64) {})
}

func TestFile(t *testing.T) {
	for _, c := range []struct {
		name, text string
		rows       map[string]string
		mistakes   string
	}{
		{"plain", "id,text\n1,a\n2,b\n", map[string]string{"1": "a", "2": "b"}, ""},
		{"windows, marked, semicolons", "\uFEFFText;ID\r\na,b;1\r\n\r\nc;2", map[string]string{"1": "a,b", "2": "c"}, ""},
		{"lines in a cell", "id,text\n1,\"a\nb\"\n2,c\n", map[string]string{"1": "a\nb", "2": "c"}, ""},
		{"a quotation mark never closed", "id,text\n1,a\n2,\"b\n3,c\n4,\"d\"\n", map[string]string{"1": "a", "3": "c", "4": "d"}, "3"},
		{"one at the very end", "id,text\n1,a\n2,\"b", map[string]string{"1": "a"}, "3"},
		{"a stray one", "id,text\n1,a\"b\n\n2,c\nbad,x\n3\n4,d\n", map[string]string{"2": "c", "4": "d"}, "2 5 6"},
		{"no text", "id,text\n1,\xff\n2,c\n", map[string]string{"2": "c"}, "2"},
		{"formulas", "id,text\n1,'=1+1\n2,'quoted'\n3,=2+2\n", map[string]string{"1": "=1+1", "2": "'quoted'", "3": "=2+2"}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			k := &kept{}
			result, err := load(t, k, c.text)
			if err != nil {
				t.Fatal(err)
			}
			var lines []string
			for _, m := range result.Mistakes {
				lines = append(lines, fmt.Sprint(m.Line))
			}
			if got := strings.Join(lines, " "); got != c.mistakes {
				t.Errorf("mistakes on lines %q, want %q: %v", got, c.mistakes, result.Mistakes)
			}
			if len(k.rows) != len(c.rows) || result.New != len(c.rows) {
				t.Errorf("rows %v, want %v; %+v", k.rows, c.rows, result)
			}
			for id, text := range c.rows {
				if len(k.rows[id]) != 1 || k.rows[id][0] != text {
					t.Errorf("row %s holds %q, want %q", id, k.rows[id], text)
				}
			}
		})
	}
}

func TestFileKeepsOrderAndCounts(t *testing.T) {
	text := "id,text\n"
	for i := range 2000 {
		text += fmt.Sprintf("%d,%d\n", i%7, i)
	}
	k := &kept{}
	result, err := load(t, k, text)
	if err != nil || result.New != 7 || result.Known != 1993 {
		t.Fatal(result, err)
	}
	for id, texts := range k.rows {
		last := -1
		for _, s := range texts {
			var n int
			if _, err := fmt.Sscan(s, &n); err != nil || n <= last {
				t.Fatalf("rows of %s are out of order: %s after %d", id, s, last)
			}
			last = n
		}
	}
}

func TestFileRefusesWhatItDoesNotKnow(t *testing.T) {
	for text, want := range map[string]string{"": "first line", "id,what\n": `no column "what"`, "text\n": `"id" is missing`, "id,ID\n": "twice"} {
		if _, err := load(t, &kept{}, text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
	gone := errors.New("the database is gone")
	if _, err := load(t, &kept{fail: gone}, "id,text\n1,a\n2,b\n"); !errors.Is(err, gone) {
		t.Errorf("a store that is gone: %v", err)
	}
}

// What an export writes comes back as it was, but for a text that began with an apostrophe and a formula.
func TestBareUndoesSafe(t *testing.T) {
	for _, s := range []string{"=1+1", "+49 30", "-", "@x", "'", "plain", "＝1", "it's", "'quoted'", ""} {
		if got := Bare(export.Safe(s)); got != s {
			t.Errorf("%q came back as %q", s, got)
		}
	}
}

func FuzzFile(f *testing.F) {
	f.Add("id,text\n1,a\n2,\"b\n3,c\n")
	f.Add("id;text\n\"\"\"\n")
	f.Fuzz(func(t *testing.T, text string) {
		k := &kept{}
		result, err := load(t, k, text)
		if err == nil && result.New+result.Known+len(result.Mistakes) > strings.Count(text, "\n")+1+strings.Count(text, "\r") {
			t.Errorf("more rows than lines: %+v of %q", result, text)
		}
	})
}
