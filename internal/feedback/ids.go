package feedback

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// The natural keys of the loop. A key is the first 128 bits of a SHA-256 over its parts, each
// ended by a zero byte, as 32 hexadecimal digits: the same parts give the same row on every backend
// and every instance, which is what makes each step repeatable.

// InteractionID is the key of the interaction that a source calls external.
func InteractionID(source, external string) string { return key("interaction", source, external) }

// InvitationID is the key of the one invitation to survey for an interaction. The response to it
// and the case of that response carry the same ID.
func InvitationID(interaction, survey string) string { return key("invitation", interaction, survey) }

// FeedbackID is the key of a piece of unasked feedback that a source calls external.
func FeedbackID(source, external string) string { return key("feedback", source, external) }

func key(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		h.Write([]byte(p))
		h.Write([]byte{0})
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// PersonID is the key under which a customer's rest periods, opt-outs and history are kept: the
// address in lower case without its plus-tag, or the source's customer id when there is no address.
func PersonID(source, customerID, email string) string {
	email = strings.ToLower(strings.TrimSpace(email))
	if at := strings.LastIndexByte(email, '@'); at > 0 {
		local, domain := email[:at], email[at:]
		if plus := strings.IndexByte(local, '+'); plus > 0 {
			local = local[:plus]
		}
		return local + domain
	}
	return "id:" + source + ":" + customerID
}
