package demo

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"earshot/internal/feedback"
)

// person is an agent with a temper of their own.
type person struct {
	feedback.Agent
	skill float64 // added to how content customers are
	team  *team
}

// world is the invented organisation and its dice.
type world struct {
	dice      *rand.Rand
	teams     []team
	agents    []person
	customers []feedback.Customer
	remarks   map[string]map[int][]remark
	now       time.Time
	zone      *time.Location
	serial    int
	nameless  bool // comments name nobody, so that few different ones have to be understood
}

// busy is the extra share of interactions that the first agent of the first team gets.
const busy = 0.13

// domain is where the invented staff have their addresses; customers are at example.com and in .example (RFC 2606).
const domain = "acme.test"

func newWorld(seed uint64, customers int, now time.Time, zone *time.Location) (*world, error) {
	w := &world{dice: rand.New(rand.NewPCG(seed, 0x5eed)), teams: teams(), now: now, zone: zone}
	var err error
	if w.remarks, err = remarks(); err != nil {
		return nil, err
	}
	for i := range w.teams {
		for _, name := range w.teams[i].agents {
			a := feedback.Agent{Name: name, Email: address(name, domain), Team: w.teams[i].name}
			w.agents = append(w.agents, person{a, w.dice.NormFloat64() * 0.07, &w.teams[i]})
		}
	}
	for i := range customers {
		w.customers = append(w.customers, w.customer(i))
	}
	return w, nil
}

func address(name, domain string) string {
	return strings.ToLower(strings.ReplaceAll(name, " ", ".")) + "@" + domain
}

func (w *world) customer(i int) feedback.Customer {
	roll, l := w.dice.IntN(100), land{}
	for _, l = range lands() {
		if roll -= l.share; roll < 0 {
			break
		}
	}
	name, host := pick(w.dice, l.first)+" "+pick(w.dice, l.last), "example.com"
	if i%scannedEvery == scannedEvery-1 {
		host = scannedDomain
	}
	value := math.Round(math.Exp(w.dice.NormFloat64()*0.9+5.2)*100) / 100
	return feedback.Customer{
		ID: fmt.Sprintf("c-%d", 1000+i), Email: fmt.Sprintf("customer%d@%s", 1000+i, host), Name: name,
		Locale: l.locale, Timezone: l.zone, Value: value, Segment: segment(value),
	}
}

func segment(value float64) string {
	switch {
	case value > 900:
		return "advocate"
	case value > 400:
		return "loyal"
	case value > 180:
		return "frequent"
	case value > 90:
		return "occasional"
	}
	return "one-time"
}

func pick[T any](d *rand.Rand, from []T) T { return from[d.IntN(len(from))] }

// moments spreads n interactions over the days before now as a support organisation sees them: more
// on Mondays, fewer at weekends, more by day than by night, and more in the season before the holidays.
func (w *world) moments(n, days int) []time.Time {
	perDay := make([]float64, days)
	total := 0.0
	for i := range perDay {
		at := w.now.AddDate(0, 0, i-days+1).In(w.zone)
		perDay[i] = []float64{0.35, 1.3, 1.1, 1, 1, 1.05, 0.5}[at.Weekday()] * (1 + 0.35*float64(i)/float64(days)) * (0.9 + 0.2*w.dice.Float64())
		total += perDay[i]
	}
	var out []time.Time
	for i, weight := range perDay {
		at := w.now.AddDate(0, 0, i-days+1).In(w.zone)
		for range int(math.Round(weight / total * float64(n))) {
			hour := min(max(13+w.dice.NormFloat64()*3.2, 6), 21.9)
			t := time.Date(at.Year(), at.Month(), at.Day(), 0, 0, 0, 0, w.zone).Add(time.Duration(hour * float64(time.Hour)))
			if t.Before(w.now) {
				out = append(out, feedback.UTC(t))
			}
		}
	}
	slices.SortFunc(out, func(a, b time.Time) int { return cmp.Compare(a.UnixNano(), b.UnixNano()) })
	return out
}

// contact invents one interaction that ended at a moment, and how content its customer is, 0..1.
func (w *world) contact(at time.Time) (feedback.Interaction, float64) {
	w.serial++
	agent := w.agents[w.dice.IntN(len(w.agents))]
	if w.dice.Float64() < busy { // somebody always has the long queue
		agent = w.agents[0]
	}
	age := w.now.Sub(at).Hours() / 24
	wait := math.Round(agent.team.wait * math.Exp(w.dice.NormFloat64()*0.6))
	mood := agent.team.base + agent.skill + w.dice.NormFloat64()*0.24 - (wait-agent.team.wait)/6000
	if agent.Team == incident.team && age < float64(incident.from) && age > float64(incident.to) {
		mood, wait = mood-incident.harm, wait*2
	}
	if agent.Team == "Billing" { // it became better over the quarter
		mood += 0.12 * (1 - age/90)
	}
	handle, transfers, reopens := math.Round(300*math.Exp(w.dice.NormFloat64()*0.5)), 0, 0
	if w.dice.Float64() < 0.15 {
		transfers, mood = 1+w.dice.IntN(2), mood-0.12
	}
	if w.dice.Float64() < 0.06 {
		reopens, mood = 1, mood-0.15
	}
	in := feedback.Interaction{
		Source: "helpdesk", External: fmt.Sprintf("T-%d", 20000+w.serial), Channel: pick(w.dice, []string{"email", "email", "chat", "chat", "phone"}),
		Subject: pick(w.dice, agent.team.subjects), EndedAt: at, Customer: w.customers[w.dice.IntN(len(w.customers))], Agent: agent.Agent,
		Owners: []feedback.Owner{{Email: agent.Email, From: feedback.UTC(at.Add(-time.Duration(handle) * time.Second))}},
		Tags:   []string{strings.ToLower(agent.Team)}, Survey: "csat",
		Metrics: feedback.Metrics{WaitSeconds: &wait, HandleSeconds: &handle, Transfers: &transfers, Reopens: &reopens},
	}
	switch { // what helpdesks do by themselves is not asked about
	case w.serial%41 == 0:
		in.Tags = append(in.Tags, "auto_closed")
	case w.serial%53 == 0:
		in.Tags = append(in.Tags, "closed_by_merge")
	case w.serial%97 == 0:
		in.Tags = append(in.Tags, "spam")
	}
	switch {
	case agent.Team == "Technical" && w.dice.Float64() < 0.25:
		in.Survey = "ces"
	case w.dice.Float64() < 0.10:
		in.Survey = "nps"
	}
	return in, min(max(mood, 0), 1)
}

// answer invents what a customer of this mood says.
func (w *world) answer(in feedback.Interaction, s feedback.Survey, mood float64) feedback.Answer {
	felt := min(max(mood*1.25+w.dice.NormFloat64()*0.08, 0), 1)
	low, high, _ := s.Metric.Scale()
	score := low + int(math.Round(felt*float64(high-low)))
	a := feedback.Answer{Score: score, Scored: true, Answers: map[string]string{}}
	if w.dice.Float64() < 0.45+0.35*math.Abs(felt-0.5)*2 {
		a.Comment = w.comment(in, felt)
	}
	for _, q := range s.Questions {
		if q.When.Holds(score) && w.dice.Float64() < 0.6 {
			a.Answers[q.ID] = w.reply(q, felt)
		}
	}
	a.Vote = voteOf(in.Source+in.External, a.Comment)
	return a
}

func (w *world) reply(q feedback.Question, felt float64) string {
	switch q.Type {
	case feedback.YesNo:
		if felt > 0.45 {
			return "yes"
		}
		return "no"
	case feedback.Choice:
		return pick(w.dice, q.Options).ID
	}
	return ""
}

func (w *world) comment(in feedback.Interaction, felt float64) string {
	mood := int(math.Round(felt*4)) - 2
	byMood := w.remarks[in.Customer.Locale]
	if byMood == nil {
		byMood = w.remarks["en"]
	}
	var fit []remark
	for _, r := range byMood[mood] {
		if (r.team == "*" || r.team == in.Agent.Team) && !(w.nameless && strings.Contains(r.text, "{agent}")) {
			fit = append(fit, r)
		}
	}
	if len(fit) == 0 {
		return ""
	}
	return strings.ReplaceAll(pick(w.dice, fit).text, "{agent}", in.Agent.FirstName())
}
