// Package sentiment reads a customer's comment and says how it feels, about
// what, and which words decided. It is pure functions over text: no network, no
// clock, no storage, nothing of the rest of Earshot.
//
// The way of a comment:
//
//	text ─► tokens ─► language ─► sentences and clauses ─► scorer ─► label
//	                                      └─► cues (topics, signals, names) ─┘
//
// A scorer turns the text into probabilities and into one contribution per
// token. Two exist: the encoder scorer (a small transformer, the default), and
// the lexicon scorer (word lists and rules in the same eight languages), which
// also gives the encoder a second opinion. Everything after the scorer is
// shared, so a verdict has the same shape and promises whoever gave it.
//
// # Evidence adds up
//
// Verdict.Evidence holds the spans of the text that decided. Their weights are
// parts of the polarity: positive parts speak for the customer being pleased,
// negative ones against, and they sum to Verdict.Polarity within 1e-6. What no
// single word carries (the encoder's bias, the mass of many tiny contributions)
// goes to the spans that point the same way, in proportion to their size, and a
// text without any deciding word has no evidence.
//
// # Words of its own
//
// A comment may hold anything at all: invalid UTF-8, a hundred kilobytes of
// exclamation marks, another language. Analyse never panics and answers in
// bounded time: texts beyond 500 tokens are judged by their first and last 250,
// and the verdict says so in Cut.
package sentiment

// Label is the verdict in one word.
type Label string

// The labels a verdict can carry.
const (
	Positive Label = "positive" // pleased on the whole
	Negative Label = "negative" // displeased on the whole
	Neutral  Label = "neutral"  // understood, and neither
	Mixed    Label = "mixed"    // clearly pleased with one thing and clearly displeased with another
	Unsure   Label = "unsure"   // not understood well enough; nothing may alert on it
)

// Span is a piece of the original text that speaks for or against.
type Span struct {
	Start  int     `json:"start"`  // first byte in the UTF-8 text given to Analyse
	End    int     `json:"end"`    // one past the last byte
	Weight float64 `json:"weight"` // its share of the polarity, -1..1
}

// TopicVerdict is what the comment says about one topic of service.
type TopicVerdict struct {
	Topic    string  `json:"topic"`    // one of Topics()
	Label    Label   `json:"label"`    // positive, negative, neutral or mixed
	Polarity float64 `json:"polarity"` // -1..1
	Evidence []Span  `json:"evidence"` // the words that name the topic and those that judge it
}

// Signal is something a person must see whatever the polarity: a threat to
// leave, to sue or to hurt, a vulnerable customer, a wish to be called, abuse of
// staff. Signals favour recall: a false one costs a glance, a missed one a customer.
type Signal struct {
	Kind     string `json:"kind"`     // one of Signals()
	Evidence []Span `json:"evidence"` // the words that gave it away; weights are 0
}

// SentenceVerdict is the verdict on one sentence.
type SentenceVerdict struct {
	Start    int     `json:"start"`    // first byte
	End      int     `json:"end"`      // one past the last byte
	Label    Label   `json:"label"`    // positive, negative, neutral or mixed
	Polarity float64 `json:"polarity"` // -1..1
}

// Verdict is everything Analyse found out about a text.
type Verdict struct {
	Language   string            `json:"language"`   // ISO 639-1, "und" when unknown, "" for an empty text
	Label      Label             `json:"label"`      //
	Polarity   float64           `json:"polarity"`   // -1 (as bad as it gets) .. 1
	Confidence float64           `json:"confidence"` // probability that Label is right, 0..1; of Unsure, of the label it would have been
	Topics     []TopicVerdict    `json:"topics"`     // in the order of Topics()
	Signals    []Signal          `json:"signals"`    // in the order of Signals()
	Evidence   []Span            `json:"evidence"`   // in text order; weights add up to Polarity
	Names      []string          `json:"names"`      // people thanked or named, as written
	Sentences  []SentenceVerdict `json:"sentences"`  // in text order
	Engine     string            `json:"engine"`     // engine and version, such as "lexicon-1"
	Cut        bool              `json:"cut"`        // only the first and last parts were read
}

// The topics of service.
const (
	TopicSpeed         = "speed"         // waiting, promptness
	TopicResolution    = "resolution"    // is the problem gone
	TopicAttitude      = "attitude"      // how people behaved
	TopicKnowledge     = "knowledge"     // did they know what they were doing
	TopicEffort        = "effort"        // what it cost the customer to get there
	TopicPolicy        = "policy"        // rules and terms
	TopicPrice         = "price"         // money asked, fees, value
	TopicProduct       = "product"       // the thing itself
	TopicCommunication = "communication" // being told, answered, kept informed
	TopicOwnership     = "ownership"     // somebody made it theirs
	TopicPassedAround  = "passed_around" // sent from one to another
	TopicBelieved      = "believed"      // listened to and taken seriously
	TopicPromises      = "promises"      // kept or broken
	TopicEmpowerment   = "empowerment"   // allowed to help
	TopicRigidPolicy   = "rigid_policy"  // rules before people
	TopicRepetition    = "repetition"    // telling it again, calling again
	TopicThanks        = "thanks"        // thanks, above all to somebody by name
)

// Topics lists every topic a verdict can name, in the order verdicts list them.
func Topics() []string {
	return []string{TopicSpeed, TopicResolution, TopicAttitude, TopicKnowledge, TopicEffort,
		TopicPolicy, TopicPrice, TopicProduct, TopicCommunication, TopicOwnership, TopicPassedAround,
		TopicBelieved, TopicPromises, TopicEmpowerment, TopicRigidPolicy, TopicRepetition, TopicThanks}
}

// The kinds of signal.
const (
	SignalChurn      = "churn"      // says they leave, cancel or go to a competitor
	SignalLegal      = "legal"      // lawyers, courts, regulators, the press
	SignalSafety     = "safety"     // somebody may come to harm
	SignalVulnerable = "vulnerable" // illness, bereavement, hardship, disability, age
	SignalCallback   = "callback"   // wants to be called or written to
	SignalAbuse      = "abuse"      // insults or threatens staff
)

// Signals lists every kind of signal, most urgent first, as verdicts list them.
func Signals() []string {
	return []string{SignalSafety, SignalLegal, SignalVulnerable, SignalAbuse, SignalChurn, SignalCallback}
}

// Languages lists the languages the engines understand, as ISO 639-1 codes.
func Languages() []string {
	return []string{"en", "de", "fr", "es", "pt", "it", "nl", "ar"}
}
