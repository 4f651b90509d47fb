package intake

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/invite"
)

// Interactions is a file of interactions. Its columns are the JSON paths of POST /v1/interactions, and
// each row passes the same rules of asking. Days and times without a zone are those of zone. noAsk takes
// them in without asking anybody.
func Interactions(to *invite.Service, zone *time.Location, noAsk bool, now time.Time) Kind {
	known := interactionColumns()
	var names []string
	for _, c := range known {
		names = append(names, c.name)
	}
	column := func(name string) bool { return slices.Contains(names, name) || listed.MatchString(name) }
	return Kind{
		Column: column, Columns: append(names, "owners[0].email", "owners[0].from"), Required: []string{"source", "id", "agent.email"},
		Together: func(r Row) string {
			return feedback.PersonID(r.Cells["source"], r.Cells["customer.id"], r.Cells["customer.email"])
		},
		Take: func(ctx context.Context, r Row) (bool, error) {
			in, errs := interaction(r, known, zone)
			if len(errs) > 0 {
				return false, &feedback.Invalid{Errors: merge(errs, in.Validate())}
			}
			in.NoAsk = in.NoAsk || noAsk
			_, created, err := to.Accept(ctx, in, now)
			return created, err
		},
	}
}

// merge adds mistakes of content to mistakes of form, but none about a field that could not be read.
func merge(form, content []feedback.FieldError) []feedback.FieldError {
	out := form
	for _, c := range content {
		if !slices.ContainsFunc(form, func(f feedback.FieldError) bool { return f.Field == c.Field }) {
			out = append(out, c)
		}
	}
	return out
}

// cell writes the value of a cell into an interaction; it returns what is wrong with it.
type cell struct {
	name string
	set  func(in *feedback.Interaction, value string, zone *time.Location) string
}

func interactionColumns() []cell {
	text := func(name string, of func(*feedback.Interaction) *string) cell {
		return cell{name, func(in *feedback.Interaction, v string, _ *time.Location) string { *of(in) = v; return "" }}
	}
	type in = *feedback.Interaction
	return []cell{
		text("source", func(i in) *string { return &i.Source }),
		text("id", func(i in) *string { return &i.External }),
		text("channel", func(i in) *string { return &i.Channel }),
		text("subject", func(i in) *string { return &i.Subject }),
		{"ended_at", func(i in, v string, zone *time.Location) string { return readTime(&i.EndedAt, v, zone) }},
		text("customer.id", func(i in) *string { return &i.Customer.ID }),
		text("customer.email", func(i in) *string { return &i.Customer.Email }),
		text("customer.name", func(i in) *string { return &i.Customer.Name }),
		text("customer.locale", func(i in) *string { return &i.Customer.Locale }),
		text("customer.timezone", func(i in) *string { return &i.Customer.Timezone }),
		{"customer.value", func(i in, v string, _ *time.Location) string { return readNumber(&i.Customer.Value, v) }},
		text("customer.segment", func(i in) *string { return &i.Customer.Segment }),
		text("agent.email", func(i in) *string { return &i.Agent.Email }),
		text("agent.name", func(i in) *string { return &i.Agent.Name }),
		text("agent.team", func(i in) *string { return &i.Agent.Team }),
		text("survey", func(i in) *string { return &i.Survey }),
		{"ask", func(i in, v string, _ *time.Location) string { return readAsk(&i.NoAsk, v) }},
		{"tags", func(i in, v string, _ *time.Location) string { i.Tags = append(i.Tags, listOf(v)...); return "" }},
		{"owners", func(i in, v string, zone *time.Location) string { return readOwners(i, v) }},
		{"metrics.wait_seconds", func(i in, v string, _ *time.Location) string {
			i.Metrics.WaitSeconds = new(float64)
			return readNumber(i.Metrics.WaitSeconds, v)
		}},
		{"metrics.handle_seconds", func(i in, v string, _ *time.Location) string {
			i.Metrics.HandleSeconds = new(float64)
			return readNumber(i.Metrics.HandleSeconds, v)
		}},
		{"metrics.transfers", func(i in, v string, _ *time.Location) string {
			i.Metrics.Transfers = new(int)
			return readWhole(i.Metrics.Transfers, v)
		}},
		{"metrics.reopens", func(i in, v string, _ *time.Location) string {
			i.Metrics.Reopens = new(int)
			return readWhole(i.Metrics.Reopens, v)
		}},
	}
}

// listed are the paths of what the API takes as lists: tags[0], owners[1].email.
var listed = regexp.MustCompile(`^(?:tags[.\[](\d{1,2})\]?|owners[.\[](\d{1,2})\]?\.(email|from))$`)

// interaction reads a row.
func interaction(r Row, known []cell, zone *time.Location) (in feedback.Interaction, errs []feedback.FieldError) {
	add := func(name, wrong string) {
		if wrong != "" {
			errs = append(errs, feedback.FieldError{Field: name, Detail: wrong})
		}
	}
	for _, c := range known {
		if v, ok := r.Cells[c.name]; ok {
			add(c.name, c.set(&in, v, zone))
		}
	}
	owners := map[int]*feedback.Owner{}
	var order []int
	for name, v := range r.Cells {
		m := listed.FindStringSubmatch(name)
		if m == nil {
			continue
		}
		if m[1] != "" {
			in.Tags = append(in.Tags, v)
			continue
		}
		i, _ := strconv.Atoi(m[2])
		if owners[i] == nil {
			owners[i] = &feedback.Owner{}
			order = append(order, i)
		}
		if m[3] == "email" {
			owners[i].Email = v
		} else {
			add(name, readTime(&owners[i].From, v, zone))
		}
	}
	slices.Sort(order)
	for _, i := range order {
		in.Owners = append(in.Owners, *owners[i])
	}
	return in, errs
}

// layouts are the ways in which files write times beside RFC 3339.
func layouts() []string {
	return []string{"2006-01-02 15:04:05", "2006-01-02T15:04:05", "2006-01-02 15:04", "2006-01-02T15:04", time.DateOnly}
}

func readTime(to *time.Time, v string, zone *time.Location) string {
	t, err := time.Parse(time.RFC3339, v)
	for _, layout := range layouts() {
		if err != nil {
			t, err = time.ParseInLocation(layout, v, zone)
		}
	}
	if err != nil || t.Year() < 1990 || t.Year() > 2200 {
		return "must be a time such as 2026-11-20T14:03:00Z"
	}
	*to = t.UTC()
	return ""
}

func readNumber(to *float64, v string) string {
	f, err := strconv.ParseFloat(v, 64)
	if err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
		return "must be a number such as 412 or 1290.00"
	}
	*to = f
	return ""
}

func readWhole(to *int, v string) string {
	n, err := strconv.Atoi(v)
	if err != nil {
		return "must be a whole number"
	}
	*to = n
	return ""
}

func readAsk(noAsk *bool, v string) string {
	switch strings.ToLower(v) {
	case "true", "yes", "1":
	case "false", "no", "0":
		*noAsk = true
	default:
		return "must be true or false"
	}
	return ""
}

// listOf reads a JSON array of texts, or texts with ; | or commas between them.
func listOf(v string) []string {
	var out []string
	if strings.HasPrefix(v, "[") && json.Unmarshal([]byte(v), &out) == nil {
		return out
	}
	for _, s := range strings.FieldsFunc(v, func(r rune) bool { return strings.ContainsRune(";,|", r) }) {
		if s = strings.TrimSpace(s); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// readOwners reads the API's JSON array of owners.
func readOwners(in *feedback.Interaction, v string) string {
	var list []struct {
		Email string    `json:"email"`
		From  time.Time `json:"from"`
	}
	if err := json.Unmarshal([]byte(v), &list); err != nil {
		return fmt.Sprintf("must be a JSON array such as %s", `[{"email":"ivy@acme.test","from":"2026-11-20T13:10:00Z"}]`)
	}
	for _, o := range list {
		in.Owners = append(in.Owners, feedback.Owner{Email: o.Email, From: o.From})
	}
	return ""
}
