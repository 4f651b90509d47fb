package feedback

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

// mark fills every text in a value with the name of its field, so that one can see where it came from.
func mark(v reflect.Value, name string) {
	switch v.Kind() {
	case reflect.String:
		v.SetString("<" + name + ">")
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		mark(v.Elem(), name)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		mark(v.Index(0), name)
	case reflect.Map:
		if v.Type().Elem().Kind() == reflect.String {
			v.Set(reflect.MakeMap(v.Type()))
			v.SetMapIndex(reflect.ValueOf("key"), reflect.ValueOf("<"+name+">"))
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			v.Set(reflect.ValueOf(time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)))
			return
		}
		for i := range v.NumField() {
			field := v.Type().Field(i)
			inner := name + "." + field.Name
			if field.Anonymous {
				inner = name
			}
			mark(v.Field(i), strings.TrimPrefix(inner, "."))
		}
	}
}

// texts lists what mark left in a value.
func texts(v reflect.Value) []string {
	var out []string
	switch v.Kind() {
	case reflect.String:
		if s := v.String(); s != "" {
			out = append(out, strings.Trim(s, "<>"))
		}
	case reflect.Pointer:
		if !v.IsNil() {
			out = texts(v.Elem())
		}
	case reflect.Slice:
		for i := range v.Len() {
			out = append(out, texts(v.Index(i))...)
		}
	case reflect.Map:
		for _, k := range v.MapKeys() {
			out = append(out, texts(v.MapIndex(k))...)
		}
	case reflect.Struct:
		if v.Type() != reflect.TypeFor[time.Time]() {
			for i := range v.NumField() {
				out = append(out, texts(v.Field(i))...)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// TestErasingLeavesOnlyWhatNamesNobody lists every text that stays. A new field must not appear here
// unless it cannot lead to the customer.
func TestErasingLeavesOnlyWhatNamesNobody(t *testing.T) {
	now := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	agent := []string{"Agent.Email", "Agent.Name", "Agent.Team"}
	common := slices.Concat(agent, []string{"Channel", "Customer.Locale", "Customer.Segment", "ID", "Source", "Survey"})
	var in Interaction
	var v Invitation
	var r Response
	var c Case
	for name, test := range map[string]struct {
		row   any
		erase func()
		kept  []string
	}{
		"interaction": {&in, in.Erase, []string{"Tags", "Owners.Email", "Decision.Invitation", "Decision.Outcome", "Decision.Rule", "Ledger.Decision", "Ledger.Rule"}},
		"invitation":  {&v, v.Erase, []string{"Tags", "Interaction", "Language", "Ledger.Decision", "Ledger.Rule", "Metric", "Original", "State", "Version"}},
		"response": {&r, r.Erase, []string{"Tags", "Interaction", "Invitation", "Language", "Metric", "Original", "Version", "Conflict", "Vote.Way", "Vote.Verdict", "Journey.Before", "Journey.After",
			"Sentiment.Engine", "Sentiment.Label", "Sentiment.Language", "Sentiment.Signals.Kind", "Sentiment.Topics.Label", "Sentiment.Topics.Topic"}},
		"case": {&c, func() { c.Erase(now) }, []string{"Action", "Cause", "History.Action", "History.By", "History.Cause", "History.What", "Interaction", "Label", "Metric",
			"Owner.Email", "Owner.Name", "Owner.Team", "Reason", "Rule", "Resurvey.Invitation", "Version", "unreachable"}},
	} {
		row := reflect.ValueOf(test.row).Elem()
		mark(row, "")
		test.erase()
		want := slices.Sorted(slices.Values(append(test.kept, common...)))
		if got := texts(row); !slices.Equal(got, want) {
			t.Errorf("%s keeps\n%v, want\n%v", name, got, want)
		}
		if due := row.FieldByName("Due").Interface().(time.Time); !due.IsZero() {
			t.Errorf("%s is still due", name)
		}
		before := row.Interface()
		test.erase()
		if !reflect.DeepEqual(before, row.Interface()) {
			t.Errorf("erasing %s twice changes it", name)
		}
	}
	if !r.Commented() || r.Comment != "" {
		t.Error("an erased comment is not counted any more")
	}
}

func TestErasingEndsWhatRuns(t *testing.T) {
	now := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	for before, after := range map[State]State{Scheduled: Cancelled, Sent: Expired, Answered: Answered, Failed: Failed} {
		v := Invitation{State: before}
		if v.Erase(); v.State != after || v.Open(now) && after != Answered {
			t.Errorf("%s becomes %s", before, v.State)
		}
	}
	for before, after := range map[CaseState]CaseState{CaseOpen: CaseUnreachable, CaseResolved: CaseUnreachable, CaseConfirmed: CaseConfirmed} {
		c := Case{State: before, Deadline: now}
		if c.Erase(now); c.State != after || !c.Deadline.IsZero() {
			t.Errorf("%s becomes %s, deadline %v", before, c.State, c.Deadline)
		}
	}
}
