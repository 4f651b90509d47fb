package feedback

// Labels of a comment's sentiment.
const (
	Positive = "positive"
	Negative = "negative"
	Neutral  = "neutral"
	Mixed    = "mixed"
	Unsure   = "unsure" // not enough to go on; nothing alerts on it
)

// Sentiment is what was understood of one comment.
type Sentiment struct {
	Language   string  // ISO 639-1, or empty when unknown
	Label      string  // one of the labels
	Polarity   float64 // -1..1
	Confidence float64 // 0..1: the share of such verdicts that is right
	Topics     []Topic
	Signals    []Signal
	Names      []string // persons the comment names
	Evidence   []Span
	Engine     string     // engine and version that gave it
	Corrected  *Judgement // a person's verdict, which the fields above then are; nil when nobody gave one
}

// Topic is what a comment says about one topic.
type Topic struct {
	Topic    string
	Label    string
	Polarity float64
	Evidence []Span
}

// Signal is something in a comment that matters beside its polarity: a threat to leave, a legal or
// safety threat, a vulnerable customer, a wish to be called, abuse.
type Signal struct {
	Kind     string
	Evidence []Span
}

// Span is a part of the text, in bytes of its UTF-8 form, and what it adds to the polarity.
type Span struct {
	Start, End int
	Weight     float64
}

// Kinds of signal that open a case by themselves. Their recall is high by design: a false one costs an
// agent a glance, a missed one may cost somebody's safety.
const (
	SignalSafety     = "safety"     // somebody may come to harm
	SignalLegal      = "legal"      // lawyers, courts, regulators, the press
	SignalVulnerable = "vulnerable" // illness, bereavement, hardship, disability, age
	SignalAbuse      = "abuse"      // staff are insulted or threatened
)

// Urgent returns the signals that a person must see whatever the label or score.
func (s *Sentiment) Urgent() []Signal {
	if s == nil {
		return nil
	}
	var out []Signal
	for _, g := range s.Signals {
		switch g.Kind {
		case SignalSafety, SignalLegal, SignalVulnerable, SignalAbuse:
			out = append(out, g)
		}
	}
	return out
}

// How sure a comment's verdict must be to act on it alone. A satisfied score beside it is evidence
// against a negative verdict, so there it must be surer: an agent who gets alerts about happy
// customers stops reading them.
const (
	Sure     = 0.7
	VerySure = 0.9
)

// ClearlyNegative tells whether a comment alone justifies a case, at a confidence of sure or more.
func (s *Sentiment) ClearlyNegative(sure float64) bool {
	return s != nil && s.Label == Negative && s.Confidence >= sure && s.Polarity <= -0.4
}
