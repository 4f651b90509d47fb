package demo

import (
	"testing"
	"time"

	"earshot/internal/feedback"
)

// TestTheSameSeedMakesTheSamePeople also checks that the invented past stays in the past and that
// the comments fit what the customers felt.
func TestTheSameSeedMakesTheSamePeople(t *testing.T) {
	now := time.Date(2026, 11, 22, 15, 0, 0, 0, time.UTC)
	make2 := func() (feedback.Interaction, feedback.Interaction) {
		w, err := newWorld(7, 100, now, time.UTC)
		if err != nil {
			t.Fatal(err)
		}
		moments := w.moments(500, 90)
		if n := len(moments); n < 450 || n > 550 {
			t.Fatalf("%d moments instead of about 500", n)
		}
		if last := moments[len(moments)-1]; last.After(now) || now.Sub(moments[0]) > 91*24*time.Hour {
			t.Fatalf("moments from %v to %v", moments[0], last)
		}
		a, _ := w.contact(moments[0])
		b, _ := w.contact(moments[1])
		return a, b
	}
	a1, b1 := make2()
	a2, b2 := make2()
	if a1.Customer != a2.Customer || a1.Agent != a2.Agent || b1.Customer != b2.Customer || a1.Subject != a2.Subject {
		t.Errorf("the same seed made other people: %+v and %+v", a1, a2)
	}
	if a1.External == b1.External {
		t.Error("two interactions share an id")
	}
}

// TestEveryInteractionIsValid holds what is invented against the rules for real input.
func TestEveryInteractionIsValid(t *testing.T) {
	now := time.Date(2026, 11, 22, 15, 0, 0, 0, time.UTC)
	w, err := newWorld(1, 600, now, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	for range 500 {
		in, mood := w.contact(now)
		if errs := in.Validate(); len(errs) > 0 {
			t.Fatalf("%+v: %v", in, errs)
		}
		if mood < 0 || mood > 1 {
			t.Fatalf("mood %v", mood)
		}
	}
}

// TestCommentsCoverEveryLanguageAndMood keeps the demonstration from falling silent.
func TestCommentsCoverEveryLanguageAndMood(t *testing.T) {
	all, err := remarks()
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range lands() {
		for mood := -2; mood <= 2; mood++ {
			if len(all[l.locale][mood]) == 0 {
				t.Errorf("no comment in %s for mood %d", l.locale, mood)
			}
		}
	}
}
