// Package helpdesk understands what other systems tell when a contact with a customer has ended: it
// checks the signature of a webhook and turns its payload into an interaction. One file per system; the
// table in Systems lists them. It keeps nothing and decides nothing.
//
// How each system is set up stands in docs/helpdesks.md. Adding one is a file and a line of the table.
package helpdesk

import (
	"crypto/hmac"
	"crypto/sha1" // #nosec G505 -- what these systems sign with; an HMAC does not need collision resistance
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"strconv"
	"strings"
	"time"

	"earshot/internal/feedback"
)

// ErrSignature means that a request was not signed with the secret.
var ErrSignature = errors.New("the signature is missing or wrong")

// Ignored is the error of an event that was understood and is of no use.
type Ignored struct {
	Why string
	// Open is the contact that the event shows not to be over; empty when it shows nothing of the kind. One
	// that had ended before was opened again.
	Open string
}

// Error implements error.
func (e *Ignored) Error() string { return "ignored: " + e.Why }

func ignore(format string, args ...any) error { return &Ignored{Why: fmt.Sprintf(format, args...)} }

// stillOpen ignores an event of a contact that is not over.
func stillOpen(id text, format string, args ...any) error {
	return &Ignored{Why: fmt.Sprintf(format, args...), Open: string(id)}
}

// Request is a webhook as it came.
type Request struct {
	Header func(name string) string
	Body   []byte
}

// System is one helpdesk.
type System struct {
	// Name is the last part of its address /hooks/NAME, and the source of its interactions.
	Name string
	// Secret is the variable that holds what it signs with.
	Secret string

	signed func(r Request, secret string) bool
	read   func(r Request) (feedback.Interaction, error)
}

// Systems lists the helpdesks that are understood.
func Systems() []System {
	return []System{
		{"zendesk", "EARSHOT_ZENDESK_SECRET", zendeskSigned, readZendesk},
		{"freshdesk", "EARSHOT_FRESHDESK_SECRET", freshdeskSigned, readFreshdesk},
		{"intercom", "EARSHOT_INTERCOM_SECRET", intercomSigned, readIntercom},
		{"helpscout", "EARSHOT_HELPSCOUT_SECRET", helpscoutSigned, readHelpscout},
		{"chatwoot", "EARSHOT_CHATWOOT_SECRET", chatwootSigned, readChatwoot},
		{"zammad", "EARSHOT_ZAMMAD_SECRET", zammadSigned, readZammad},
	}
}

// Find returns the system of a name.
func Find(name string) (System, bool) {
	for _, s := range Systems() {
		if s.Name == name {
			return s, true
		}
	}
	return System{}, false
}

// Read checks a request and returns the interaction that it tells of. ErrSignature; *Ignored for events
// that end no contact and for payloads that lack what is needed. The agent's address may be missing
// where the system does not tell it; then there is a name.
func (s System) Read(r Request, secret string) (feedback.Interaction, error) {
	if secret == "" || !s.signed(r, secret) {
		return feedback.Interaction{}, ErrSignature
	}
	in, err := s.read(r)
	if err != nil {
		return in, err
	}
	in.Source = s.Name
	in.Customer.Email = strings.ToLower(strings.TrimSpace(in.Customer.Email))
	in.Agent.Email = strings.ToLower(strings.TrimSpace(in.Agent.Email))
	switch {
	case in.External == "":
		return in, ignore("the payload names no ticket")
	case in.Customer.Email == "" && in.Customer.ID == "":
		return in, ignore("the payload names no customer")
	case in.Agent.Email == "" && in.Agent.Name == "":
		return in, ignore("nobody is named who served the customer")
	case in.Customer.Email == "":
		in.NoAsk = true // there is nowhere to ask; the contact itself is worth knowing
	}
	return in, nil
}

// signedBy tells whether a signature is the HMAC of the text. encode is how the system writes it.
func signedBy(hash func() hash.Hash, secret, signature string, encode func([]byte) string, text ...[]byte) bool {
	m := hmac.New(hash, []byte(secret))
	for _, t := range text {
		m.Write(t)
	}
	return signature != "" && hmac.Equal([]byte(encode(m.Sum(nil))), []byte(strings.TrimSpace(signature)))
}

func sha1Base64(secret, signature string, body []byte) bool {
	return signedBy(sha1.New, secret, signature, base64.StdEncoding.EncodeToString, body)
}

// sha1Hex checks the form "sha1=<hex>".
func sha1Hex(secret, signature string, body []byte) bool {
	hexed, ok := strings.CutPrefix(signature, "sha1=")
	return ok && signedBy(sha1.New, secret, strings.ToLower(hexed), hex.EncodeToString, body)
}

func sha256Base64(secret, signature string, text ...[]byte) bool {
	return signedBy(sha256.New, secret, signature, base64.StdEncoding.EncodeToString, text...)
}

// sha256Hex checks the form "sha256=<hex>".
func sha256Hex(secret, signature string, text ...[]byte) bool {
	hexed, ok := strings.CutPrefix(signature, "sha256=")
	return ok && signedBy(sha256.New, secret, strings.ToLower(hexed), hex.EncodeToString, text...)
}

// parse reads a payload.
func parse[T any](body []byte) (T, error) {
	var v T
	if err := json.Unmarshal(body, &v); err != nil {
		return v, ignore("the payload is not the expected JSON")
	}
	return v, nil
}

// text is a value that one version of a system writes as text and another as a number; null is empty.
type text string

// UnmarshalJSON implements json.Unmarshaler. What is neither is empty.
func (t *text) UnmarshalJSON(b []byte) error {
	var v any
	if err := json.Unmarshal(b, &v); err != nil {
		return err
	}
	switch v := v.(type) {
	case string:
		*t = text(strings.TrimSpace(v))
	case float64:
		*t = text(strconv.FormatFloat(v, 'f', -1, 64))
	default:
		*t = ""
	}
	return nil
}

// words are tags, as a list of texts or objects, or as one text with separators.
type words []string

// UnmarshalJSON implements json.Unmarshaler. What cannot be read is left out.
func (w *words) UnmarshalJSON(b []byte) error {
	var v any
	if err := json.Unmarshal(b, &v); err != nil {
		return err
	}
	*w = nil
	switch v := v.(type) {
	case string:
		*w = strings.FieldsFunc(v, func(r rune) bool { return r == ',' || r == ' ' || r == ';' })
	case []any:
		for _, e := range v {
			if s, ok := e.(string); ok {
				*w = append(*w, s)
			}
			if o, ok := e.(map[string]any); ok {
				*w = append(*w, named(o)...)
			}
		}
	case map[string]any: // a list inside an object of the same name
		if list, ok := v["tags"].([]any); ok {
			raw, err := json.Marshal(list)
			if err != nil {
				return err
			}
			return w.UnmarshalJSON(raw)
		}
	}
	return nil
}

func named(o map[string]any) []string {
	for _, key := range []string{"tag", "name", "title"} {
		if s, ok := o[key].(string); ok && s != "" {
			return []string{s}
		}
	}
	return nil
}

// moment reads a time in the forms that systems use: RFC 3339, or seconds since 1970. Zero when it is
// neither, which means now.
func moment(s text) time.Time {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05Z0700", "2006-01-02 15:04:05 -0700", "2006-01-02 15:04:05 MST"} {
		if t, err := time.Parse(layout, string(s)); err == nil {
			return t.UTC()
		}
	}
	if f, err := strconv.ParseFloat(string(s), 64); err == nil && f > 1e9 && f < 1e11 {
		return time.Unix(int64(f), 0).UTC()
	}
	return time.Time{}
}

// fullName joins what systems keep apart.
func fullName(parts ...text) string {
	var out []string
	for _, p := range parts {
		if p != "" && p != "-" {
			out = append(out, string(p))
		}
	}
	return strings.Join(out, " ")
}

// first returns the first text that is not empty.
func first(all ...text) string {
	for _, t := range all {
		if t != "" {
			return string(t)
		}
	}
	return ""
}

// over tells whether a word is one of a ticket's last states.
func over(state text) bool {
	switch strings.ToLower(string(state)) {
	case "solved", "closed", "resolved":
		return true
	}
	return false
}

// language turns what systems know of a customer's language into a code: they write codes, or names.
func language(s text) string {
	names := map[string]string{"english": "en", "german": "de", "deutsch": "de", "french": "fr", "français": "fr", "spanish": "es", "español": "es",
		"portuguese": "pt", "português": "pt", "italian": "it", "italiano": "it", "dutch": "nl", "nederlands": "nl", "arabic": "ar", "العربية": "ar"}
	word, _, _ := strings.Cut(strings.ToLower(string(s)), " ")
	if code, ok := names[word]; ok {
		return code
	}
	return string(s)
}
