package mail

import (
	"html/template"
	"math"
	"net/url"
	"regexp"
	"strconv"
	"time"
)

// Page is what a mail is rendered from: one of the structs in this file, each for its own templates.
type Page interface {
	// template names the pair of files in emails/, without extension.
	template() string
	// locale is the reader's language as the caller knows it.
	locale() string
	// tidied returns a copy whose texts fit a mail, with words for what is not known.
	tidied(w words) (Page, error)
	// head returns the subject, and the line that mail programs show after it in a list.
	head(w words) (subject, preheader string, err error)
}

// Brand is how the organisation looks in its mails.
type Brand struct {
	ID      string // names its words in brand.yaml; may be empty
	Org     string // name shown to customers
	Color   string // #rrggbb of buttons; anything else is the default blue
	LogoURL string // absolute https URL of a picture of about 40 px height; empty shows the name
}

// DefaultColor is the colour of buttons where a brand has none.
const DefaultColor = "#1d4ed8"

var hexColor = regexp.MustCompile(`^#[0-9a-fA-F]{6}$`)

// Fill is the brand's colour for a style attribute.
func (b Brand) Fill() template.CSS {
	if hexColor.MatchString(b.Color) {
		return template.CSS(b.Color) // #nosec G203 -- seven characters of a known form
	}
	return DefaultColor
}

// Logo is LogoURL when it is an address that a mail program can load, else empty.
func (b Brand) Logo() string {
	if u, err := url.Parse(b.LogoURL); err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" {
		return b.LogoURL
	}
	return ""
}

// Ink is the colour of letters on Fill, black or white, whichever has more contrast (WCAG 2.2, 1.4.3).
func (b Brand) Ink() template.CSS {
	l := luminance(string(b.Fill()))
	if (l+0.05)/0.05 > 1.05/(l+0.05) {
		return "#111827"
	}
	return "#ffffff"
}

// luminance is the relative luminance of a colour #rrggbb, 0..1 (WCAG 2.2, definition of the term).
func luminance(color string) float64 {
	var sum float64
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		n, _ := strconv.ParseUint(color[1+2*i:3+2*i], 16, 8)
		c := float64(n) / 255
		if c <= 0.04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+0.055)/1.055, 2.4)
		}
		sum += weight * c
	}
	return sum
}

// Invitation is a mail that asks a customer: the first, a reminder or a re-survey, by Kind.
type Invitation struct {
	Brand    Brand
	Language string
	Kind     Kind // KindInvitation, KindReminder or KindResurvey
	// The survey's wording, placeholders already filled in.
	Subject, Question, Low, High string
	Metric                       string // csat, nps, ces or thumbs: decides the shape of the buttons
	Scores                       []ScoreLink
	// Names and matter; each may be empty.
	AgentName, CustomerName, InteractionSubject string
	SurveyURL, OptOutURL                        string // absolute
	DecoyURL                                    string // absolute; a link that nobody sees, only machines follow it; may be empty
	ExpiresOn                                   string // a date as the customer writes it; may be empty
	ByReply                                     bool   // an answer by mail arrives
	Original                                    *Original
}

// ScoreLink is one button: the score, words for it (may be empty), and where it leads.
type ScoreLink struct {
	Value      int
	Label, URL string
}

// Original is what a customer had answered before the recovery; Comment and When may be empty.
type Original struct {
	Score, ScoreOf int
	Comment, When  string
}

// Piece is a run of a customer's words. Weight says how much it decided the sentiment: below zero for
// the negative, above for the positive, zero for the rest.
type Piece struct {
	Text   string
	Weight float64
}

// HistoryLine is one thing that happened with this customer before.
type HistoryLine struct{ When, What string }

// Deadline is one step of a case's clock. By is the moment as its reader writes it; an empty one
// leaves the line out. Left is the time until then, below zero when it has passed.
type Deadline struct {
	By   string
	Left time.Duration
}

// AlertReason says why an alert was raised.
type AlertReason string

// The reasons of an alert.
const (
	ReasonLowScore AlertReason = "low_score" // the score is low
	ReasonComment  AlertReason = "comment"   // the comment is negative beside a good score
	ReasonUnsolved AlertReason = "unsolved"  // a question of the survey was answered with "not solved"
	ReasonFeedback AlertReason = "feedback"  // the customer wrote unasked
	ReasonByReply  AlertReason = "reply"     // the customer answered a mail
	ReasonSignal   AlertReason = "signal"    // neither low nor negative, but something that must be seen
	ReasonReopened AlertReason = "reopened"  // the re-survey says that it is not made right
	ReasonWords    AlertReason = "words"     // the customer added a comment to a bare score
	ReasonRaised   AlertReason = "raised"    // the customer raised the score; the case is closed
	ReasonWoke     AlertReason = "woke"      // the case has rested long enough
	ReasonUnsent   AlertReason = "unsent"    // the agent's mail did not reach the customer
)

// Alert hands a case to its owner.
type Alert struct {
	Brand    Brand
	Language string // the reader's, not the customer's
	Reason   AlertReason
	// ScoreOf is the highest score of the scale, 1 for thumbs, and 0 when there was no score.
	Score, ScoreOf int
	Label          string // positive, negative, neutral, mixed or unsure; empty without a comment
	Comment        []Piece
	Topics         []string // as Earshot names them, or words
	Signals        []string // words

	AgentName, CustomerName, CustomerEmail, CustomerValue, Segment string
	// Ladder is the customer's rung, one_time to advocate; empty when unknown.
	Ladder string
	// Contacts is how often the customer was in touch about this matter before.
	Contacts                                            int
	Survey, Channel, InteractionSubject, InteractionURL string
	History                                             []HistoryLine // newest first

	Acknowledge, Contact, Resolve Deadline
	CaseURL                       string

	cut bool // the comment was too long for a mail
}

// Escalation tells a lead or a manager that a step of a case's clock has run out.
type Escalation struct {
	Alert
	Overdue   string // acknowledge, contact or resolve
	AlertedTo string // who was alerted
	AlertedAt string // when, as the reader writes it
}

// AlertDigest hands several cases to their owner in one mail: those of one customer, or those that came
// after the hour's alerts were used up.
type AlertDigest struct {
	Brand     Brand
	Language  string
	AgentName string
	Customer  string // whose cases they are; empty when they are of several
	Count     int    // of cases, shown or not
	Lines     []DigestLine
	DeskURL   string
}

// DigestLine is one case of an AlertDigest. ScoreOf is 0 when there was no score.
type DigestLine struct {
	Score, ScoreOf          int
	Customer, Matter, Words string
	Signals                 []string
	Left, URL               string
}

// SignIn is a mail with a one-time link for staff.
type SignIn struct {
	Brand     Brand
	Language  string
	Name, URL string
	Minutes   int    // how long the link works
	ForURL    string // the address of this Earshot, for people with several; may be empty
}

// Thanks is a mail that thanks a customer. PublicURL invites to say it in public; empty does not.
type Thanks struct {
	Brand                      Brand
	Language                   string
	CustomerName, AgentName    string
	Body, PublicURL, OptOutURL string
}

// Reply is an agent's reply to a customer's feedback, in plain words. Original is what the customer
// had written.
type Reply struct {
	Brand                                       Brand
	Language                                    string
	CustomerName, AgentName, InteractionSubject string
	Body, Original                              string
}

func (Invitation) template() string  { return "invitation" }
func (Alert) template() string       { return "alert" }
func (Escalation) template() string  { return "escalation" }
func (AlertDigest) template() string { return "alert-digest" }
func (SignIn) template() string      { return "sign-in" }
func (Thanks) template() string      { return "thanks" }
func (Reply) template() string       { return "reply" }

func (p Invitation) locale() string  { return p.Language }
func (p Alert) locale() string       { return p.Language }
func (p AlertDigest) locale() string { return p.Language }
func (p SignIn) locale() string      { return p.Language }
func (p Thanks) locale() string      { return p.Language }
func (p Reply) locale() string       { return p.Language }

func firstOf(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}
