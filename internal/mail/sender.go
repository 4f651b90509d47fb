package mail

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"
)

// Sender hands messages to a provider. Implementations are safe for concurrent use.
//
// Send returns nil only when the provider has the message for good: it survives a crash of this
// process and of this machine. A repeat with the same Key, from this or any other process, succeeds
// and delivers nothing more, as long as the message is equal and the provider still knows the key
// (Resend forgets after 24 hours, so that sender refuses what is older than 23; an SMTP server knows
// no keys, there the equal Message-ID is all that lets a mailbox drop a repeat).
//
// The error is one of three, told apart with errors.Is:
//
//   - ErrRejected: this message will never be taken, and its reason says why. Keep it as a dead
//     letter; others may go on.
//   - ErrAccount: the provider does not let us send at all (a wrong key, an unverified domain, a quota
//     used up). The message is fine: stop sending, tell an administrator, try again later.
//   - ErrTemporary: try again, with the same Key and the equal message, not before RetryAfter. What
//     cannot be told to be one of the others is this one, an ended context included: the provider may
//     or may not have the message, and only the Key makes the repeat safe.
type Sender interface {
	Send(ctx context.Context, m Message) (Receipt, error)
}

// BatchSender is a Sender that takes many messages in one request.
//
// SendBatch sends ms in one request, at most MaxBatch of them and with distinct keys, and returns one
// result for each, in order. The error is nil exactly when every message was decided on; a result may
// still say ErrRejected for its own message. Any other error is about the request and has the meaning
// it has for Send, for all of them.
//
// The provider recognises a repeated batch, not a repeated message: after ErrTemporary the same slice
// must be sent again as it was, never with a message more or less and never one by one. So whoever
// batches remembers durably which messages went together before the first attempt.
type BatchSender interface {
	Sender
	MaxBatch() int
	SendBatch(ctx context.Context, ms []Message) ([]Result, error)
}

// Receipt is the provider's word for a message it has: a file's name, or an id at the provider by
// which its webhooks speak of the message.
type Receipt struct{ Provider string }

// Result is what became of one message of a batch: a receipt, or an ErrRejected.
type Result struct {
	Receipt Receipt
	Err     error
}

// The classes of errors of a Sender.
var (
	ErrRejected  = errors.New("mail: message refused")
	ErrAccount   = errors.New("mail: the provider does not let us send")
	ErrTemporary = errors.New("mail: not sent yet")
)

// Error is the error of every Sender.
type Error struct {
	// Class is ErrRejected, ErrAccount or ErrTemporary.
	Class error
	// Reason says in words for an administrator what the provider answered. It holds no secret; it may
	// hold an address.
	Reason string
	// RetryAfter is how long the provider wants to be left alone; zero when it did not say.
	RetryAfter time.Duration
	// Maybe tells that the provider may have the message although it did not say so.
	Maybe bool
	// Cause is what went wrong underneath, or nil.
	Cause error
}

// Error implements error.
func (e *Error) Error() string {
	s := e.Class.Error() + ": " + e.Reason
	if e.Cause != nil {
		s += ": " + e.Cause.Error()
	}
	return s
}

// Unwrap lets errors.Is and errors.As see class and cause.
func (e *Error) Unwrap() []error {
	if e.Cause == nil {
		return []error{e.Class}
	}
	return []error{e.Class, e.Cause}
}

// Rejected returns an ErrRejected.
func Rejected(reason string, cause error) error {
	return &Error{Class: ErrRejected, Reason: reason, Cause: cause}
}

// Account returns an ErrAccount.
func Account(reason string, cause error) error {
	return &Error{Class: ErrAccount, Reason: reason, Cause: cause}
}

// Temporary returns an ErrTemporary after which the message has surely not been taken.
func Temporary(reason string, retryAfter time.Duration, cause error) error {
	return &Error{Class: ErrTemporary, Reason: reason, RetryAfter: retryAfter, Cause: cause}
}

// Ambiguous returns an ErrTemporary after which the message may have been taken.
func Ambiguous(reason string, cause error) error {
	return &Error{Class: ErrTemporary, Reason: reason, Maybe: true, Cause: cause}
}

// RetryAfter returns how long the provider wants to be left alone, or zero when err does not say.
func RetryAfter(err error) time.Duration {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.RetryAfter
	}
	return 0
}

// Reason returns the words of err for an administrator.
func Reason(err error) string {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Reason
	}
	if err == nil {
		return ""
	}
	return err.Error()
}

// Maybe tells whether the provider may have the message although err says that it is not sent.
func Maybe(err error) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && e.Maybe
}

// Class returns the class of err in one word, for logs: "rejected", "account" or "temporary", and ""
// for nil.
func Class(err error) string {
	switch {
	case err == nil:
		return ""
	case errors.Is(err, ErrRejected):
		return "rejected"
	case errors.Is(err, ErrAccount):
		return "account"
	}
	return "temporary"
}

// The waits between attempts: they double from the first to the longest. An account that may not
// send needs a person, so asking more often than accountWait helps nobody.
const (
	firstWait   = 5 * time.Second
	longestWait = 30 * time.Minute
	accountWait = 2 * time.Minute
)

// Backoff returns how long to wait before the next attempt at a message, after so many attempts
// (1 after the first) of which the last ended in err: at least what the provider asks for, and up to a
// fifth more, so that many messages do not come back at once.
func Backoff(attempts int, err error) time.Duration {
	wait := longestWait
	if attempts = max(attempts, 1); attempts < 16 {
		wait = min(firstWait<<(attempts-1), longestWait)
	}
	if errors.Is(err, ErrAccount) {
		wait = max(wait, accountWait)
	}
	wait = max(wait, RetryAfter(err))
	return wait + rand.N(wait/5) // #nosec G404 -- spreads load, guards nothing
}
