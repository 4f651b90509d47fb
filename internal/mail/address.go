package mail

import (
	"errors"
	"fmt"
	"net/mail"
	"strings"
	"unicode"

	"golang.org/x/net/idna"
)

// maxName is how many characters of a display name are kept; longer ones are cut.
const maxName = 100

// String returns the address as it stands in a header, for example `"Lind, Mara" <mara@example.com>`,
// with a name in other scripts encoded (RFC 2047).
func (a Address) String() string {
	return (&mail.Address{Name: displayName(a.Name), Address: a.Email}).String()
}

// Check tells what is wrong with the address, or nil. A domain in another script is fine, it is sent
// in its ASCII form; a local part in another script is not, because too few servers take one.
func (a Address) Check() error {
	_, err := a.normal()
	return err
}

// normal returns the address ready for the wire: name tidied, domain in ASCII (RFC 5891).
func (a Address) normal() (Address, error) {
	name := displayName(a.Name)
	local, domain, ok := cutLast(a.Email, "@")
	if !ok || local == "" || domain == "" {
		return Address{}, fmt.Errorf("%q is not an e-mail address", a.Email)
	}
	for _, r := range local {
		if r > unicode.MaxASCII {
			return Address{}, fmt.Errorf("%q has letters before the @ that mail servers do not take", a.Email)
		}
	}
	ascii, err := idna.Lookup.ToASCII(domain)
	if err != nil {
		return Address{}, fmt.Errorf("%q has a domain that does not exist in any form: %w", a.Email, err)
	}
	email := local + "@" + ascii
	parsed, err := mail.ParseAddress(email)
	if err != nil || parsed.Address != email || len(email) > 254 || hasControl(email) {
		return Address{}, errors.Join(fmt.Errorf("%q is not an e-mail address", a.Email), err)
	}
	return Address{name, email}, nil
}

// displayName makes s fit to stand before an address. A backslash beside letters of other scripts
// would leave net/mail an encoded word that its own parser refuses, so it becomes a slash.
func displayName(s string) string {
	return tidy(strings.ReplaceAll(s, `\`, "/"), maxName)
}

// Tagged returns a mailbox's address with a tag, as in local+tag@domain (RFC 5233): mail to it arrives in
// the same mailbox and says what it is about. Empty where there is no mailbox or no tag.
func Tagged(mailbox, tag string) string {
	local, domain, ok := cutLast(mailbox, "@")
	if !ok || tag == "" {
		return ""
	}
	return local + "+" + tag + "@" + domain
}

func (a Address) domain() string {
	_, domain, _ := cutLast(a.Email, "@")
	return domain
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

// tidy makes one line of s for a header: control and invisible direction characters become spaces,
// runs of space become one, and what exceeds limit characters is cut with an ellipsis.
func tidy(s string, limit int) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' || isDirection(r) {
			return ' '
		}
		return r
	}, s)
	s = joinSpaces(s)
	runes := []rune(s)
	if len(runes) <= limit {
		return s
	}
	return strings.TrimRight(string(runes[:limit-1]), " ") + "…"
}

// tidyAll tidies each of the fields.
func tidyAll(limit int, fields ...*string) {
	for _, f := range fields {
		*f = tidy(*f, limit)
	}
}

// joinSpaces turns runs of ordinary white space into one space. No-break spaces stay: French
// punctuation needs them.
func joinSpaces(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool {
		return r == ' ' || r == '\t' || r == '\n' || r == '\r'
	}), " ")
}

// isDirection tells whether r overrides the direction of the text around it (Unicode UAX 9), with
// which a name could make a subject read as something else.
func isDirection(r rune) bool {
	return (r >= '\u202A' && r <= '\u202E') || (r >= '\u2066' && r <= '\u2069')
}

func hasControl(s string) bool {
	return strings.ContainsFunc(s, unicode.IsControl)
}
