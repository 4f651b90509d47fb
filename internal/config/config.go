// Package config turns the environment and the flags into one checked Config. All mistakes are
// reported at once; what it returns can be used as it is.
package config

import (
	"errors"
	"fmt"
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Variable is one setting: its name in the environment, its default, and what it means. The flag of
// the same name is written in lower case with dashes and without EARSHOT_.
type Variable struct {
	Name, Default, Meaning string
}

// Variables lists every setting in the order in which the README shows them.
func Variables() []Variable {
	return []Variable{
		{"EARSHOT_ADDR", "127.0.0.1:8080", "where to listen"},
		{"EARSHOT_BASE_URL", "http://localhost:8080", "what links in mails begin with"},
		{"EARSHOT_DATA", "./data", "folder of the embedded store and the outbox"},
		{"EARSHOT_STORE", "sqlite", "`sqlite`, or a `mongodb://` / `mongodb+srv://` URI"},
		{"EARSHOT_MAIL", "outbox", "`outbox` (one .eml file per message in `$EARSHOT_DATA/outbox`, browsable at `/outbox` for administrators), `resend`, or `smtp://user:pass@host:port`"},
		{"RESEND_API_KEY", "", "key of the Resend account"},
		{"RESEND_WEBHOOK_SECRET", "", "secret with which Resend signs its webhooks"},
		{"RESEND_BASE_URL", "", "another address of the Resend API, for tests and proxies"},
		{"EARSHOT_FROM", "Earshot <surveys@localhost>", "sender of surveys"},
		{"EARSHOT_INBOUND", "", "mailbox whose mail is handed to `/hooks/inbound` or comes in through Resend, such as `reply@in.example.com`; answers to surveys go there, with a tag; empty lets them go to the agent"},
		{"EARSHOT_ZENDESK_SECRET", "", "secret with which Zendesk signs `/hooks/zendesk`; this one and the next five: see docs/helpdesks.md"},
		{"EARSHOT_FRESHDESK_SECRET", "", "value of the header X-Earshot-Secret at `/hooks/freshdesk`"},
		{"EARSHOT_INTERCOM_SECRET", "", "client secret of the Intercom app that calls `/hooks/intercom`"},
		{"EARSHOT_HELPSCOUT_SECRET", "", "secret with which Help Scout signs `/hooks/helpscout`"},
		{"EARSHOT_CHATWOOT_SECRET", "", "secret with which Chatwoot signs `/hooks/chatwoot`"},
		{"EARSHOT_ZAMMAD_SECRET", "", "token with which Zammad signs `/hooks/zammad`"},
		{"EARSHOT_ALLOW_NETWORKS", "", "networks inside the own one that alerts may be posted to, such as `10.20.0.0/16,192.168.7.5/32`; empty allows the public internet only"},
		{"EARSHOT_ORG", "Your company", "name shown to customers"},
		{"EARSHOT_TIMEZONE", "UTC", "zone of reports, working hours and of customers whose zone is unknown"},
		{"EARSHOT_SECRET", "", "signs links and sessions; generated once into the data folder when empty; required when several instances share a MongoDB"},
		{"EARSHOT_RETENTION", "", "with a MongoDB, the age at which interactions, invitations, responses and cases are removed, such as `730d`; empty keeps them for ever"},
		{"EARSHOT_ROLES", "web,worker", "run only one part on this instance"},
		{"EARSHOT_SURVEYS", "", "folder that replaces or adds to the embedded survey definitions"},
		{"EARSHOT_EMAILS", "", "folder that replaces or adds to the embedded mail templates"},
		{"EARSHOT_LOG", "text", "`text` or `json`"},
	}
}

// Flag is the command-line name of a setting.
func (v Variable) Flag() string {
	return strings.ToLower(strings.ReplaceAll(strings.TrimPrefix(v.Name, "EARSHOT_"), "_", "-"))
}

// Kinds of mail senders.
const (
	MailOutbox = "outbox"
	MailResend = "resend"
	MailSMTP   = "smtp"
)

// Config is the whole configuration, checked.
type Config struct {
	Addr string
	// BaseURL has no slash at the end. It is empty when it is not set and EARSHOT_ADDR names another
	// port than the default's: then links begin with http://localhost and the port that was opened.
	BaseURL string
	Data    string
	// MongoURI is empty for the embedded store.
	MongoURI string
	Mail     string // one of the kinds
	SMTP     string // the URL, when Mail is MailSMTP
	Resend   Resend
	From     mail.Address
	Inbound  string // mailbox for answers, or empty
	// AllowNetworks are private networks that alerts may be posted to.
	AllowNetworks []netip.Prefix
	// Helpdesks are the secrets of helpdesks, by the names in their addresses; only those that are set.
	Helpdesks map[string]string
	Org       string
	Zone      *time.Location
	Secret    string // may be empty: then one is generated into the data folder
	// Retention is the age at which raw data is removed; zero keeps it for ever.
	Retention time.Duration
	Web       bool
	Worker    bool
	Surveys   string // folder, or empty
	Emails    string // folder, or empty
	JSONLog   bool
}

// Resend is the account at Resend.
type Resend struct {
	Key, WebhookSecret, BaseURL string
}

// Load reads the settings from lookup, which returns the value of a variable and whether it is set
// (flags first, then the environment). Its error lists every mistake, one a line.
func Load(lookup func(name string) (string, bool)) (Config, error) {
	l := loader{lookup: lookup, defaults: map[string]string{}}
	for _, v := range Variables() {
		l.defaults[v.Name] = v.Default
	}
	c := Config{
		Addr: l.addr("EARSHOT_ADDR"), BaseURL: l.baseURL("EARSHOT_BASE_URL"), Data: l.text("EARSHOT_DATA"),
		MongoURI: l.store("EARSHOT_STORE"), From: l.from("EARSHOT_FROM"), Org: l.text("EARSHOT_ORG"),
		Zone: l.zone("EARSHOT_TIMEZONE"), Secret: l.secret("EARSHOT_SECRET"),
		Surveys: l.folder("EARSHOT_SURVEYS"), Emails: l.folder("EARSHOT_EMAILS"),
		JSONLog: l.oneOf("EARSHOT_LOG", "text", "json") == "json",
		Resend:  Resend{l.text("RESEND_API_KEY"), l.text("RESEND_WEBHOOK_SECRET"), l.text("RESEND_BASE_URL")},
	}
	c.Inbound = l.mailbox("EARSHOT_INBOUND")
	c.AllowNetworks = l.networks("EARSHOT_ALLOW_NETWORKS")
	c.Helpdesks = l.helpdesks("zendesk", "freshdesk", "intercom", "helpscout", "chatwoot", "zammad")
	c.Web, c.Worker = l.roles("EARSHOT_ROLES")
	c.Retention = l.age("EARSHOT_RETENTION")
	if c.Retention > 0 && c.MongoURI == "" {
		l.wrong("EARSHOT_RETENTION", "works with a MongoDB only")
	}
	c.Mail, c.SMTP = l.mail("EARSHOT_MAIL")
	if c.Mail == MailResend && c.Resend.Key == "" {
		l.wrong("RESEND_API_KEY", "is required when EARSHOT_MAIL is resend")
	}
	if c.MongoURI != "" && c.Secret == "" {
		l.wrong("EARSHOT_SECRET", "is required with a MongoDB: every instance must sign links and sessions with the same secret; make one with `openssl rand -hex 32`")
	}
	return c, errors.Join(l.errs...)
}

// Env looks settings up in the environment of the process.
func Env(name string) (string, bool) {
	v, ok := os.LookupEnv(name)
	return v, ok && v != ""
}

type loader struct {
	lookup   func(string) (string, bool)
	defaults map[string]string
	errs     []error
}

func (l *loader) wrong(name, format string, args ...any) {
	l.errs = append(l.errs, fmt.Errorf("%s %s", name, fmt.Sprintf(format, args...)))
}

func (l *loader) text(name string) string {
	if v, ok := l.lookup(name); ok {
		return strings.TrimSpace(v)
	}
	return l.defaults[name]
}

func (l *loader) networks(name string) []netip.Prefix {
	var out []netip.Prefix
	for _, part := range strings.Split(l.text(name), ",") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		p, err := netip.ParsePrefix(part)
		if err != nil {
			l.wrong(name, "%q is not a network such as 10.20.0.0/16", part)
			continue
		}
		out = append(out, p.Masked())
	}
	return out
}

func (l *loader) addr(name string) string {
	v := l.text(name)
	if _, _, err := net.SplitHostPort(v); err != nil {
		l.wrong(name, "%q is not host:port, such as 127.0.0.1:8080", v)
	}
	return v
}

func (l *loader) baseURL(name string) string {
	if _, set := l.lookup(name); !set && !strings.HasSuffix(l.text("EARSHOT_ADDR"), ":8080") {
		return ""
	}
	v := strings.TrimRight(l.text(name), "/")
	u, err := url.Parse(v)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || u.RawQuery != "" || u.User != nil {
		l.wrong(name, "%q is not an address such as https://feedback.example.com", v)
	}
	return v
}

func (l *loader) store(name string) string {
	v := l.text(name)
	if v == "sqlite" {
		return ""
	}
	if !strings.HasPrefix(v, "mongodb://") && !strings.HasPrefix(v, "mongodb+srv://") {
		l.wrong(name, "must be sqlite, or a mongodb:// or mongodb+srv:// URI")
	}
	return v
}

func (l *loader) from(name string) mail.Address {
	v := l.text(name)
	a, err := mail.ParseAddress(v)
	if err != nil {
		l.wrong(name, "%q is not a sender such as Example <surveys@example.com>", v)
		return mail.Address{}
	}
	return *a
}

func (l *loader) zone(name string) *time.Location {
	v := l.text(name)
	zone, err := time.LoadLocation(v)
	if err != nil || v == "Local" {
		l.wrong(name, "%q is not a time zone of the IANA database, such as Europe/Berlin", v)
		return time.UTC
	}
	return zone
}

// helpdesks reads the secrets of the named systems. A short one could be guessed.
func (l *loader) helpdesks(systems ...string) map[string]string {
	out := map[string]string{}
	for _, s := range systems {
		name := "EARSHOT_" + strings.ToUpper(s) + "_SECRET"
		if v := l.text(name); v != "" {
			out[s] = v
			if len(v) < 8 {
				l.wrong(name, "has %d characters; at least 8 are needed", len(v))
			}
		}
	}
	return out
}

// maxMailbox is how many characters the name of the mailbox for answers has at most: beside the tag, of
// 47 characters, 64 are allowed (RFC 5321, 4.5.3.1.1).
const maxMailbox = 17

func (l *loader) mailbox(name string) string {
	v := l.text(name)
	if v == "" {
		return ""
	}
	a, err := mail.ParseAddress(v)
	if err != nil || a.Name != "" || a.Address != v {
		l.wrong(name, "%q is not an address such as reply@in.example.com", v)
		return ""
	}
	local := v[:strings.LastIndex(v, "@")]
	if strings.Contains(local, "+") || len(local) > maxMailbox {
		l.wrong(name, "%q cannot carry a tag: its name must have at most %d characters and no +", v, maxMailbox)
	}
	return v
}

func (l *loader) secret(name string) string {
	v := l.text(name)
	if v != "" && len(v) < 16 {
		l.wrong(name, "has %d characters; at least 16 are needed", len(v))
	}
	return v
}

func (l *loader) folder(name string) string {
	v := l.text(name)
	if v == "" {
		return ""
	}
	info, err := os.Stat(v)
	if err != nil || !info.IsDir() {
		l.wrong(name, "%q is not a folder", v)
	}
	return v
}

func (l *loader) age(name string) time.Duration {
	v := l.text(name)
	if v == "" {
		return 0
	}
	days, err := strconv.Atoi(strings.TrimSuffix(v, "d"))
	if err != nil || days < 1 || !strings.HasSuffix(v, "d") {
		l.wrong(name, "%q is not a number of days such as 730d", v)
	}
	return time.Duration(days) * 24 * time.Hour
}

func (l *loader) oneOf(name string, allowed ...string) string {
	v := l.text(name)
	if !slices.Contains(allowed, v) {
		l.wrong(name, "%q is not one of %s", v, strings.Join(allowed, ", "))
	}
	return v
}

func (l *loader) roles(name string) (web, worker bool) {
	for _, r := range strings.Split(l.text(name), ",") {
		switch strings.TrimSpace(r) {
		case "web":
			web = true
		case "worker":
			worker = true
		default:
			l.wrong(name, "%q is not one of web, worker", r)
		}
	}
	return web, worker
}

func (l *loader) mail(name string) (kind, smtp string) {
	v := l.text(name)
	if v == MailOutbox || v == MailResend {
		return v, ""
	}
	u, err := url.Parse(v)
	if err != nil || (u.Scheme != "smtp" && u.Scheme != "smtps") || u.Hostname() == "" {
		l.wrong(name, "must be outbox, resend, or smtp://user:pass@host:port")
		return MailOutbox, ""
	}
	return MailSMTP, v
}
