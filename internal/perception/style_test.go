package perception

import (
	"fmt"
	"testing"

	"earshot/internal/feedback"
)

func TestStylePeopleNeedTwentyMentions(t *testing.T) {
	tally := newStyleTally([]string{"listens", "competes"})
	read := func(text, _ string) []StyleSaid {
		if text == "" {
			return nil
		}
		return []StyleSaid{{Kind: text, Against: text == "competes"}}
	}
	for i := range 2*StyleMinimum - 1 {
		who, text := "sam", "listens"
		if i%2 == 1 {
			who, text = "ivy", "competes"
		}
		r := &feedback.Response{Comment: text, Sentiment: &feedback.Sentiment{}, Agent: feedback.Agent{Email: who}}
		r.ID = fmt.Sprint(i)
		tally.add(r, read)
	}
	tally.add(&feedback.Response{Sentiment: &feedback.Sentiment{}}, read)
	s := tally.done()
	if s.Comments != 2*StyleMinimum || s.Speaking != 2*StyleMinimum-1 || s.Kinds[0].For != StyleMinimum || s.Kinds[1].Against != StyleMinimum-1 {
		t.Errorf("counts: %+v", s)
	}
	if len(s.People) != 1 || s.People[0].Agent.Email != "sam" || s.People[0].Mentions != StyleMinimum || len(s.People[0].Top) != 1 || s.Few != 1 {
		t.Errorf("people: %+v, few %d", s.People, s.Few)
	}
	if n := len(s.Kinds[0].Quotes); n != styleQuotes {
		t.Errorf("%d quotes", n)
	}
}
