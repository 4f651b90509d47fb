package mail

import (
	"cmp"
	"html/template"
	"math"
	"slices"
	"strings"
)

// Entries of a list and marks in a comment that fit a mail.
const (
	maxList  = 6
	maxMarks = 30
)

// Matter is what the interaction was about, or else how the comment begins; it may be empty.
func (p Alert) Matter() string {
	return firstOf(p.InteractionSubject, tidy(p.Words(), maxPerson))
}

// Words is the comment without its marks.
func (p Alert) Words() string {
	var b strings.Builder
	for _, piece := range p.Comment {
		b.WriteString(piece.Text)
	}
	return strings.TrimSpace(b.String())
}

// Marked tells whether any words of the comment are marked.
func (p Alert) Marked() bool {
	return slices.ContainsFunc(p.Comment, func(piece Piece) bool { return piece.Weight != 0 })
}

// Cut tells whether the comment goes on beyond what the mail shows.
func (p Alert) Cut() bool { return p.cut }

// Thumbs tells whether the score is one of two, for which a number says nothing.
func (p Alert) Thumbs() bool { return p.ScoreOf == 1 }

// Badge is the colour behind the score: red where the score is why there is an alert, grey where the
// words are.
func (p Alert) Badge() template.CSS {
	switch p.Reason {
	case ReasonRaised:
		return "#166534"
	case ReasonLowScore, ReasonReopened, "":
		return "#991b1b"
	}
	return "#374151"
}

// Lines are the comment's lines, each as its pieces.
func (p Alert) Lines() [][]Piece {
	lines := [][]Piece{nil}
	for _, piece := range p.Comment {
		for i, text := range strings.Split(piece.Text, "\n") {
			if i > 0 {
				lines = append(lines, nil)
			}
			if text != "" {
				last := len(lines) - 1
				lines[last] = append(lines[last], Piece{text, piece.Weight})
			}
		}
	}
	return lines
}

// Split returns the piece's words and the white space around them, so that marks stand close.
func (p Piece) Split() [3]string {
	words := strings.TrimSpace(p.Text)
	if words == "" {
		return [3]string{p.Text, "", ""}
	}
	before, after, _ := strings.Cut(p.Text, words)
	return [3]string{before, words, after}
}

func (p Alert) tidied(w words) (Page, error) {
	tidied, err := p.tidy(w)
	return tidied, err
}

func (p Alert) tidy(w words) (Alert, error) {
	unknown, err := w.With("a_customer", p)
	if err != nil {
		return p, err
	}
	tidyAll(maxPerson, &p.Brand.Org, &p.CustomerName, &p.CustomerEmail, &p.CustomerValue, &p.Segment, &p.AgentName,
		&p.Ladder, &p.Channel, &p.Survey, &p.Label, &p.Acknowledge.By, &p.Contact.By, &p.Resolve.By)
	p.CustomerName = firstOf(p.CustomerName, p.CustomerEmail, unknown)
	p.InteractionSubject = tidy(p.InteractionSubject, maxMatter)
	p.Reason = AlertReason(tidy(string(p.Reason), maxLine))
	p.Topics, p.Signals = shortList(p.Topics), shortList(p.Signals)
	p.History = slices.Clone(p.History[:min(len(p.History), maxList)])
	for i := range p.History {
		tidyAll(maxLine, &p.History[i].What, &p.History[i].When)
	}
	p.Comment, p.cut = fitComment(p.Comment)
	return p, nil
}

func shortList(list []string) []string {
	list = slices.Clone(list[:min(len(list), maxList)])
	for i := range list {
		list[i] = tidy(list[i], maxPerson)
	}
	return list
}

// fitComment keeps the beginning of a comment and the marks that weigh most; cut tells whether words
// were left out.
func fitComment(pieces []Piece) (fit []Piece, cut bool) {
	room := maxComment
	for _, p := range heaviestMarks(pieces) {
		p.Text = plain(p.Text)
		runes := []rune(p.Text)
		if len(runes) > room {
			p.Text = strings.TrimRight(string(runes[:room]), " \n") + "…"
			return append(fit, p), true
		}
		room -= len(runes)
		if last := len(fit) - 1; last >= 0 && alike(fit[last].Weight, p.Weight) {
			fit[last].Text += p.Text
			continue
		}
		fit = append(fit, p)
	}
	return fit, false
}

// alike tells whether two pieces are marked in the same way.
func alike(a, b float64) bool { return (a > 0) == (b > 0) && (a < 0) == (b < 0) }

// heaviestMarks returns pieces with the weight of all but the maxMarks heaviest set to zero.
func heaviestMarks(pieces []Piece) []Piece {
	pieces = slices.Clone(pieces)
	order := make([]int, len(pieces))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Compare(math.Abs(pieces[b].Weight), math.Abs(pieces[a].Weight))
	})
	for _, i := range order[min(len(order), maxMarks):] {
		pieces[i].Weight = 0
	}
	return pieces
}

// plain makes a customer's text safe to stand among ours: valid, with \n for line ends, at most one
// empty line in a row, and nothing that turns the direction of what follows.
func plain(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n").Replace(s)
	s = strings.Map(func(r rune) rune {
		if (r < ' ' && r != '\n') || r == 0x7F || isDirection(r) {
			return ' '
		}
		return r
	}, s)
	for strings.Contains(s, "\n\n\n") {
		s = strings.ReplaceAll(s, "\n\n\n", "\n\n")
	}
	return s
}

func (p Alert) head(w words) (subject, preheader string, err error) {
	key := "alert_subject"
	switch p.ScoreOf {
	case 0:
		key = "alert_subject_unscored"
	case 1:
		if p.Score == 0 {
			key = "alert_subject_thumbs"
		}
	}
	if p.Reason == ReasonRaised {
		key = "alert_subject_raised"
	}
	if subject, err = w.With(key, p); err != nil {
		return "", "", err
	}
	if preheader = tidy(p.Words(), maxLine); preheader == "" {
		preheader, err = w.With("no_comment", p)
	}
	return subject, preheader, err
}

func (p Escalation) tidied(w words) (Page, error) {
	var err error
	p.Alert, err = p.Alert.tidy(w)
	tidyAll(maxPerson, &p.AlertedTo, &p.AlertedAt)
	return p, err
}

func (p Escalation) head(w words) (subject, preheader string, err error) {
	inner, _, err := p.Alert.head(w)
	if err != nil {
		return "", "", err
	}
	subject, err = w.With("escalation_subject", struct{ Inner string }{inner})
	if err != nil {
		return "", "", err
	}
	preheader, err = w.With("overdue_"+p.Overdue, p)
	return subject, preheader, err
}

// Late is the deadline that has passed.
func (p Escalation) Late() Deadline {
	switch p.Overdue {
	case "contact":
		return p.Contact
	case "resolve":
		return p.Resolve
	}
	return p.Acknowledge
}

func (p AlertDigest) tidied(words) (Page, error) {
	tidyAll(maxPerson, &p.Brand.Org, &p.AgentName, &p.Customer)
	p.Lines = slices.Clone(p.Lines)
	for i := range p.Lines {
		l := &p.Lines[i]
		tidyAll(maxPerson, &l.Customer, &l.Left)
		tidyAll(maxLine, &l.Matter, &l.Words)
		l.Signals = shortList(l.Signals)
	}
	return p, nil
}

func (p AlertDigest) head(w words) (subject, preheader string, err error) {
	key := "alert_digest_subject"
	if p.Customer != "" {
		key = "alert_digest_subject_one"
	}
	return both(w, key, "alert_digest_lead", p)
}

// More is how many cases the mail does not show.
func (p AlertDigest) More() int { return max(p.Count-len(p.Lines), 0) }

func (p SignIn) tidied(words) (Page, error) {
	tidyAll(maxPerson, &p.Brand.Org, &p.Name, &p.ForURL)
	return p, nil
}

func (p SignIn) head(w words) (subject, preheader string, err error) {
	return both(w, "signin_subject", "signin_lead", p)
}
