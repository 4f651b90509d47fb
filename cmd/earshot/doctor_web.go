package main

import (
	"context"
	"net"
	"net/http"
	"net/url"
	"time"

	"earshot/internal/config"
)

// baseURL examines what every link in every mail begins with.
func (d *doctor) baseURL(ctx context.Context, c config.Config) {
	if c.BaseURL == "" {
		d.fine("links", "begin with http://localhost and the port that is opened")
		return
	}
	u, err := url.Parse(c.BaseURL)
	if err != nil {
		d.problem("links", "%v", err)
		return
	}
	host := u.Hostname()
	ip := net.ParseIP(host)
	own := host == "localhost" || ip != nil && ip.IsLoopback()
	switch {
	case own && c.Mail != config.MailOutbox:
		d.problem("links", "mail leaves this machine, but its links begin with %s, which only this machine can open; set EARSHOT_BASE_URL", c.BaseURL)
		return
	case own:
		d.fine("links", "begin with %s, for trying it on this machine", c.BaseURL)
		return
	case u.Scheme != "https":
		d.worry("links", "begin with %s: without https everybody on the way can read and change answers", c.BaseURL)
	}
	ctx, cancel := context.WithTimeout(ctx, askFor)
	defer cancel()
	if ip == nil {
		if _, err := d.dns.LookupHost(ctx, host); err != nil {
			d.problem("links", "%s cannot be found by its name: customers could not open a link", host)
			return
		}
	}
	d.answering(ctx, c.BaseURL)
}

// answering asks the address itself.
func (d *doctor) answering(ctx context.Context, base string) {
	status, server := d.ask(ctx, base+"/healthz")
	switch {
	case status == 0:
		d.worry("links", "nobody answers at %s; start the service, or look at what stands before it", base)
	case status != http.StatusOK:
		d.worry("links", "%s/healthz answers %d: something else stands there, or the way to the service is not open", base, status)
	default:
		d.fine("links", "begin with %s, and the service answers there", base)
	}
	if !server.IsZero() {
		d.servers = append(d.servers, serverClock{base, server, d.now()})
	}
}

// readDate keeps what time another server says it is.
func (d *doctor) readDate(ctx context.Context, name, address string) {
	if _, at := d.ask(ctx, address); !at.IsZero() {
		d.servers = append(d.servers, serverClock{name, at, d.now()})
	}
}

// ask gets an address; the status is 0 when nobody answers, the time zero when the answer tells none.
func (d *doctor) ask(ctx context.Context, address string) (status int, at time.Time) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return 0, time.Time{}
	}
	res, err := d.http.Do(r)
	if err != nil {
		return 0, time.Time{}
	}
	_ = res.Body.Close()
	at, err = http.ParseTime(res.Header.Get("Date"))
	if err != nil {
		at = time.Time{}
	}
	return res.StatusCode, at
}

// How far clocks may lie apart: signatures of webhooks are refused beyond five minutes, and a header
// tells whole seconds only.
const (
	wrongClock = 4 * time.Minute
	looseClock = 10 * time.Second
)

// clock compares this machine's clock with those that were met.
func (d *doctor) clock() {
	if now := d.now(); now.Year() < 2026 {
		d.problem("clock", "this machine believes that it is %s", now.Format(time.RFC1123))
		return
	}
	if len(d.servers) == 0 {
		d.fine("clock", "it is %s here; there was no other clock to compare with", d.now().UTC().Format("2006-01-02 15:04:05 UTC"))
		return
	}
	for _, s := range d.servers {
		switch off := s.seen.Sub(s.at).Abs(); {
		case off > wrongClock:
			d.problem("clock", "differs from that of %s by %s; webhooks would be refused and nothing sent on time", s.name, off.Round(time.Second))
		case off > looseClock:
			d.worry("clock", "differs from that of %s by %s", s.name, off.Round(time.Second))
		default:
			d.fine("clock", "agrees with that of %s", s.name)
		}
	}
}

func orElse(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}
