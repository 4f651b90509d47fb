package collect

import (
	"strings"
	"testing"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/mail/inbound"
)

func TestReadReply(t *testing.T) {
	for text, want := range map[string]struct {
		score   int
		comment string
	}{
		"4":                          {4, ""},
		"4 - but I waited an hour":   {4, "but I waited an hour"},
		"4/5":                        {4, ""},
		"4/5 fine, thanks":           {4, "fine, thanks"},
		"2 of 5\nNobody called.":     {2, "Nobody called."},
		"5!":                         {5, ""},
		"5 stars":                    {5, ""},
		"3 Sterne - geht so":         {3, "geht so"},
		"1, nobody helped me":        {1, "nobody helped me"},
		"2 because nobody called":    {2, "because nobody called"},
		"Score: 4":                   {4, ""},
		"Meine Bewertung: 2":         {2, ""},
		"٤ - شكرا":                   {4, "شكرا"},
		"4\ufe0f\u20e3":              {4, ""},
		"⭐⭐⭐⭐":                       {4, ""},
		"★★☆☆☆ slow":                 {2, "slow"},
		"4\n\nSam was kind.\nReally": {4, "Sam was kind.\nReally"},
		"*4*":                        {4, ""},
	} {
		score, comment, ok := ReadReply(text, feedback.CSAT)
		if !ok || score != want.score || comment != want.comment {
			t.Errorf("%q is %d, %q, %v", text, score, comment, ok)
		}
	}
	for _, text := range []string{"", "thanks", "2 weeks I waited", "5 - 10 minutes in the queue", "24/7 is a lie", "4/10", "7", "0", "1, 2 or 3 times I called", "10.30 Uhr war ausgemacht", "45", "Four", "I give you a 4", "3 calls and nothing"} {
		if score, _, ok := ReadReply(text, feedback.CSAT); ok {
			t.Errorf("%q is taken for a %d", text, score)
		}
	}
	for text, want := range map[string]int{"10": 10, "0 - never again": 0, "9/10": 9, "7, ok": 7} {
		if score, _, ok := ReadReply(text, feedback.NPS); !ok || score != want {
			t.Errorf("nps %q is %d, %v", text, score, ok)
		}
	}
	for text, want := range map[string]int{"👍": 1, "👎 no answer": -1, "yes": 1, "Nein, gar nicht": 0, "نعم": 1, "non.": 0, "1": 1, "Yes it was great": -1, "no problem at all": -1} {
		if score, _, ok := ReadReply(text, feedback.Thumbs); ok != (want >= 0) || ok && score != want {
			t.Errorf("thumbs %q is %d, %v", text, score, ok)
		}
	}
}

func (w *world) reply(from, text string, change ...func(*inbound.Message)) Taken {
	w.t.Helper()
	m := inbound.Message{ID: "m1@example.com", Reply: text, Text: text, To: []string{"reply+" + w.Tokens.Mark(feedback.SurveyThread, w.id) + "@in.acme.test"}}
	m.From.Email = from
	for _, c := range change {
		c(&m)
	}
	taken, err := w.TakeReply(w.t.Context(), m, noon().Add(time.Hour))
	if err != nil {
		w.t.Fatal(err)
	}
	return taken
}

func TestVoteByReply(t *testing.T) {
	w := newWorld(t)
	taken := w.reply("Mara+news@Example.com", "2 - I waited an hour")
	if taken.Result != Voted {
		t.Fatalf("taken as %+v", taken)
	}
	r := w.response(w.id)
	if !r.Scored || r.Score != 2 || r.Comment != "I waited an hour" || !r.Low {
		t.Errorf("response %+v", r)
	}
	w.work(noon().Add(time.Hour))
	if w.openCase(w.id) == nil {
		t.Error("a low vote by mail opened no case")
	}
	w.submit(vote(5, "it was sorted out"), noon().Add(2*time.Hour))
	if again := w.reply("mara@example.com", "2 - I waited an hour"); again.Result != Repeated {
		t.Errorf("the same mail again was %+v", again)
	}
	if r := w.response(w.id); r.Score != 5 || len(r.Versions) != 1 {
		t.Errorf("the repeat undid the customer's change of mind: %+v", r)
	}
	w.reply("mara@example.com", "4", func(m *inbound.Message) { m.ID = "m2@example.com" })
	if r := w.response(w.id); r.Score != 4 || r.Comment != "it was sorted out" {
		t.Errorf("a bare number took the comment back: %+v", r)
	}
}

// Each of the traces leads to the invitation.
func TestReplyFindsItsInvitation(t *testing.T) {
	for name, change := range map[string]func(*world, *inbound.Message){
		"address, upper case": func(w *world, m *inbound.Message) { m.To[0] = strings.ToUpper(m.To[0]) },
		"in-reply-to": func(w *world, m *inbound.Message) {
			m.To, m.Refs = nil, []string{"x@y", w.Tokens.Mark(feedback.SurveyThread, w.id) + ".0011@acme.test"}
		},
		"quoted link": func(w *world, m *inbound.Message) {
			m.To, m.Quoted = nil, "> http://localhost:8080/s/"+w.token+"?score=4"
		},
		"quoted reference": func(w *world, m *inbound.Message) { m.To, m.Quoted = nil, "> X-Earshot-Ref: "+w.id },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			if taken := w.reply("mara@example.com", "4", func(m *inbound.Message) { change(w, m) }); taken.Result != Voted || w.response(w.id).Score != 4 {
				t.Errorf("taken as %+v", taken)
			}
		})
	}
}

func TestWhatIsNoVoteIsKept(t *testing.T) {
	for name, c := range map[string]struct {
		from, text string
		change     func(*world, *inbound.Message)
		agent      string
		reason     string
	}{
		"words":         {"mara@example.com", "When will somebody call me?", nil, "sam@acme.test", feedback.ReasonReply},
		"praise":        {"mara@example.com", "What a lovely service", nil, "sam@acme.test", ""},
		"somebody else": {"eve@example.com", "1 - terrible", nil, "sam@acme.test", feedback.ReasonFeedback},
		"a reference from somebody else": {"eve@example.com", "1 - terrible", func(w *world, m *inbound.Message) {
			m.To, m.Quoted = nil, "X-Earshot-Ref: "+w.id
		}, "", feedback.ReasonFeedback},
		"a forged mark": {"mara@example.com", "4", func(_ *world, m *inbound.Message) {
			m.To = []string{"reply+s" + strings.Repeat("a", 45) + "@in.acme.test"}
		}, "sam@acme.test", feedback.ReasonReply},
		"no trace":   {"mara@example.com", "4", func(_ *world, m *inbound.Message) { m.To = nil }, "sam@acme.test", feedback.ReasonReply},
		"a stranger": {"eve@example.com", "4", func(_ *world, m *inbound.Message) { m.To = nil }, "", ""},
		"a list":     {"mara@example.com", "Nice", func(_ *world, m *inbound.Message) { m.Auto = inbound.Bulk }, "sam@acme.test", feedback.ReasonReply},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			taken := w.reply(c.from, c.text, func(m *inbound.Message) {
				if c.change != nil {
					c.change(w, m)
				}
			})
			if taken.Result != Kept || taken.Response == nil {
				t.Fatalf("taken as %+v", taken)
			}
			w.work(noon().Add(time.Hour))
			r := w.response(taken.Response.ID)
			if r.Comment != c.text || r.Scored || r.Survey != feedback.FeedbackSurvey || r.Agent.Email != c.agent || r.Customer.Email != c.from || r.CaseReason() != c.reason {
				t.Errorf("kept as %+v, case for %q", r, r.CaseReason())
			}
			if got := w.openCase(r.ID); (got != nil) != (c.reason != "") {
				t.Errorf("case %+v", got)
			}
		})
	}
}

func TestMachinesDoNotVote(t *testing.T) {
	w := newWorld(t)
	for range 2 {
		if taken := w.reply("mara@example.com", "4", func(m *inbound.Message) { m.Auto = inbound.OutOfOffice }); taken.Result != Noted {
			t.Errorf("taken as %+v", taken)
		}
	}
	v, err := w.Store.Invitations().Get(t.Context(), w.id)
	if err != nil || len(v.Ledger) != 2 || v.Ledger[1].Decision != "auto_reply" {
		t.Errorf("ledger %+v, %v", v.Ledger, err)
	}
	if list, err := w.Store.Responses().Scan(t.Context(), "", 10); err != nil || len(list) != 0 {
		t.Errorf("%d responses, %v", len(list), err)
	}
}

// Words that come when the survey is over, and those beyond the longest comment, are kept as well.
func TestLateAndLongRepliesAreKept(t *testing.T) {
	w := newWorld(t)
	long := "4 - " + strings.Repeat("word ", 2500)
	if taken := w.reply("mara@example.com", long); taken.Result != Voted {
		t.Fatalf("taken as %+v", taken)
	}
	all, err := w.Store.Responses().Scan(t.Context(), "", 10)
	total := 0
	for _, r := range all {
		total += len(strings.ReplaceAll(r.Comment, " ", ""))
	}
	if err != nil || len(all) != 2 || total != 2500*4 {
		t.Errorf("%d responses with %d letters, %v", len(all), total, err)
	}
	m := inbound.Message{ID: "late", Reply: "3 - too late", To: []string{"reply+" + w.Tokens.Mark(feedback.SurveyThread, w.id) + "@in.acme.test"}}
	m.From.Email = "mara@example.com"
	taken, err := w.TakeReply(t.Context(), m, noon().Add(40*24*time.Hour))
	if err != nil || taken.Result != Kept || taken.Response.Comment != "3 - too late" {
		t.Errorf("late: %+v, %v", taken, err)
	}
}

// An answer to a case's mail, and words about a vote that opened a case, go to the case.
func TestReplyToACase(t *testing.T) {
	w := newWorld(t)
	w.submit(vote(1, "terrible"), noon())
	w.work(noon().Add(time.Hour))
	toCase := func(m *inbound.Message) {
		m.To = []string{"reply+" + w.Tokens.Mark(feedback.CaseThread, w.id) + "@in.acme.test"}
	}
	for i, change := range []func(*inbound.Message){toCase, toCase, func(m *inbound.Message) { m.ID, m.Reply = "other", "Any news?" }} {
		if taken := w.reply("mara@example.com", "Thank you, it works now", change); taken.Result != ToCase || taken.Case != w.id {
			t.Errorf("%d: taken as %+v", i, taken)
		}
	}
	away := func(m *inbound.Message) {
		toCase(m)
		m.ID, m.Auto, m.Subject = "away", inbound.OutOfOffice, "Away until Monday"
	}
	for range 2 {
		if taken := w.reply("mara@example.com", "I am away", away); taken.Result != Noted || taken.Case != w.id {
			t.Errorf("an absence is taken as %+v", taken)
		}
	}
	w.reply("husband@example.com", "She is in hospital", func(m *inbound.Message) { toCase(m); m.ID = "third" })
	if taken := w.reply("eve@example.com", "I know nothing", func(m *inbound.Message) { m.ID = "fourth" }); taken.Result != Kept {
		t.Errorf("a stranger's words about a vote are taken as %+v", taken)
	}
	var said []string
	for _, e := range w.openCase(w.id).History {
		if e.By == "customer" || e.What == "noted" {
			said = append(said, e.Note)
		}
	}
	if want := "Thank you, it works now|Any news?|A machine answered our mail (out of office): Away until Monday|(husband@example.com)\nShe is in hospital"; strings.Join(said, "|") != want {
		t.Errorf("the case heard %q", said)
	}
}
