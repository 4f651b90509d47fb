package mail

import (
	"slices"
	"strconv"
	"strings"
)

// Digest sums a period up for somebody who steers: how customers perceived their scope, what they spoke
// about, and what was mended. Numbers are texts as the reader writes them; each leads to its page.
type Digest struct {
	Brand          Brand
	Language, Name string
	Monthly        bool
	Scope, Period  string // the team or organisation, and the days
	Scores         []DigestScore
	Trend          []DigestPoint // the main score, oldest first; fewer than two are not drawn
	TrendName      string
	Topics         []DigestTopic // most spoken of first
	Counts         []DigestCount
	URL            string // of the board
	SettingsURL    string // where it is switched off
}

// DigestScore is one survey's score. Change is up, down, same, few or new. Bar is where the score lies
// on its scale, in percent.
type DigestScore struct {
	Name, Score, Low, High, Before string
	N                              int64
	Change                         string
	Bar                            int
	URL                            string
}

// DigestPoint is one bar of the trend: Height in pixels, 0 for too few answers.
type DigestPoint struct {
	Label, Score string
	Height       int
	Last         bool
}

// DigestTopic is what comments said of a topic.
type DigestTopic struct {
	Topic                string
	Complaints, Praise   int64
	ComplaintsW, PraiseW int // widths of the bars in percent of the widest
	URL                  string
}

// DigestCount is one figure of recovery; Key ends the key of its phrase.
type DigestCount struct {
	Key string
	N   int64
	URL string
}

func (Digest) template() string { return "digest" }

func (p Digest) locale() string { return p.Language }

func (p Digest) tidied(words) (Page, error) {
	tidyAll(maxPerson, &p.Brand.Org, &p.Name, &p.Scope)
	p.Scores, p.Topics = slices.Clone(p.Scores), slices.Clone(p.Topics)
	for i := range p.Scores {
		tidyAll(maxMatter, &p.Scores[i].Name)
		p.Scores[i].Bar = min(max(p.Scores[i].Bar, 1), 99)
	}
	return p, nil
}

// Headline is the main score in short, for the subject.
func (p Digest) Headline() string {
	if len(p.Scores) == 0 {
		return ""
	}
	return strings.TrimSpace(p.Scores[0].Name + " " + p.Scores[0].Score)
}

func (p Digest) head(w words) (subject, preheader string, err error) {
	key := "digest_lead_week"
	if p.Monthly {
		key = "digest_lead_month"
	}
	if preheader, err = w.With(key, p); err != nil {
		return "", "", err
	}
	return joined(" · ", p.Scope, p.Period, p.Headline()), preheader, nil
}

// Lead is the key of the first sentence.
func (p Digest) Lead() string {
	if p.Monthly {
		return "digest_lead_month"
	}
	return "digest_lead_week"
}

// Rest is what is left of a bar of a hundred.
func (s DigestScore) Rest() int { return 100 - s.Bar }

// Changed is the key of the phrase that says how the score moved.
func (s DigestScore) Changed() string { return "digest_" + s.Change }

// Phrase is the key of the figure's phrase.
func (c DigestCount) Phrase() string { return "digest_" + c.Key }

// ComplaintsRest and PraiseRest are what is left of the bars.
func (t DigestTopic) ComplaintsRest() int { return 100 - t.ComplaintsW }

// PraiseRest is what is left of the bar of praise.
func (t DigestTopic) PraiseRest() int { return 100 - t.PraiseW }

// sampleDigestPage is a digest with lifelike facts.
func sampleDigestPage(brand Brand, language string, monthly bool) Digest {
	board := "https://earshot.acme.example/board"
	p := Digest{
		Brand: brand, Language: language, Name: "Kim", Monthly: monthly, Scope: "Billing", Period: "16.–22.11.2026", URL: board, SettingsURL: "https://earshot.acme.example/you",
		TrendName: "Satisfaction after support",
		Scores: []DigestScore{
			{Name: "Satisfaction after support", Score: "78 %", Low: "74", High: "82", Before: "71 %", N: 412, Change: "up", Bar: 78, URL: board},
			{Name: "Recommendation", Score: "+12", Low: "-3", High: "+27", Before: "+10", N: 88, Change: "same", Bar: 56, URL: board},
			{Name: "Effort", Score: "–", N: 4, Change: "few", URL: board},
		},
		Topics: []DigestTopic{
			{Topic: "wait", Complaints: 31, Praise: 4, ComplaintsW: 100, PraiseW: 13, URL: board + "/comments?topic=wait"},
			{Topic: "attitude", Complaints: 6, Praise: 28, ComplaintsW: 19, PraiseW: 90, URL: board + "/comments?topic=attitude"},
		},
		Counts: []DigestCount{{"opened", 34, board + "/recovery"}, {"contacted", 31, board + "/recovery"}, {"confirmed", 12, board + "/recovery"}, {"open", 3, board + "/recovery"}},
	}
	if monthly {
		p.Period, p.Scores[0].Change, p.Scores[1].Change, p.Scores[1].Before = "10/2026", "down", "new", ""
	}
	for i, score := range []int{70, 72, 69, 71, 74, 71, 78} {
		p.Trend = append(p.Trend, DigestPoint{Label: []string{"5.10.", "12.10.", "19.10.", "26.10.", "2.11.", "9.11.", "16.11."}[i], Score: strconv.Itoa(score), Height: score / 2, Last: i == 6})
	}
	return p
}
