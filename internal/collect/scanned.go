package collect

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/store"
)

// The memory of which recipient domains have their mail read by machines. It is one setting for each
// domain, so that all instances share it, and every instance keeps what it read for a while.
const (
	domainPrefix = "scanner/"
	domainLives  = 30 * 24 * time.Hour // a domain without new signs is believed again
	domainFresh  = 15 * time.Second    // how long an instance trusts what it read
	domainCached = 20_000              // domains kept by an instance
	domainMarks  = 20                  // marks kept of a domain
	strongMark   = 3
	weakMark     = 1
	ownLimit     = 3 // marks that make a domain scanned
	sharedLimit  = 9 // the same where millions of unrelated people have their mailbox
)

// Domain is what is remembered of a recipient domain.
type Domain struct {
	Name  string `json:"domain"`
	Marks []Mark `json:"marks"`
}

// Mark is what one invitation said about its recipient's domain.
type Mark struct {
	Invitation string    `json:"invitation"`
	At         time.Time `json:"at"`
	Signs      []string  `json:"signs"`
	Points     int       `json:"points"`
}

// Scanned tells whether machines follow the links in this domain's mail.
func (d Domain) Scanned(now time.Time) bool {
	points := 0
	for _, m := range d.Marks {
		if now.Sub(m.At) < domainLives {
			points += m.Points
		}
	}
	return points >= ownLimit && (points >= sharedLimit || !sharedDomains()[d.Name])
}

// Last is when the domain last gave a sign.
func (d Domain) Last() time.Time {
	var last time.Time
	for _, m := range d.Marks {
		if m.At.After(last) {
			last = m.At
		}
	}
	return last
}

// Signs lists the kinds of signs that the domain gave.
func (d Domain) Signs() []string {
	var out []string
	for _, m := range d.Marks {
		for _, k := range m.Signs {
			if !slices.Contains(out, k) {
				out = append(out, k)
			}
		}
	}
	slices.Sort(out)
	return out
}

// sharedDomains give mailboxes to unrelated people: one scanned mailbox says little about the others.
func sharedDomains() map[string]bool {
	out := map[string]bool{}
	for _, d := range strings.Fields(`gmail.com googlemail.com outlook.com hotmail.com live.com msn.com yahoo.com ymail.com aol.com icloud.com me.com
		mac.com gmx.de gmx.net gmx.at gmx.ch web.de t-online.de freenet.de mail.com proton.me protonmail.com orange.fr free.fr laposte.net wanadoo.fr
		libero.it virgilio.it tiscali.it uol.com.br bol.com.br terra.com.br sapo.pt ziggo.nl kpnmail.nl comcast.net verizon.net att.net btinternet.com`) {
		out[d] = true
	}
	return out
}

func domainOf(email string) string {
	at := strings.LastIndexByte(email, '@')
	if at < 0 {
		return ""
	}
	return strings.ToLower(email[at+1:])
}

// domains is an instance's copy of the memory.
type domains struct {
	mu    sync.Mutex
	known map[string]domainCopy
}

type domainCopy struct {
	domain Domain
	read   time.Time
}

func (d *domains) get(name string, now time.Time) (Domain, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	c, ok := d.known[name]
	return c.domain, ok && now.Sub(c.read).Abs() < domainFresh
}

func (d *domains) put(name string, v Domain, now time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.known) >= domainCached {
		clear(d.known)
	}
	d.known[name] = domainCopy{v, now}
}

// Scanned tells whether machines are known to follow the links in this domain's mail.
func (s *Service) Scanned(ctx context.Context, domain string, now time.Time) (bool, error) {
	if domain == "" {
		return false, nil
	}
	d, ok := s.domains.get(domain, now)
	if !ok {
		row, err := s.Store.Settings().Get(ctx, domainPrefix+domain)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return true, wrap("read the memory of scanners", err)
		}
		d = Domain{Name: domain}
		if err == nil {
			d = readDomain(row)
		}
		s.domains.put(domain, d, now)
	}
	return d.Scanned(now), nil
}

// readDomain reads a setting of ours; one that cannot be read counts as empty and is written anew.
func readDomain(row *feedback.Setting) Domain {
	d := Domain{Name: strings.TrimPrefix(row.ID, domainPrefix)}
	_ = json.Unmarshal(row.Value, &d) // see above
	return d
}

// remember adds the new signs of an invitation to the memory of its recipient's domain.
func (s *Service) remember(ctx context.Context, v *feedback.Invitation, added []string, now time.Time) error {
	name := domainOf(v.Customer.Email)
	if len(added) == 0 || name == "" {
		return nil
	}
	if d, ok := s.domains.get(name, now); ok && d.Scanned(now) && now.Sub(d.Last()) < time.Hour {
		return nil // it is known well enough; a busy scanner must not make this row a bottleneck
	}
	for {
		row, err := s.Store.Settings().Get(ctx, domainPrefix+name)
		missing := errors.Is(err, store.ErrNotFound)
		if err != nil && !missing {
			return wrap("read the memory of scanners", err)
		}
		if missing {
			row = &feedback.Setting{Record: feedback.Record{ID: domainPrefix + name}}
		}
		d := readDomain(row)
		d.mark(v, now)
		if row.Value, err = json.Marshal(d); err != nil {
			return wrap("write the memory of scanners", err)
		}
		if missing {
			err = s.Store.Settings().Insert(ctx, row)
		} else {
			err = s.Store.Settings().Save(ctx, row)
		}
		if err == nil {
			s.domains.put(name, d, now)
			return nil
		}
		if !errors.Is(err, store.ErrConflict) && !errors.Is(err, store.ErrExists) {
			return wrap("write the memory of scanners", err)
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
}

// mark writes what an invitation's signs say about the domain; each invitation has one mark.
func (d *Domain) mark(v *feedback.Invitation, now time.Time) {
	m := Mark{Invitation: v.ID, At: feedback.UTC(now), Points: weakMark}
	for _, sign := range v.Signs {
		m.Signs = append(m.Signs, sign.Kind)
		if sign.Strong() {
			m.Points = strongMark
		}
	}
	d.Marks = slices.DeleteFunc(d.Marks, func(old Mark) bool { return old.Invitation == v.ID || now.Sub(old.At) > domainLives })
	d.Marks = append(d.Marks, m)
	if n := len(d.Marks); n > domainMarks {
		d.Marks = d.Marks[n-domainMarks:]
	}
}

// Domains lists the remembered domains, by name.
func (s *Service) Domains(ctx context.Context) ([]Domain, error) {
	var out []Domain
	err := s.settings(ctx, domainPrefix, func(row *feedback.Setting) { out = append(out, readDomain(row)) })
	return out, err
}

// ForgetDomain lets a domain's customers answer with one click again, until new signs come.
func (s *Service) ForgetDomain(ctx context.Context, name string, now time.Time) error {
	err := s.Store.Settings().Delete(ctx, domainPrefix+name)
	s.domains.put(name, Domain{Name: name}, now)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return wrap("forget a domain", err)
}

// settings goes through the settings whose names begin with prefix, in order.
func (s *Service) settings(ctx context.Context, prefix string, each func(*feedback.Setting)) error {
	for after := prefix; ; {
		rows, err := s.Store.Settings().Scan(ctx, after, 500)
		if err != nil {
			return wrap("read settings", err)
		}
		for _, row := range rows {
			if !strings.HasPrefix(row.ID, prefix) {
				return nil
			}
			each(row)
			after = row.ID
		}
		if len(rows) < 500 {
			return nil
		}
	}
}
