package mail

import (
	"crypto/sha256"
	"encoding/hex"
	"time"
)

// Kind says what a message is for. It is the value of the header X-Earshot-Kind.
type Kind string

// The kinds of messages.
const (
	KindInvitation Kind = "invitation" // asks a customer for the first time
	KindReminder   Kind = "reminder"   // asks again
	KindResurvey   Kind = "resurvey"   // asks after a recovery
	KindThanks     Kind = "thanks"     // thanks a customer
	KindReply      Kind = "reply"      // an agent's words to a customer
	KindAlert      Kind = "alert"      // hands a case to its owner
	KindEscalation Kind = "escalation" // tells a lead or manager that a clock has run out
	KindSignIn     Kind = "sign-in"    // carries a one-time link for staff
	KindDigest     Kind = "digest"     // sums up a period for staff
)

// Kinds returns all kinds, those for customers first.
func Kinds() []Kind {
	return []Kind{KindInvitation, KindReminder, KindResurvey, KindThanks, KindReply, KindAlert, KindEscalation, KindSignIn, KindDigest}
}

// Address is a mailbox: the address local@domain, and the name shown beside it, which may be empty.
type Address struct{ Name, Email string }

// Message is one mail to one recipient.
type Message struct {
	// Kind and Ref say what the message is and which row it came from; they become the headers
	// X-Earshot-Kind and X-Earshot-Ref and the name of the file in the outbox.
	Kind Kind
	Ref  string
	// Key identifies the message to the provider: the same key is the same message, however often it
	// is sent. At most 256 bytes. It must never be reused for other content.
	Key string
	// Date is the message's date. It is taken from the row (when the step was first claimed), never
	// from the clock at sending, so that a retry builds the same bytes and the same file name.
	Date time.Time

	From, To Address
	// ReplyTo is where an answer goes; an empty address leaves it to From.
	ReplyTo Address
	// Thread is a word, of letters and digits, that leads from an answer back to the row; it becomes part
	// of the Message-ID, which every mail program repeats in its answer. Empty where nobody looks.
	Thread string

	// Follows is the MessageID of an earlier mail to the same recipient that this one goes on from; mail
	// programs then show both as one conversation. Empty for the first.
	Follows string

	Subject, Text, HTML string

	// Unsubscribe is the absolute URL for one click (RFC 8058); empty for mail to staff.
	Unsubscribe string
	// Language is the BCP 47 code of the text, for Content-Language.
	Language string
}

// MessageID returns the message's id of RFC 5322 in angle brackets. It is derived from Key and the
// sender's domain, so every attempt carries the same one and a mailbox can drop a repeat.
func (m Message) MessageID() string {
	domain := "localhost"
	if a, err := m.From.normal(); err == nil {
		domain = a.domain()
	}
	id := m.digest("message-id")
	if m.Thread != "" {
		id = m.Thread + "." + id
	}
	return "<" + id + "@" + domain + ">"
}

// digest is a name for this message in the role of purpose: 32 hexadecimal digits of SHA-256, so
// that a key cannot be read back from what strangers see.
func (m Message) digest(purpose string) string {
	sum := sha256.Sum256([]byte("earshot " + purpose + "\x00" + m.Key))
	return hex.EncodeToString(sum[:16])
}
