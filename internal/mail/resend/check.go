package resend

import (
	"context"
	"strings"

	"earshot/internal/mail"
)

// Check asks Resend whether the key is taken and the domain may send; verified is false when nobody can
// tell, because a key that may only send may not look. The error has the meaning it has for Send.
func (s *Sender) Check(ctx context.Context, domain string) (verified bool, err error) {
	ctx, answer := listen(ctx)
	list, err := s.client.Domains.ListWithContext(ctx)
	if err != nil {
		if answer.Name == "restricted_api_key" || answer.Status == 404 { // a key that may send and no more; a proxy that lets nothing else through
			return false, nil
		}
		return false, classify(ctx, answer, err)
	}
	for _, d := range list.Data {
		if !strings.EqualFold(d.Name, domain) {
			continue
		}
		if d.Status == "verified" {
			return true, nil
		}
		return false, mail.Account("Resend knows the domain "+domain+", but it is "+d.Status+", not verified", nil)
	}
	return false, mail.Account("the account at Resend has no domain "+domain, nil)
}
