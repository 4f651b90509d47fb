package sqlite

import (
	"database/sql"
	"regexp"
	"strings"
	"testing"
)

// TestPlans looks at how SQLite would run every statement of the store: nothing reads a whole table,
// nothing sorts, and a list's index carries the bounds of its span.
func TestPlans(t *testing.T) {
	s := openNew(t)
	defer s.Close()
	for _, made := range s.made {
		plan := explainPlan(t, s, made.text)
		for _, step := range plan {
			whole := strings.HasPrefix(step, "SCAN ") && !strings.Contains(step, "INDEX") && !strings.HasPrefix(step, "SCAN ping")
			sorts := strings.Contains(step, "TEMP B-TREE") && !made.sorts
			if whole || sorts {
				t.Errorf("%s\nin %s", step, made.text)
			}
		}
		span := regexp.MustCompile(`(\w+) BETWEEN :lo`).FindStringSubmatch(made.text)
		if span != nil && !made.sorts && !strings.Contains(plan[0], span[1]+">? AND "+span[1]+"<?") {
			t.Errorf("the span of %s is not the index's: %s\nin %s", span[1], plan[0], made.text)
		}
	}
	if len(s.made) < 80 {
		t.Errorf("only %d statements were looked at", len(s.made))
	}
}

// explainPlan returns the steps of a statement's plan (https://sqlite.org/eqp.html).
func explainPlan(t *testing.T, s *Store, query string) []string {
	t.Helper()
	var args []any
	for _, name := range regexp.MustCompile(`:(\w+)`).FindAllStringSubmatch(query, -1) {
		args = append(args, sql.Named(name[1], nil))
	}
	for range strings.Count(query, "?") {
		args = append(args, nil)
	}
	rows, err := s.readers.Query("EXPLAIN QUERY PLAN "+query, args...)
	if err != nil {
		t.Fatalf("%v in %s", err, query)
	}
	defer rows.Close()
	var plan []string
	for rows.Next() {
		var id, parent, unused int
		var detail string
		if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
			t.Fatal(err)
		}
		plan = append(plan, detail)
	}
	if rows.Err() != nil {
		t.Fatal(rows.Err())
	}
	return plan
}
