package feedback

import (
	"slices"
	"time"
)

// FeedbackSurvey stands in the place of a survey's id on feedback that nobody asked for.
const FeedbackSurvey = "feedback"

// RecoveredSurvey is the survey that asks again after a recovery. Only customers who were dissatisfied
// meet it, so its answers are never counted with those of the others.
const RecoveredSurvey = "recovered"

// Response is what a customer said: the vote, the comment, the other answers. It carries the
// invitation's ID (FeedbackID for unasked feedback). Every version is kept; the current one stands
// in the fields.
type Response struct {
	Record
	Invitation  string // empty for unasked feedback
	Interaction string
	Source      string
	External    string
	Survey      string
	Version     string
	Metric      Metric
	Original    string // the response that a re-survey is about
	Person      string
	Customer    Customer
	Agent       Agent // as earned: the frozen owner
	Channel     string
	Subject     string
	Tags        []string
	Language    string // the language the survey was shown in
	URL         string // where unasked feedback was found

	Score      int
	Scored     bool // whether there is a score: unasked feedback has none
	Low        bool // whether the definition calls the score low
	Comment    string
	Answers    map[string]string
	AnsweredAt time.Time // first vote
	ChangedAt  time.Time // latest version
	EditUntil  time.Time
	Vote       Vote      // how the current version came in, and who is believed to have given it
	Quote      *Quote    // permission to repeat the comment; nil when none was given
	AskedAt    time.Time // when the invitation was sent; zero for unasked feedback
	Versions   []Version // earlier versions, oldest first
	Reply      bool      // unasked feedback that answers a mail of ours: somebody waits to be heard
	Mails      []string  // ids of the mails that votes came by: each is taken once

	Settle    time.Time // a bare low vote waits until then for its comment
	Analysed  bool      // whether Sentiment belongs to the current comment
	Sentiment *Sentiment
	HasCase   bool
	Journey   *Journey // nil until it was looked up
	Conflict  string   // "low_score_positive_text" or "high_score_negative_text" when they contradict each other clearly
	Labelled  bool     // whether the comment is among those that the engine learns from
	// CommentErased tells that there was a comment, which was erased with its author.
	CommentErased bool
}

// Version is an earlier state of a response.
type Version struct {
	At      time.Time
	Score   int
	Scored  bool
	Comment string
	Answers map[string]string
	Vote    Vote
}

// maxVersions bounds the versions kept of one response; the first and the latest ones stay.
const maxVersions = 50

// Answer is what a customer submits.
type Answer struct {
	Score   int
	Scored  bool
	Comment string
	Answers map[string]string
	Mail    string // id of the mail that it came by; empty from the page
	Vote    Vote
}

// Quote is the customer's permission to repeat what they said, under a name they chose.
type Quote struct {
	Name string
	At   time.Time
}

// maxMails bounds the ids of mails kept with one response.
const maxMails = 50

// Give writes an answer into the response as its current version. It reports whether anything
// changed; submitting the same again changes nothing, except that a new mail is remembered.
func (r *Response) Give(a Answer, s Survey, now time.Time) bool {
	now = UTC(now)
	first := r.AnsweredAt.IsZero()
	came := r.came(a.Mail)
	if !first && r.same(a) {
		return came
	}
	if first {
		r.AnsweredAt, r.EditUntil = now, UTC(now.Add(s.Ask.EditWindow))
	} else {
		r.keepVersion()
	}
	if first || r.Comment != a.Comment {
		r.Analysed, r.Sentiment, r.Quote = false, nil, nil // a permission to quote was given for other words
	}
	r.Score, r.Scored, r.Comment, r.Answers, r.Vote = a.Score, a.Scored, a.Comment, a.Answers, a.Vote
	r.Low = a.Scored && s.IsLow(a.Score)
	r.ChangedAt = now
	r.Settle = time.Time{}
	if r.Low && a.Comment == "" {
		r.Settle = UTC(now.Add(s.Recover.Settle))
	}
	r.Next(now)
	return true
}

// came writes down the mail that an answer came by; it reports whether it is a new one.
func (r *Response) came(id string) bool {
	if id == "" || slices.Contains(r.Mails, id) {
		return false
	}
	if len(r.Mails) >= maxMails {
		r.Mails = slices.Delete(r.Mails, 0, 1)
	}
	r.Mails = append(r.Mails, id)
	return true
}

func (r *Response) same(a Answer) bool {
	if r.Score != a.Score || r.Scored != a.Scored || r.Comment != a.Comment || len(r.Answers) != len(a.Answers) {
		return false
	}
	for k, v := range a.Answers {
		if w, ok := r.Answers[k]; !ok || w != v {
			return false
		}
	}
	return true
}

func (r *Response) keepVersion() {
	v := Version{r.ChangedAt, r.Score, r.Scored, r.Comment, r.Answers, r.Vote}
	if len(r.Versions) >= maxVersions {
		r.Versions = append(r.Versions[:1:1], r.Versions[2:]...)
	}
	r.Versions = append(r.Versions, v)
}

// CaseReason says why the response needs a case: "low_score", "negative_comment" (a comment clearly
// negative beside a high score), "negative_feedback" (unasked), "signal" (words that a person must
// see whatever the label or score), or "reply" (an answer by mail that is not praise: a machine cannot
// tell a question from a remark); empty when it needs none.
func (r *Response) CaseReason() string {
	if r.Imported() {
		return ""
	}
	if reason := r.displeased(); reason != "" {
		return reason
	}
	if len(r.Sentiment.Urgent()) > 0 {
		return ReasonSignal
	}
	if !r.Scored && r.Reply && r.Analysed && (r.Sentiment == nil || r.Sentiment.Label != Positive) {
		return ReasonReply
	}
	return ""
}

// Imported tells whether the response was taken over from another system. It counts like any other, and
// nobody is alerted: whatever could be mended was for that system to mend.
func (r *Response) Imported() bool { return r.Vote.Way == WayImport }

// Displeased tells whether score or words say that the customer is not content. Signals do not: an
// old lady's thanks are thanks.
func (r *Response) Displeased() bool { return r.displeased() != "" }

func (r *Response) displeased() string {
	switch {
	case r.Scored && r.Low:
		return ReasonLowScore
	case r.Scored && r.Sentiment.ClearlyNegative(r.sureEnough()):
		return ReasonComment
	case !r.Scored && r.Sentiment.ClearlyNegative(Sure):
		return ReasonFeedback
	}
	return ""
}

// sureEnough is how sure a verdict must be beside the response's score.
func (r *Response) sureEnough() float64 {
	if r.Score >= r.Metric.Happy() {
		return VerySure
	}
	return Sure
}

// FindConflict compares the score with the comment: a satisfied score beside a clearly negative
// comment, or a low one beside a clearly positive comment.
func (r *Response) FindConflict() {
	r.Conflict = ""
	if !r.Scored || r.Sentiment == nil || r.Sentiment.Confidence < VerySure {
		return
	}
	if r.Score >= r.Metric.Happy() && r.Sentiment.Label == Negative {
		r.Conflict = "high_score_negative_text"
	}
	if r.Low && r.Sentiment.Label == Positive {
		r.Conflict = "low_score_positive_text"
	}
}
