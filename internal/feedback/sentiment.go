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
	Engine     string // engine and version that gave it
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

// Sure is the confidence from which a negative comment beside a high score opens a case.
const Sure = 0.7

// ClearlyNegative tells whether a comment alone justifies a case.
func (s *Sentiment) ClearlyNegative() bool {
	return s != nil && s.Label == Negative && s.Confidence >= Sure && s.Polarity <= -0.4
}
