package evaluate

import (
	"fmt"
	"strings"
	"testing"

	"earshot/internal/sentiment"
)

// An organisation in whose words a grey box is bad news teaches that to the engine.
func TestTeachGainsOnWordsOfAnOrganisation(t *testing.T) {
	e, err := sentiment.New(sentiment.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s := Set{Name: "boxes"}
	for i := range 70 {
		s.Examples = append(s.Examples, Example{Truth: Negative, Text: fmt.Sprintf("It came in a grey box, number %d.", 100+i)},
			Example{Truth: Positive, Text: fmt.Sprintf("It came in a blue box, number %d.", 300+i)})
	}
	lessons, err := Teach(t.Context(), []Set{s, {Name: "too few", Examples: s.Examples[:20]}}, e, 45, 0)
	if err != nil || len(lessons) != 1 {
		t.Fatalf("%d lessons, %v", len(lessons), err)
	}
	l := lessons[0]
	if l.Trial.After <= l.Trial.Before || l.After.Of < 50 || l.After.Value() < 0.9 || l.Before.Value() > 0.6 {
		t.Errorf("%+v", l)
	}
	var b strings.Builder
	if err := WriteLessons(&b, lessons); err != nil || !strings.Contains(b.String(), "boxes") {
		t.Errorf("%v: %s", err, b.String())
	}
}
