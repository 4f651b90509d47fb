package helpdesk

import (
	"strings"

	"earshot/internal/feedback"
)

// zendeskSigned checks base64(HMAC-SHA256(secret, timestamp + body)) (Zendesk, "Verifying webhook
// authenticity").
func zendeskSigned(r Request, secret string) bool {
	return sha256Base64(secret, r.Header("X-Zendesk-Webhook-Signature"), []byte(r.Header("X-Zendesk-Webhook-Signature-Timestamp")), r.Body)
}

// readZendesk reads the body that the trigger of docs/helpdesks.md writes. Zendesk's own ticket events
// carry ids without addresses and are of no use.
func readZendesk(r Request) (feedback.Interaction, error) {
	type event struct {
		Type text
		ticket
	}
	e, err := parse[event](r.Body)
	if err != nil {
		return feedback.Interaction{}, err
	}
	if strings.HasPrefix(string(e.Type), "zen:event-type:") {
		return feedback.Interaction{}, ignore("ticket events carry no addresses; use the trigger described in docs/helpdesks.md")
	}
	return e.interaction()
}
