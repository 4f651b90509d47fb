// Package inbound reads what people write back: a raw message of RFC 5322 becomes the words that its
// sender typed, without the quoted mail, the signature and the markup, and the traces by which the
// mail that was answered is found again.
//
// It decides nothing: whether the words are a vote is the business of package collect.
package inbound

import (
	"errors"

	"earshot/internal/mail"
)

// The bounds of a message. What a person writes stays far inside them; what goes beyond was made to
// exhaust its reader.
const (
	MaxBytes = 1 << 20 // of the whole message
	MaxDepth = 8       // of parts inside parts
	MaxParts = 100
)

// The errors of Read.
var (
	// ErrTooLarge means that the message goes beyond one of the bounds.
	ErrTooLarge = errors.New("inbound: the message is larger or deeper than any that a person writes")
	// ErrUnreadable means that there is no message in the bytes.
	ErrUnreadable = errors.New("inbound: this is no message of RFC 5322")
)

// Message is a mail as it is understood.
type Message struct {
	// ID is the Message-ID without angle brackets, or, for a mail without one, a digest of the bytes: the
	// same bytes always have the same ID.
	ID      string
	From    mail.Address
	To      []string // every address that the mail says it went to, in lower case
	Subject string
	// Refs are the message ids of In-Reply-To and References, the nearest first, without brackets.
	Refs []string
	// Auto says what kind of machine wrote the mail; empty when a person did.
	Auto Auto
	// Text is all that was said; Reply is the part of it that was typed for this mail, and Quoted what was
	// cut from it: the mail that was answered and the signature.
	Text, Reply, Quoted string
}

// Auto is what kind of machine wrote a mail.
type Auto string

// The kinds of automatic mail.
const (
	Bounce      Auto = "bounce"        // a report that a mail could not be delivered
	OutOfOffice Auto = "out of office" // the person is away
	Robot       Auto = "automatic"     // any other machine
	Bulk        Auto = "bulk"          // a list or an advertisement
)
