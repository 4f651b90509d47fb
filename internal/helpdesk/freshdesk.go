package helpdesk

import (
	"crypto/sha256"
	"crypto/subtle"

	"earshot/internal/feedback"
)

// freshdeskSigned compares the header that the automation sends with the secret: Freshdesk signs nothing.
func freshdeskSigned(r Request, secret string) bool {
	got, want := sha256.Sum256([]byte(r.Header("X-Earshot-Secret"))), sha256.Sum256([]byte(secret))
	return subtle.ConstantTimeCompare(got[:], want[:]) == 1
}

// readFreshdesk reads the body that the automation of docs/helpdesks.md writes. Freshdesk puts the
// content of its own form under freshdesk_webhook.
func readFreshdesk(r Request) (feedback.Interaction, error) {
	type payload struct {
		Inner *ticket `json:"freshdesk_webhook"`
		ticket
	}
	p, err := parse[payload](r.Body)
	if err != nil {
		return feedback.Interaction{}, err
	}
	if p.Inner != nil {
		return p.Inner.interaction()
	}
	return p.interaction()
}
