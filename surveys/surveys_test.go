package surveys_test

import (
	"slices"
	"strings"
	"testing"

	"earshot/internal/feedback"
	"earshot/surveys"
)

// TestEveryDefinitionIsValid checks each file, its languages, and that a file is named after its id.
func TestEveryDefinitionIsValid(t *testing.T) {
	all, err := feedback.ParseSurveys(surveys.FS)
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, s := range all {
		ids = append(ids, s.ID)
		if s.File != s.ID+".yaml" {
			t.Errorf("%s holds the survey %s", s.File, s.ID)
		}
		for _, want := range []string{"en", "de", "fr", "es", "pt", "it", "nl", "ar"} {
			w, ok := s.Text[want]
			if !ok {
				t.Errorf("%s has no text in %s", s.File, want)
				continue
			}
			named, err1 := w.Render(feedback.NewFacts(feedback.Customer{Name: "Mara Lind"}, feedback.Agent{Name: "Sam Okoro"}, "Acme", "Refund"))
			bare, err2 := w.Render(feedback.NewFacts(feedback.Customer{}, feedback.Agent{}, "Acme", ""))
			if err1 != nil || err2 != nil || strings.Contains(named.Subject+named.Question+bare.Subject+bare.Question, "{{") {
				t.Errorf("%s in %s: %v %v", s.File, want, err1, err2)
			}
			for _, text := range []string{bare.Subject, bare.Question} {
				if strings.Contains(text, ", ?") || strings.Contains(text, ",?") || strings.Contains(text, "  ") {
					t.Errorf("%s in %s reads badly without names: %q", s.File, want, text)
				}
			}
		}
	}
	for _, want := range []string{"csat", "nps", "ces", "resolution", "recovered"} {
		if !slices.Contains(ids, want) {
			t.Errorf("the survey %s is missing", want)
		}
	}
}
