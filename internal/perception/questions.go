package perception

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/store"
)

// Kinds of questions, in the order in which they are asked.
const (
	AskedLess = "asked"   // customers of one person are asked less often than those of the others
	Skipped   = "skipped" // contacts are marked as not to be asked, or carry a tag that keeps the survey away
	Moved     = "moved"   // cases of low scores are given away by whoever earned them
	Begging   = "begging" // replies to customers ask for a score
	Office    = "office"  // answers come from the organisation's own networks
)

// What makes a difference worth a question: both sides have enough to compare, the shares differ by a
// tenth or more, and a difference as large comes by chance less than once in a hundred times (two
// proportions, normal approximation with the pooled share; Agresti, Categorical Data Analysis, 3.1).
const (
	askLeast  = 20
	askGap    = 0.10
	askZ      = 2.576
	askRead   = 500 // contacts of one person, cases and answers of a team times four
	askQuotes = 3
)

// Question is something that a lead may want to ask about. It is no verdict: each has innocent reasons.
type Question struct {
	Kind   string
	Agent  feedback.Agent
	N, Of  int     // so many of so many
	Peers  float64 // the share among the others; NaN where there is nothing to compare with
	Quotes []string
	Cases  []string // IDs
}

// Share is the person's own share.
func (q Question) Share() float64 { return float64(q.N) / float64(max(q.Of, 1)) }

// portion is one person's count.
type portion struct{ n, of int }

// Questions looks at what a team's people did in [from, to) and asks where somebody differs from the others.
// team is required.
func (s *Service) Questions(ctx context.Context, team string, people []feedback.Agent, from, to time.Time) ([]Question, error) {
	var out []Question
	asked, skipped := map[string]portion{}, map[string]portion{}
	for _, p := range people {
		list, err := s.store.Interactions().List(ctx, store.InteractionFilter{Agent: p.Email, From: from, To: to}, store.Page{Limit: askRead})
		if err != nil {
			return nil, fmt.Errorf("contacts to watch: %w", err)
		}
		a, k := portion{of: len(list.Items)}, portion{of: len(list.Items)}
		for _, in := range list.Items {
			switch {
			case in.Decision.Outcome == feedback.Asked || in.Decision.Outcome == feedback.Deferred:
				a.n++
			case in.NoAsk || strings.HasPrefix(in.Decision.Rule, "ask.except.") || in.Decision.Rule == "ask.spam" || in.Decision.Rule == "ask.merged":
				k.n++
			}
		}
		asked[p.Email], skipped[p.Email] = a, k
	}
	out = append(out, differing(AskedLess, people, asked, false)...)
	out = append(out, differing(Skipped, people, skipped, true)...)
	more, err := s.askCases(ctx, team, people, from, to)
	if err != nil {
		return nil, err
	}
	office, err := s.askOffice(ctx, team, people, from, to)
	if err != nil {
		return nil, err
	}
	return append(append(out, more...), office...), nil
}

// differing asks about each person whose share differs from that of all others together, upwards or
// downwards as wanted.
func differing(kind string, people []feedback.Agent, shares map[string]portion, upwards bool) []Question {
	var total portion
	for _, s := range shares {
		total.n, total.of = total.n+s.n, total.of+s.of
	}
	var out []Question
	for _, p := range people {
		s := shares[p.Email]
		rest := portion{total.n - s.n, total.of - s.of}
		gap, z := contrast(s, rest)
		if !upwards {
			gap, z = -gap, -z
		}
		if s.of >= askLeast && rest.of >= askLeast && gap >= askGap && z >= askZ {
			out = append(out, Question{Kind: kind, Agent: p, N: s.n, Of: s.of, Peers: float64(rest.n) / float64(rest.of)})
		}
	}
	return out
}

// contrast returns the difference of two shares and its z.
func contrast(a, b portion) (gap, z float64) {
	if a.of == 0 || b.of == 0 {
		return 0, 0
	}
	na, nb := float64(a.of), float64(b.of)
	pooled := float64(a.n+b.n) / (na + nb)
	gap = float64(a.n)/na - float64(b.n)/nb
	spread := math.Sqrt(pooled * (1 - pooled) * (1/na + 1/nb))
	if spread == 0 {
		return gap, 0
	}
	return gap, gap / spread
}

// askCases looks at cases given away by whoever earned the score, and at words in replies.
func (s *Service) askCases(ctx context.Context, team string, people []feedback.Agent, from, to time.Time) ([]Question, error) {
	moved := map[string]portion{}
	begging := map[string]*Question{}
	page := store.Page{Limit: askRead}
	for read := 0; read < 4*askRead; read += page.Limit {
		list, err := s.store.Cases().List(ctx, store.CaseFilter{OpenedFrom: from, OpenedTo: to}, page)
		if err != nil {
			return nil, fmt.Errorf("cases to watch: %w", err)
		}
		for _, c := range list.Items {
			if c.Agent.Team != team {
				continue
			}
			m := moved[c.Agent.Email]
			m.of++
			if slices.ContainsFunc(c.History, func(e feedback.Event) bool { return e.What == "assigned" && e.By == c.Agent.Email && e.To != e.By }) {
				m.n++
			}
			moved[c.Agent.Email] = m
			for _, mail := range c.Mails {
				if words := Begs(mail.Body); words != "" {
					q := begging[mail.By.Email]
					if q == nil {
						q = &Question{Kind: Begging, Agent: mail.By, Peers: math.NaN()}
						begging[mail.By.Email] = q
					}
					q.N++
					if len(q.Quotes) < askQuotes {
						q.Quotes, q.Cases = append(q.Quotes, words), append(q.Cases, c.ID)
					}
				}
			}
		}
		if page.After = list.Next; page.After == "" {
			break
		}
	}
	out := differing(Moved, people, moved, true)
	var some []Question
	for _, q := range begging {
		some = append(some, *q)
	}
	slices.SortFunc(some, func(a, b Question) int {
		return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Agent.Email, b.Agent.Email))
	})
	return append(out, some...), nil
}

// askOffice looks for answers from the organisation's own networks.
func (s *Service) askOffice(ctx context.Context, team string, people []feedback.Agent, from, to time.Time) ([]Question, error) {
	found := map[string]*Question{}
	page := store.Page{Limit: askRead}
	for read := 0; read < 4*askRead; read += page.Limit {
		list, err := s.store.Responses().List(ctx, store.ResponseFilter{Team: team, From: from, To: to}, page)
		if err != nil {
			return nil, fmt.Errorf("answers to watch: %w", err)
		}
		for _, r := range list.Items {
			q := found[r.Agent.Email]
			if q == nil {
				q = &Question{Kind: Office, Agent: r.Agent, Peers: math.NaN()}
				found[r.Agent.Email] = q
			}
			q.Of++
			if r.Vote.Office {
				q.N++
			}
		}
		if page.After = list.Next; page.After == "" {
			break
		}
	}
	var out []Question
	for _, p := range people {
		if q := found[p.Email]; q != nil && q.N > 0 {
			out = append(out, *q)
		}
	}
	return out, nil
}

// begs are the ways of asking for a score in the languages of the surveys: a wish beside a number of
// stars or points, or a good rating asked for.
func begs() []*regexp.Regexp {
	var out []*regexp.Regexp
	for _, p := range []string{
		`(?i)(give|leave|grateful|appreciate|rate|kindly|please|need|deserve)[^.!?\n]{0,60}\b(5|five|10|ten)[ -]?(/ ?(5|10)|stars?|points?)`,
		`(?i)(good|great|positive|top|best|high|excellent)\s+(score|rating|review|survey|feedback)[^.!?\n]{0,40}(please|for me|would help|my (job|bonus))`,
		`(?i)(please|would you|could you|kindly)[^.!?\n]{0,40}(good|great|positive|top|best|high|excellent)\s+(score|rating|review|survey|feedback)`,
		`(?i)(gerne?|bitte|freuen|dankbar|geben)[^.!?\n]{0,60}(5|fünf|10|zehn)[ -]?(sterne?n?|punkte?n?|/ ?(5|10))`,
		`(?i)(gute|positive|beste|volle)r?n?\s+(bewertung|punktzahl|note)[^.!?\n]{0,40}(freuen|bitte|helfen|geben)|(bitte|freuen|geben)[^.!?\n]{0,40}(gute|positive|beste|volle)r?n?\s+(bewertung|punktzahl|note)`,
		`(?i)(merci|svp|s.il vous pla[iî]t|mettre|donner|attribuer|laisser)[^.!?\n]{0,60}(5|cinq|10|dix)\s?([ée]toiles|points|/ ?(5|10))`,
		`(?i)(mettre|donner|laisser|attribuer)[^.!?\n]{0,40}(bonne|excellente|meilleure|tr[eè]s bonne)\s+(note|[ée]valuation)`,
		`(?i)(por favor|agradecer[ií]a|ponga|d[eé]|dar|deje|dejar)[^.!?\n]{0,60}(5|cinco|10|diez)\s?(estrellas|puntos|/ ?(5|10))`,
		`(?i)(buena|excelente|mejor|m[aá]xima)\s+(puntuaci[oó]n|valoraci[oó]n|nota|calificaci[oó]n)[^.!?\n]{0,30}(por favor|me ayuda)|(ponga|deje|d[eé]me|dar)[^.!?\n]{0,30}(buena|excelente|mejor|m[aá]xima)\s+(puntuaci[oó]n|valoraci[oó]n|nota|calificaci[oó]n)`,
		`(?i)(por favor|agrade[cç]o|d[eê]|dar|deixe|deixar)[^.!?\n]{0,60}(5|cinco|10|dez)\s?(estrelas|pontos|/ ?(5|10))`,
		`(?i)(deixe|d[eê]|dar|avalie)[^.!?\n]{0,30}(boa|excelente|melhor|m[aá]xima)\s+(nota|avalia[cç][aã]o|pontua[cç][aã]o)`,
		`(?i)(per favore|per piacere|mett[ae]|dare|lasci|lasciare|grat[oa])[^.!?\n]{0,60}(5|cinque|10|dieci)\s?(stelle|punti|/ ?(5|10))`,
		`(?i)(lasci|mett[ae]|dare|dia)[^.!?\n]{0,30}(buon|ottim|miglior|massim)\w*\s+(voto|punteggio|valutazione|recensione)`,
		`(?i)(graag|alstublieft|geef|geven|zou u)[^.!?\n]{0,60}(5|vijf|10|tien)\s?(sterren|punten|/ ?(5|10))`,
		`(?i)(graag|geef|geven|zou u|alstublieft)[^.!?\n]{0,40}(goede|hoge|beste|positieve)\s+(score|beoordeling|cijfer|review)`,
		`(رجاء|أرجو|ارجو|من فضلك|يرجى|امنح|أعط)[^.!؟\n]{0,60}(5|٥|خمس|10|١٠|عشر)\s?(نجوم|نقاط|درجات)`,
		`(أرجو|ارجو|من فضلك|امنحن|أعط)[^.!؟\n]{0,40}(تقييم|درجة)\w*\s+(جيد|عال|ممتاز|إيجابي)`,
	} {
		out = append(out, regexp.MustCompile(p))
	}
	return out
}

// begging is compiled once; a regexp never changes.
var begging = begs()

// Begs returns the words by which a text asks a customer for a score, or "".
func Begs(text string) string {
	for _, re := range begging {
		if m := re.FindString(text); m != "" {
			return m
		}
	}
	return ""
}
