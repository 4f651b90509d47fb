package forget

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"earshot/internal/feedback"
	"earshot/internal/mail/outbox"
)

// Disclosure is everything that is kept of a person, for the person (Article 15 of the GDPR). Rows
// stand as they are stored, with names in lower case; what only workers need is left out.
type Disclosure struct {
	Email        string    `json:"email"`
	At           time.Time `json:"at"`
	Person       []any     `json:"person"`
	Interactions []any     `json:"interactions"`
	Invitations  []any     `json:"invitations"`
	Responses    []any     `json:"responses"`
	Cases        []any     `json:"cases"`
	Mails        []Mail    `json:"mails"`
	// Erased tells that the address was erased before: the wish not to be asked is kept under a veil.
	Erased bool `json:"erased"`
}

// Mail is one mail about the person that is still in the outbox.
type Mail struct {
	At      time.Time `json:"at"`
	Kind    string    `json:"kind"`
	To      string    `json:"to"`
	Subject string    `json:"subject"`
	Text    string    `json:"text"`
}

// Nothing tells whether nothing is kept of the person.
func (d *Disclosure) Nothing() bool {
	return len(d.Person)+len(d.Interactions)+len(d.Invitations)+len(d.Responses)+len(d.Cases)+len(d.Mails) == 0
}

// Disclose gathers a person's data by an address. A mistake in the address is a *feedback.Invalid.
func (s *Service) Disclose(ctx context.Context, email string, now time.Time) (*Disclosure, error) {
	email = strings.ToLower(strings.TrimSpace(email))
	if !feedback.ValidEmail(email) {
		return nil, feedback.Refuse("email", "is not an e-mail address")
	}
	f, err := s.find(ctx, email)
	if err != nil {
		return nil, fmt.Errorf("disclose: %w", err)
	}
	d := &Disclosure{Email: email, At: feedback.UTC(now), Mails: []Mail{}}
	err = s.mails(ctx, f, func(m outbox.Stored) error {
		d.Mails = append(d.Mails, Mail{m.At, string(m.Kind), m.To, m.Subject, m.Text})
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("disclose mails: %w", err)
	}
	if _, err := s.Store.People().Get(ctx, VeiledID(s.Tokens, email)); err == nil {
		d.Erased = true
	}
	return d, d.fill(f)
}

func (d *Disclosure) fill(f *found) (err error) {
	for _, part := range []struct {
		to   *[]any
		rows any
	}{{&d.Person, f.rows}, {&d.Interactions, f.interactions}, {&d.Invitations, f.invitations}, {&d.Responses, f.responses}, {&d.Cases, f.cases}} {
		if *part.to, err = plainRows(part.rows); err != nil {
			return fmt.Errorf("disclose: %w", err)
		}
	}
	return nil
}

// working tells whether a field says how a row is worked on, not what is known.
func working(name string) bool {
	return slices.Contains([]string{"rev", "due", "lease", "started", "attempts", "last_error"}, name)
}

// plainRows turns rows into JSON values with snake_case names and without what is empty. It follows
// the types, so that a field added to one is disclosed from then on.
func plainRows(rows any) ([]any, error) {
	b, err := json.Marshal(rows)
	if err != nil {
		return nil, err
	}
	var out []any
	if err := json.Unmarshal(b, &out); err != nil {
		return nil, err
	}
	plain := []any{}
	for _, row := range out {
		plain = append(plain, tidy(row))
	}
	return plain, nil
}

func tidy(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for k, value := range v {
			if name := snake(k); !working(name) && !empty(value) {
				out[name] = tidy(value)
			}
		}
		return out
	case []any:
		for i := range v {
			v[i] = tidy(v[i])
		}
	}
	return v
}

func empty(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case string:
		return v == "" || v == "0001-01-01T00:00:00Z"
	case []any:
		return len(v) == 0
	}
	return false
}

// snake writes AnsweredAt as answered_at.
func snake(name string) string {
	var b strings.Builder
	lower := false
	for _, r := range name {
		if unicode.IsUpper(r) && lower {
			b.WriteByte('_')
		}
		lower = unicode.IsLower(r)
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}
