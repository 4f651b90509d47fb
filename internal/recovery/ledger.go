package recovery

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/mail"
	"earshot/internal/store"
)

// How alerts to one person are gathered.
const (
	// sameCustomer is how long after an alert further cases of the same customer are gathered, gathering how long.
	sameCustomer = 10 * time.Minute
	gathering    = 45 * time.Second
	// bundleCases is how many cases a bundle names; the rest are counted.
	bundleCases = 200
	// bundleShown is how many cases a mail of several shows.
	bundleShown = 25
	// overdueBundle is when somebody else than its first case sends a bundle.
	overdueBundle = 2 * time.Minute
	// toldKept is how many alerts are remembered where no limit needs more of them.
	toldKept = 100
)

// told is one alert that went out alone. Person is a digest: the ledger names no customer.
type told struct {
	Key, Person string
	At          time.Time
}

// bundle is one mail about several cases to one person.
type bundle struct {
	ID     string
	Person string // a digest; empty when the cases are of several customers
	Due    time.Time
	Cases  []string
	Count  int
	Closed bool // takes no more
	SentAt time.Time
}

// ledger is what one person was told lately and what is gathered for them. One small row for each person
// holds it, so that several workers agree by the store's own rule about saving over each other.
type ledger struct {
	Told    []told
	Bundles []bundle
}

func ledgerID(to string) string { return "alerts/" + strings.ToLower(to) }

// lock keeps the workers of this process from racing for one person's ledger; between processes the
// revision of its row decides.
func (s *Service) lock(to string) func() {
	h := fnv.New32a()
	_, _ = h.Write([]byte(to))
	m := &s.locks[h.Sum32()%uint32(len(s.locks))]
	m.Lock()
	return m.Unlock
}

// gathers tells whether a notice is a first alert by mail, which may be gathered with others. What follows
// an alert, and what goes to a channel, never waits.
func gathers(n *feedback.Notice) bool {
	return n.Kind == string(mail.KindAlert) && n.Via == "" && n.Bundle == "" && strings.HasPrefix(n.Key, "alert ")
}

// admit decides whether an alert goes out now or with others. The same alert gets the same answer again.
func (s *Service) admit(ctx context.Context, c *feedback.Case, n *feedback.Notice, now time.Time) (wait *bundle, err error) {
	settings, err := s.alerting(ctx, now)
	if err != nil {
		return nil, err
	}
	urgent, err := s.urgent(ctx, c)
	if err != nil {
		return nil, err
	}
	defer s.lock(n.To)()
	err = changeSetting(ctx, s.Store, ledgerID(n.To), func(l *ledger) error {
		wait = l.admit(c.ID, c.ID+" "+n.Key, digest(c.Person), urgent, settings.PerHour, feedback.UTC(now))
		return nil
	})
	return wait, err
}

// urgent tells whether a case must never wait for others: the customer speaks of harm, law or distress.
func (s *Service) urgent(ctx context.Context, c *feedback.Case) (bool, error) {
	if c.Reason == feedback.ReasonSignal {
		return true, nil
	}
	r, err := s.Store.Responses().Get(ctx, c.ID)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	if err != nil || r.Sentiment == nil {
		return false, err
	}
	return slices.ContainsFunc(r.Sentiment.Signals, func(g feedback.Signal) bool {
		return slices.Contains([]string{"safety", "legal", "vulnerable"}, g.Kind)
	}), nil
}

func digest(person string) string {
	if person == "" {
		return ""
	}
	sum := sha256.Sum256([]byte("alerts\x00" + person))
	return hex.EncodeToString(sum[:8])
}

func (l *ledger) admit(id, key, person string, urgent bool, perHour int, now time.Time) *bundle {
	l.Told = slices.DeleteFunc(l.Told, func(t told) bool { return now.Sub(t.At) >= time.Hour })
	l.Bundles = slices.DeleteFunc(l.Bundles, func(b bundle) bool {
		return !b.SentAt.IsZero() && now.Sub(b.SentAt) > time.Hour || now.Sub(b.Due) > giveUp
	})
	if slices.ContainsFunc(l.Told, func(t told) bool { return t.Key == key }) {
		return nil
	}
	for i := range l.Bundles {
		if l.Bundles[i].SentAt.IsZero() && slices.Contains(l.Bundles[i].Cases, id) {
			return &l.Bundles[i]
		}
	}
	if !urgent {
		if i := slices.IndexFunc(l.Told, func(t told) bool { return person != "" && t.Person == person && now.Sub(t.At) < sameCustomer }); i >= 0 {
			return l.join(id, person, now.Add(gathering), now)
		}
		if perHour > 0 && len(l.Told) >= perHour {
			return l.join(id, "", l.Told[len(l.Told)-perHour].At.Add(time.Hour), now)
		}
	}
	l.Told = append(l.Told, told{key, person, now})
	l.Told = l.Told[max(0, len(l.Told)-max(perHour, toldKept)):]
	return nil
}

// join adds a case to the bundle that is gathered for a customer, or for everything beyond the hour's
// number, and begins one that is due at due when there is none.
func (l *ledger) join(id, person string, due, now time.Time) *bundle {
	i := slices.IndexFunc(l.Bundles, func(b bundle) bool { return b.Person == person && !b.Closed && b.Due.After(now) })
	if i < 0 {
		i = len(l.Bundles)
		l.Bundles = append(l.Bundles, bundle{ID: id, Person: person, Due: feedback.UTC(due)})
	}
	b := &l.Bundles[i]
	b.Count++
	if len(b.Cases) < bundleCases {
		b.Cases = append(b.Cases, id)
	}
	return b
}

// bundled does the step of a notice whose bundle is due: its first case sends the mail, the others wait for
// it. It reports false while the mail has not gone out.
func (s *Service) bundled(ctx context.Context, c *feedback.Case, n *feedback.Notice, now time.Time) (bool, error) {
	b, err := s.close(ctx, c, n, now)
	if err != nil {
		return false, err
	}
	if b == nil { // forgotten long ago: the alert goes out alone
		n.Bundle = ""
		err := s.tell(ctx, c, n, now)
		return err == nil, err
	}
	if !b.SentAt.IsZero() {
		return true, nil
	}
	if len(b.Cases) > 0 && b.Cases[0] != c.ID && now.Before(b.Due.Add(overdueBundle)) {
		n.Due = feedback.UTC(now.Add(2 * time.Second))
		return false, nil
	}
	if b.Count == 1 {
		err = s.tell(ctx, c, n, now)
	} else {
		err = s.sendBundle(ctx, n.To, b)
	}
	if err != nil {
		return false, err
	}
	defer s.lock(n.To)()
	return true, changeSetting(ctx, s.Store, ledgerID(n.To), func(l *ledger) error {
		for i := range l.Bundles {
			if l.Bundles[i].ID == b.ID {
				l.Bundles[i].SentAt = feedback.UTC(now)
			}
		}
		return nil
	})
}

// close ends the gathering of a notice's bundle and returns the bundle, nil when there is none any more.
func (s *Service) close(ctx context.Context, c *feedback.Case, n *feedback.Notice, now time.Time) (*bundle, error) {
	defer s.lock(n.To)()
	var found *bundle
	row, err := s.Store.Settings().Get(ctx, ledgerID(n.To))
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var l ledger
	if err := json.Unmarshal(row.Value, &l); err != nil {
		return nil, fmt.Errorf("setting %s: %w", row.ID, err)
	}
	pick := func(l *ledger) *bundle {
		i := slices.IndexFunc(l.Bundles, func(b bundle) bool { return b.ID == n.Bundle })
		if i < 0 {
			return nil
		}
		return &l.Bundles[i]
	}
	if found = pick(&l); found == nil || found.Closed {
		return found, nil
	}
	err = changeSetting(ctx, s.Store, ledgerID(n.To), func(l *ledger) error {
		if found = pick(l); found != nil {
			found.Closed = true
		}
		return nil
	})
	return found, err
}

// sendBundle sends one mail about several cases.
func (s *Service) sendBundle(ctx context.Context, to string, b *bundle) error {
	page := mail.AlertDigest{Brand: s.Brand, Language: staffLanguage, AgentName: feedback.Agent{Name: s.nameOf(ctx, to)}.FirstName(), Count: b.Count, DeskURL: s.BaseURL + "/desk"}
	for _, id := range b.Cases[:min(len(b.Cases), bundleShown)] {
		c, err := s.Store.Cases().Get(ctx, id)
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		line, err := s.digestLine(ctx, c, b.Due)
		if err != nil {
			return err
		}
		page.Lines = append(page.Lines, line)
		if b.Person != "" {
			page.Customer = line.Customer
		}
	}
	subject, text, html, err := s.Templates.Render(page)
	if err != nil {
		return fmt.Errorf("render bundle: %w", err)
	}
	_, err = s.Sender.Send(ctx, mail.Message{
		Kind: mail.KindAlert, Ref: b.ID, Key: "alerts:" + digest(to) + ":" + b.ID, Date: b.Due, From: s.From,
		To: mail.Address{Name: s.nameOf(ctx, to), Email: to}, Subject: subject, Text: text, HTML: html, Language: staffLanguage,
	})
	return err
}

func (s *Service) digestLine(ctx context.Context, c *feedback.Case, at time.Time) (mail.DigestLine, error) {
	line := mail.DigestLine{Score: c.Score, Customer: c.Customer.Name, Matter: matter(c.Subject, c.Channel), URL: s.BaseURL + "/desk/cases/" + c.ID}
	if line.Customer == "" {
		line.Customer = c.Customer.Email
	}
	if c.Scored {
		_, line.ScoreOf, _ = c.Metric.Scale()
	}
	if !c.Deadline.IsZero() {
		line.Left = s.clock(c.Deadline)
	}
	r, err := s.Store.Responses().Get(ctx, c.ID)
	if errors.Is(err, store.ErrNotFound) {
		return line, nil
	}
	if err == nil {
		line.Words, line.Signals = r.Comment, signals(r)
	}
	return line, err
}
