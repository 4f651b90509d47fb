package web

import (
	"time"

	"earshot/internal/feedback"
)

// The rows as the API shows them. Names are those of the request; absent values are null, never a
// missing field, so that programs can rely on every name.

type customerJSON struct {
	ID       string   `json:"id"`
	Email    string   `json:"email"`
	Name     string   `json:"name"`
	Locale   string   `json:"locale"`
	Timezone string   `json:"timezone"`
	Value    *float64 `json:"value"`
	Segment  string   `json:"segment"`
}

func customerOut(c feedback.Customer) customerJSON {
	out := customerJSON{ID: c.ID, Email: c.Email, Name: c.Name, Locale: c.Locale, Timezone: c.Timezone, Segment: c.Segment}
	if c.Value != 0 {
		out.Value = &c.Value
	}
	return out
}

func (c customerJSON) in() feedback.Customer {
	out := feedback.Customer{ID: c.ID, Email: c.Email, Name: c.Name, Locale: c.Locale, Timezone: c.Timezone, Segment: c.Segment}
	if c.Value != nil {
		out.Value = *c.Value
	}
	return out
}

type agentJSON struct {
	Email string `json:"email"`
	Name  string `json:"name"`
	Team  string `json:"team"`
}

func agentOut(a feedback.Agent) agentJSON { return agentJSON(a) }

type ownerJSON struct {
	Email string    `json:"email"`
	From  time.Time `json:"from"`
}

type metricsJSON struct {
	WaitSeconds   *float64 `json:"wait_seconds"`
	HandleSeconds *float64 `json:"handle_seconds"`
	Transfers     *int     `json:"transfers"`
	Reopens       *int     `json:"reopens"`
}

type lineJSON struct {
	At       time.Time `json:"at"`
	Decision string    `json:"decision"`
	Rule     string    `json:"rule"`
	Reason   string    `json:"reason"`
}

func ledgerOut(lines []feedback.Line) []lineJSON {
	out := make([]lineJSON, 0, len(lines))
	for _, l := range lines {
		out = append(out, lineJSON(l))
	}
	return out
}

type invitationJSON struct {
	ID         string     `json:"id"`
	Survey     string     `json:"survey"`
	Version    string     `json:"version"`
	Metric     string     `json:"metric"`
	State      string     `json:"state"`
	Language   string     `json:"language"`
	SendAt     *time.Time `json:"send_at"`
	SentAt     *time.Time `json:"sent_at"`
	ExpiresAt  *time.Time `json:"expires_at"`
	AnsweredAt *time.Time `json:"answered_at"`
	Reminded   int        `json:"reminded"`
	Intents    int        `json:"intents"`
}

func invitationOut(v *feedback.Invitation) *invitationJSON {
	if v == nil {
		return nil
	}
	return &invitationJSON{
		ID: v.ID, Survey: v.Survey, Version: v.Version, Metric: string(v.Metric), State: string(v.State), Language: v.Language,
		SendAt: moment(v.SendAt), SentAt: moment(v.SentAt), ExpiresAt: moment(v.ExpiresAt), AnsweredAt: moment(v.AnsweredAt),
		Reminded: v.Reminded, Intents: len(v.Intents),
	}
}

type responseJSON struct {
	ID          string            `json:"id"`
	Source      string            `json:"source"`
	ExternalID  string            `json:"external_id"`
	Interaction *string           `json:"interaction"`
	Survey      string            `json:"survey"`
	Version     string            `json:"version"`
	Metric      string            `json:"metric"`
	Score       *int              `json:"score"`
	Low         bool              `json:"low"`
	Comment     string            `json:"comment"`
	Answers     map[string]string `json:"answers"`
	AnsweredAt  time.Time         `json:"answered_at"`
	ChangedAt   *time.Time        `json:"changed_at"`
	Changes     int               `json:"changes"`
	Language    string            `json:"language"`
	Channel     string            `json:"channel"`
	Subject     string            `json:"subject"`
	URL         string            `json:"url"`
	Tags        []string          `json:"tags"`
	Customer    customerJSON      `json:"customer"`
	Agent       agentJSON         `json:"agent"`
	Original    *string           `json:"original"`
	HasCase     bool              `json:"has_case"`
	Conflict    *string           `json:"conflict"`
	Sentiment   *sentimentJSON    `json:"sentiment"`
}

func responseOut(r *feedback.Response) *responseJSON {
	if r == nil {
		return nil
	}
	out := &responseJSON{
		ID: r.ID, Source: r.Source, ExternalID: r.External, Interaction: word(r.Interaction), Survey: r.Survey, Version: r.Version,
		Metric: string(r.Metric), Low: r.Low, Comment: r.Comment, Answers: r.Answers, AnsweredAt: r.AnsweredAt,
		ChangedAt: moment(r.ChangedAt), Changes: len(r.Versions), Language: r.Language, Channel: r.Channel, Subject: r.Subject,
		URL: r.URL, Tags: texts(r.Tags), Customer: customerOut(r.Customer), Agent: agentOut(r.Agent), Original: word(r.Original),
		HasCase: r.HasCase, Conflict: word(r.Conflict), Sentiment: sentimentOut(r.Sentiment),
	}
	if r.Scored {
		out.Score = &r.Score
	}
	if out.Answers == nil {
		out.Answers = map[string]string{}
	}
	return out
}

type spanJSON struct {
	Start  int     `json:"start"`
	End    int     `json:"end"`
	Weight float64 `json:"weight"`
}

type topicJSON struct {
	Topic    string     `json:"topic"`
	Label    string     `json:"label"`
	Polarity float64    `json:"polarity"`
	Evidence []spanJSON `json:"evidence"`
}

type signalJSON struct {
	Kind     string     `json:"kind"`
	Evidence []spanJSON `json:"evidence"`
}

type sentimentJSON struct {
	Language   string         `json:"language"`
	Label      string         `json:"label"`
	Polarity   float64        `json:"polarity"`
	Confidence float64        `json:"confidence"`
	Topics     []topicJSON    `json:"topics"`
	Signals    []signalJSON   `json:"signals"`
	Names      []string       `json:"names"`
	Evidence   []spanJSON     `json:"evidence"`
	Engine     string         `json:"engine"`
	Corrected  *correctedJSON `json:"corrected"`
}

// correctedJSON is a person's verdict beside what the engine had said.
type correctedJSON struct {
	Label      string    `json:"label"`
	By         string    `json:"by"`
	At         time.Time `json:"at"`
	Was        string    `json:"was"`
	Polarity   float64   `json:"was_polarity"`
	Confidence float64   `json:"was_confidence"`
}

func sentimentOut(s *feedback.Sentiment) *sentimentJSON {
	if s == nil {
		return nil
	}
	out := &sentimentJSON{
		Language: s.Language, Label: s.Label, Polarity: s.Polarity, Confidence: s.Confidence, Topics: []topicJSON{},
		Signals: []signalJSON{}, Names: texts(s.Names), Evidence: spansOut(s.Evidence), Engine: s.Engine,
	}
	if c := s.Corrected; c != nil {
		out.Corrected = &correctedJSON{c.Label, c.By, c.At, c.Was, c.Polarity, c.Confidence}
	}
	for _, t := range s.Topics {
		out.Topics = append(out.Topics, topicJSON{t.Topic, t.Label, t.Polarity, spansOut(t.Evidence)})
	}
	for _, g := range s.Signals {
		out.Signals = append(out.Signals, signalJSON{g.Kind, spansOut(g.Evidence)})
	}
	return out
}

func spansOut(in []feedback.Span) []spanJSON {
	out := make([]spanJSON, 0, len(in))
	for _, s := range in {
		out = append(out, spanJSON(s))
	}
	return out
}

// moment is a time, or null when there is none.
func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// word is a text, or null when it is empty.
func word(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// texts is never null.
func texts(in []string) []string {
	if in == nil {
		return []string{}
	}
	return in
}

// listJSON is a page of rows; next is empty at the end.
type listJSON[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next"`
}
