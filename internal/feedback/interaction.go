package feedback

import (
	"fmt"
	"net/mail"
	"strings"
	"time"
	"unicode/utf8"
)

// Customer is who was served. Email is where surveys go; Locale (BCP 47) and Timezone (IANA) are
// the customer's own and may be empty. Value is what the customer is worth to the organisation, in
// its own currency; Segment is the organisation's own word.
type Customer struct {
	ID, Email, Name, Locale, Timezone string
	Value                             float64
	Segment                           string
}

// FirstName is the name by which a survey addresses the customer; empty when unknown.
func (c Customer) FirstName() string { return firstName(c.Name) }

// Agent is a person of the organisation who serves customers.
type Agent struct {
	Email, Name, Team string
}

// FirstName is the name by which customers know the agent; empty when unknown.
func (a Agent) FirstName() string { return firstName(a.Name) }

// DisplayName is the agent's name, or the address when no name is known.
func (a Agent) DisplayName() string {
	if a.Name != "" {
		return a.Name
	}
	return a.Email
}

func firstName(name string) string {
	first, _, _ := strings.Cut(strings.TrimSpace(name), " ")
	return first
}

// Owner is one link of the owner chain: who had the interaction from when on.
type Owner struct {
	Email string
	From  time.Time
}

// Metrics are the operational figures of an interaction. They explain a perceived problem; they are
// never a score. Nil means not reported.
type Metrics struct {
	WaitSeconds, HandleSeconds *float64
	Transfers, Reopens         *int
}

// Interaction is one finished service contact. Everything but Decision, Ledger and the Record is
// frozen when it arrives: a later change of owner never moves the score.
type Interaction struct {
	Record
	Source, External string
	Person           string
	Channel, Subject string
	EndedAt          time.Time
	ReceivedAt       time.Time
	Customer         Customer
	Agent            Agent
	Owners           []Owner
	Survey           string
	NoAsk            bool
	Tags             []string
	Metrics          Metrics
	Decision         Decision
	// Withdrawn is when the source said that it is not over, or was never one; zero: it stands.
	Withdrawn time.Time
	Ledger    []Line
}

// Outcomes of a decision.
const (
	Asked    = "asked"
	Deferred = "deferred"
	Skipped  = "skipped"
)

// Decision is what was decided about asking, by which rule. An empty Outcome means that the
// decision was interrupted and is still due.
type Decision struct {
	Outcome, Reason, Rule string
	Invitation            string
	SendAt                time.Time
}

// Sizes that an interaction's texts may have, in bytes.
const (
	maxShort = 200
	maxText  = 2000
	maxTags  = 50
	maxChain = 100
)

// Validate checks what a source sent and reports every mistake, each with the field's JSON path.
func (in Interaction) Validate() []FieldError {
	var errs fieldErrors
	errs.need("source", in.Source)
	errs.need("id", in.External)
	errs.short("source", in.Source)
	errs.short("id", in.External)
	errs.short("channel", in.Channel)
	errs.text("subject", in.Subject)
	in.Customer.validate(&errs, in.NoAsk)
	errs.need("agent.email", in.Agent.Email)
	errs.email("agent.email", in.Agent.Email)
	errs.short("agent.name", in.Agent.Name)
	errs.short("agent.team", in.Agent.Team)
	errs.short("survey", in.Survey)
	if len(in.Tags) > maxTags {
		errs.add("tags", fmt.Sprintf("has %d entries; at most %d are kept", len(in.Tags), maxTags))
	}
	for i, t := range in.Tags {
		errs.short(fmt.Sprintf("tags[%d]", i), t)
	}
	in.validateOwners(&errs)
	in.Metrics.validate(&errs)
	return errs
}

func (in Interaction) validateOwners(errs *fieldErrors) {
	if len(in.Owners) > maxChain {
		errs.add("owners", fmt.Sprintf("has %d entries; at most %d are kept", len(in.Owners), maxChain))
	}
	for i, o := range in.Owners {
		path := fmt.Sprintf("owners[%d]", i)
		errs.need(path+".email", o.Email)
		errs.email(path+".email", o.Email)
		if o.From.IsZero() {
			errs.add(path+".from", "is required, as an RFC 3339 time")
		}
	}
}

func (c Customer) validate(errs *fieldErrors, noAsk bool) {
	if c.Email == "" && !(noAsk && c.ID != "") {
		errs.add("customer.email", `is required (or customer.id together with "ask": false)`)
	}
	errs.email("customer.email", c.Email)
	errs.short("customer.id", c.ID)
	errs.short("customer.name", c.Name)
	errs.short("customer.locale", c.Locale)
	errs.short("customer.segment", c.Segment)
	if c.Timezone != "" {
		if _, err := time.LoadLocation(c.Timezone); err != nil {
			errs.add("customer.timezone", "is not a time zone of the IANA database, such as Europe/Berlin")
		}
	}
}

func (m Metrics) validate(errs *fieldErrors) {
	for path, v := range map[string]*float64{"metrics.wait_seconds": m.WaitSeconds, "metrics.handle_seconds": m.HandleSeconds} {
		if v != nil && *v < 0 {
			errs.add(path, "must not be negative")
		}
	}
	for path, v := range map[string]*int{"metrics.transfers": m.Transfers, "metrics.reopens": m.Reopens} {
		if v != nil && *v < 0 {
			errs.add(path, "must not be negative")
		}
	}
}

// FieldError is one mistake in one field of what somebody sent.
type FieldError struct {
	Field  string // JSON path
	Detail string // what is wrong and what to do
}

type fieldErrors []FieldError

func (e *fieldErrors) add(field, detail string) {
	*e = append(*e, FieldError{field, detail})
}

func (e *fieldErrors) need(field, value string) {
	if strings.TrimSpace(value) == "" {
		e.add(field, "is required")
	}
}

func (e *fieldErrors) short(field, value string) { e.size(field, value, maxShort) }
func (e *fieldErrors) text(field, value string)  { e.size(field, value, maxText) }

func (e *fieldErrors) size(field, value string, limit int) {
	if len(value) > limit {
		e.add(field, fmt.Sprintf("is %d bytes long; at most %d are kept", len(value), limit))
	}
	if !utf8.ValidString(value) || strings.ContainsRune(value, 0) {
		e.add(field, "is not valid UTF-8 text")
	}
}

func (e *fieldErrors) email(field, value string) {
	if value == "" {
		return
	}
	if !ValidEmail(value) {
		e.add(field, "is not an e-mail address")
	}
}

// ValidEmail tells whether s is one bare address of the form local@domain (RFC 5322 addr-spec).
func ValidEmail(s string) bool {
	if len(s) > 254 || strings.ContainsAny(s, "\r\n\x00") {
		return false
	}
	a, err := mail.ParseAddress(s)
	return err == nil && a.Address == s && a.Name == ""
}
