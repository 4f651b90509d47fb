package mail

import (
	"fmt"
	"time"
)

// Sample is a page filled with made-up but lifelike facts.
type Sample struct {
	Name string // a file's name without extension
	Page Page
}

// Samples returns every page in its variants, for previews and for trying the templates. The mails'
// own words are in the given language; what stands for a survey's or a customer's words is English.
func Samples(language string) []Sample {
	brand := Brand{Org: "Acme Outdoor", Color: DefaultColor}
	var all []Sample
	for _, metric := range []string{"csat", "nps", "ces", "thumbs"} {
		all = append(all, Sample{"invitation-" + metric, sampleInvitation(brand, language, KindInvitation, metric)})
	}
	resurvey := sampleInvitation(brand, language, KindResurvey, "csat")
	resurvey.Subject, resurvey.Question = "Have we put it right, Mara?", "You told us that something had gone wrong. Have we made it right?"
	resurvey.Original = &Original{Score: 2, ScoreOf: 5, Comment: "Sam was friendly, but my refund still has not arrived.", When: "20.11.2026"}
	bare := sampleInvitation(Brand{Org: "Acme Outdoor", Color: "#facc15"}, language, KindInvitation, "csat")
	bare.CustomerName, bare.AgentName, bare.InteractionSubject, bare.ExpiresOn, bare.ByReply = "", "", "", "", false
	all = append(all, sampleWords(brand, language)...)
	return append(all,
		Sample{"reminder", sampleInvitation(brand, language, KindReminder, "csat")},
		Sample{"resurvey", resurvey},
		Sample{"invitation-bare", bare},
		Sample{"alert", sampleAlert(brand, language)},
		Sample{"alert-bare", Alert{Brand: brand, Language: language, Reason: ReasonLowScore, ScoreOf: 1, CustomerEmail: "c77@example.com",
			Acknowledge: Deadline{"15:03", time.Hour}, CaseURL: "https://earshot.acme.example/desk/cases/0199f1c4"}},
		Sample{"alert-raised", sampleRaised(brand, language)},
		Sample{"alert-digest", sampleDigest(brand, language)},
		Sample{"watch", sampleWatch(brand, language)},
		Sample{"watch-one", Watch{Brand: brand, Language: language, URL: "https://earshot.acme.example/board",
			Findings: []Finding{{Kind: "silent", Who: "Sales", Since: "2026-11-12", N: 31, URL: "https://earshot.acme.example/board/trend?team=Sales"}}}},
		Sample{"escalation", sampleEscalation(brand, language)},
		Sample{"digest-week", sampleDigestPage(brand, language, false)},
		Sample{"digest-month", sampleDigestPage(brand, language, true)},
		Sample{"sign-in", SignIn{Brand: brand, Language: language, Name: "Sam", Minutes: 10,
			URL: "https://earshot.acme.example/sign-in/J5K3QX7M2VNB4YTR6ZWH8PLD9C", ForURL: "earshot.acme.example"}},
		Sample{"thanks", Thanks{Brand: brand, Language: language, CustomerName: "Mara", AgentName: "Sam",
			Body:      "Your kind words reached Sam and the whole team this morning.\n\nThey are the best part of our day.",
			PublicURL: "https://reviews.example/acme", OptOutURL: "https://earshot.acme.example/s/TOKEN/opt-out"}},
		Sample{"reply", Reply{Brand: brand, Language: language, CustomerName: "Mara", AgentName: "Sam Okoro", InteractionSubject: "Refund not received",
			Body:     "I am sorry that the refund took so long. I have just released it; it will be on your account tomorrow.\n\nKind regards\nSam",
			Original: "Sam was friendly, but my refund still has not arrived.\nIt has been three weeks."}},
	)
}

func sampleWatch(brand Brand, language string) Watch {
	at := "https://earshot.acme.example/board/trend"
	return Watch{Brand: brand, Language: language, Name: "Kim", URL: "https://earshot.acme.example/board", Findings: []Finding{
		{Kind: "fall", Who: "Delivery", Survey: "Satisfaction after support", Before: "78 %", After: "61 %", Since: "2026-11-04", N: 84, URL: at + "?team=Delivery"},
		{Kind: "rise", Who: "Billing", Survey: "Satisfaction after support", Before: "66 %", After: "79 %", Since: "2026-11-09", N: 61, URL: at + "?team=Billing"},
		{Kind: "topic", Topic: "speed", Before: "9 %", After: "21 %", Since: "2026-11-02", N: 210, URL: "https://earshot.acme.example/board/drivers"},
		{Kind: "coverage", Before: "27 %", After: "14 %", Since: "2026-10-30", N: 400, URL: at},
		{Kind: "silent", Since: "2026-11-18", N: 44, URL: at},
	}}
}

func sampleInvitation(brand Brand, language string, kind Kind, metric string) Invitation {
	scale := map[string]struct {
		from, to            int
		question, low, high string
	}{
		"csat":   {1, 5, "How satisfied are you with the help you got from Sam?", "Very dissatisfied", "Very satisfied"},
		"nps":    {0, 10, "How likely are you to recommend Acme Outdoor to a friend or colleague?", "Not at all likely", "Extremely likely"},
		"ces":    {1, 7, "How easy was it to get help from Acme Outdoor?", "Very difficult", "Very easy"},
		"thumbs": {0, 1, "Did Sam solve your problem?", "No", "Yes"},
	}[metric]
	p := Invitation{
		Brand: brand, Language: language, Kind: kind, Metric: metric,
		Subject: "How did we do, Mara?", Question: scale.question, Low: scale.low, High: scale.high,
		AgentName: "Sam", CustomerName: "Mara", InteractionSubject: "Refund not received",
		SurveyURL: "https://earshot.acme.example/s/TOKEN", OptOutURL: "https://earshot.acme.example/s/TOKEN/opt-out",
		ExpiresOn: "04.12.2026", ByReply: true,
	}
	for v := scale.from; v <= scale.to; v++ {
		p.Scores = append(p.Scores, ScoreLink{Value: v, URL: fmt.Sprintf("%s?score=%d", p.SurveyURL, v)})
	}
	return p
}

func sampleAlert(brand Brand, language string) Alert {
	return Alert{
		Brand: brand, Language: language, Reason: ReasonLowScore, Score: 2, ScoreOf: 5, Label: "negative",
		Comment: []Piece{
			{"Sam was ", 0}, {"friendly", 0.3}, {", but my refund ", 0}, {"still has not arrived", -0.7},
			{".\nI have called ", 0}, {"three times", -0.4}, {" & every time I get <another> story.", 0}},
		Topics: []string{"resolution", "repetition", "attitude"}, Signals: []string{"churn"},
		AgentName: "Sam Okoro", CustomerName: "Mara Lind", CustomerEmail: "mara@example.com", CustomerValue: "€ 1,290", Segment: "Gold",
		Ladder: "loyal", Contacts: 2,
		Survey: "Satisfaction after support", Channel: "chat", InteractionSubject: "Refund not received",
		InteractionURL: "https://acme.zendesk.example/agent/tickets/84213",
		History: []HistoryLine{
			{"12 Nov", "4/5 · Change of delivery address"}, {"3 Sep", "Case resolved: late parcel"}, {"1 Sep", "1/5 · Where is my parcel?"}},
		Acknowledge: Deadline{"15:03", 58 * time.Minute}, Contact: Deadline{"18:03", 3*time.Hour + 58*time.Minute},
		Resolve: Deadline{"24 Nov 14:03", 96 * time.Hour}, CaseURL: "https://earshot.acme.example/desk/cases/0199f1c4",
	}
}

func sampleRaised(brand Brand, language string) Alert {
	a := sampleAlert(brand, language)
	a.Reason, a.Score, a.Comment = ReasonRaised, 5, []Piece{{"Sorry, I pressed the wrong star. All is well.", 0}}
	a.Topics, a.Signals, a.Acknowledge, a.Contact, a.Resolve = nil, nil, Deadline{}, Deadline{}, Deadline{}
	return a
}

func sampleDigest(brand Brand, language string) AlertDigest {
	return AlertDigest{
		Brand: brand, Language: language, AgentName: "Sam", Count: 9, DeskURL: "https://earshot.acme.example/desk",
		Lines: []DigestLine{
			{Score: 1, ScoreOf: 5, Customer: "Mara Lind", Matter: "Refund not received", Words: "My refund still has not arrived. I have called <three> times.", Signals: []string{"churn"}, Left: "48 min", URL: "https://earshot.acme.example/desk/cases/0199f1c4"},
			{Score: 0, ScoreOf: 1, Customer: "Jonas Weber", Matter: "Invoice", Left: "52 min", URL: "https://earshot.acme.example/desk/cases/0199f1c5"},
			{Customer: "c77@example.com", Words: "Worst shop ever.", URL: "https://earshot.acme.example/desk/cases/0199f1c6"},
		},
	}
}

func sampleEscalation(brand Brand, language string) Escalation {
	e := Escalation{Alert: sampleAlert(brand, language), Overdue: "acknowledge", AlertedTo: "Sam Okoro", AlertedAt: "20 Nov 14:05"}
	e.Acknowledge.Left, e.Contact.Left = -17*time.Minute, 2*time.Hour+43*time.Minute
	return e
}

func sampleWords(brand Brand, language string) []Sample {
	quote := WordQuote{"Sam listened, found the mistake in ten minutes and even called back. Thank you!", "Mara", "Refund not received"}
	p := Word{Brand: brand, Language: language, Name: "Sam", About: "Sam Okoro", Quotes: []WordQuote{quote}, URL: "https://earshot.acme.example/desk/wall"}
	var all []Sample
	for _, variant := range []string{"kudos", "weekly", "note", "lesson", "answered", "dispute", "decided", "dispute_raised"} {
		v := p
		v.Variant = variant
		switch variant {
		case "kudos":
			v.Reason = "named"
		case "weekly":
			v.Quotes, v.More = []WordQuote{quote, {"Friendly and quick.", "", ""}}, 3
		case "decided":
			v.By, v.Text, v.Decision = "Lena Vogt", "You are right: the parcel was lost before you ever saw the case.", "upheld"
		default:
			v.By, v.Text = "Lena Vogt", "Read how calm this stayed. Let us do it like this with every late refund."
		}
		all = append(all, Sample{"word-" + variant, v})
	}
	declined := all[6].Page.(Word)
	declined.Decision = "declined"
	owner := all[0].Page.(Word)
	owner.Reason = "owner"
	return append(all, Sample{"word-declined", declined}, Sample{"word-kudos-owner", owner})
}
