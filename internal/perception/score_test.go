package perception

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/store"
)

func day(month time.Month, d int) time.Time { return time.Date(2026, month, d, 10, 0, 0, 0, time.UTC) }

// fill asks and answers n times each day for an agent.
func (w *world) fill(a feedback.Agent, survey string, m feedback.Metric, channel string, from time.Time, days int, scores ...int) {
	w.t.Helper()
	for i := range days {
		at := from.AddDate(0, 0, i)
		for _, score := range scores {
			v := w.ask(a, survey, m, channel, at)
			w.answer(v, score, "", nil, at.Add(time.Hour))
		}
	}
}

func find(t *testing.T, scores []Score, scope, survey string) Score {
	t.Helper()
	for _, s := range scores {
		if s.Scope == scope && s.Survey == survey {
			return s
		}
	}
	t.Fatalf("no score of %s by %s in %d scores", scope, survey, len(scores))
	return Score{}
}

func TestScores(t *testing.T) {
	w := newWorld(t, openStore(t))
	ida, bo, sam := agents()[0], agents()[2], agents()[3]
	w.fill(ida, "csat", feedback.CSAT, "chat", day(10, 1), 14, 5) // Thursday 1 October
	w.fill(bo, "csat", feedback.CSAT, "email", day(10, 1), 6, 1)
	w.fill(sam, "nps", feedback.NPS, "email", day(10, 5), 12, 10)
	w.ask(ida, "csat", feedback.CSAT, "chat", day(10, 2))
	w.drain(w.service)
	ask := func(q Query) []Score {
		t.Helper()
		q.From, q.To = day(10, 1), day(10, 31)
		got, err := w.service.Scores(context.Background(), q)
		w.must(err)
		return got
	}

	all := ask(Query{})
	if len(all) != 2 {
		t.Fatalf("two surveys gave %d scores", len(all))
	}
	csat := find(t, all, ByAll, "csat")
	if csat.N != 20 || csat.Asked != 21 || csat.Answered != 20 || !csat.Enough || *csat.Score != 70 {
		t.Errorf("csat of all: %+v", csat.Figures)
	}
	if *csat.Low >= 70 || *csat.High <= 70 {
		t.Errorf("interval %v..%v", *csat.Low, *csat.High)
	}
	if s := find(t, ask(Query{By: ByAgent}), bo.Email, "csat"); s.Enough || s.Score != nil || s.Low != nil || s.N != 6 {
		t.Errorf("six answers gave %+v", s.Figures)
	}
	if s := find(t, ask(Query{By: ByTeam}), "Billing", "csat"); s.N != 20 {
		t.Errorf("Billing has %d answers, want 20", s.N)
	}
	if s := find(t, ask(Query{By: ByTeam, Agent: bo.Email}), "Billing", "csat"); s.N != 6 {
		t.Errorf("Bo has %d answers in Billing, want 6", s.N)
	}
	if s := find(t, ask(Query{By: ByChannel}), "email", "nps"); s.N != 12 || *s.Score != 100 {
		t.Errorf("email by nps: %+v", s.Figures)
	}
	if s := find(t, ask(Query{By: ByChannel, Team: "Billing"}), "email", "csat"); s.N != 6 {
		t.Errorf("email in Billing: %+v", s.Figures)
	}
	if s := find(t, ask(Query{By: BySurvey, Survey: "nps"}), "nps", "nps"); s.N != 12 || s.Metric != feedback.NPS {
		t.Errorf("by survey: %+v", s)
	}
	if got := ask(Query{By: ByAgent, Team: "Sales"}); len(got) != 0 {
		t.Errorf("nobody answered about Sales, got %+v", got)
	}
}

func TestPointsAddUpAndBeginOnMondays(t *testing.T) {
	w := newWorld(t, openStore(t))
	w.fill(agents()[0], "csat", feedback.CSAT, "chat", day(10, 20), 14, 5, 4, 1) // over the end of summer time
	w.drain(w.service)
	for every, want := range map[string]int{Daily: 31, Weekly: 5, Monthly: 1} {
		got, err := w.service.Scores(context.Background(), Query{From: time.Date(2026, 9, 30, 22, 0, 0, 0, time.UTC), To: time.Date(2026, 10, 31, 23, 0, 0, 0, time.UTC), Every: every})
		w.must(err)
		s := find(t, got, ByAll, "csat")
		if len(s.Points) != want {
			t.Errorf("%s: %d points, want %d", every, len(s.Points), want)
		}
		var n, asked int64
		for i, p := range s.Points {
			n, asked = n+p.N, asked+p.Asked
			if h, m, _ := p.Start.Clock(); h != 0 || m != 0 {
				t.Errorf("%s: point %d begins at %v, not at midnight in Berlin", every, i, p.Start)
			}
			if every == Weekly && p.Start.Weekday() != time.Monday {
				t.Errorf("a week begins on %v", p.Start)
			}
		}
		if n != s.N || asked != s.Asked || n != 12*3 {
			t.Errorf("%s: points hold %d votes and %d asked, the score %d and %d", every, n, asked, s.N, s.Asked)
		}
	}
}

func TestAChangedWordingMarksTheTrend(t *testing.T) {
	w := newWorld(t, openStore(t))
	for i := range 4 {
		v := w.ask(agents()[0], "csat", feedback.CSAT, "chat", day(10, 1+i))
		if i >= 2 {
			v.Version = "v2"
		}
		w.answer(v, 5, "", nil, day(10, 1+i))
	}
	w.drain(w.service)
	got, err := w.service.Scores(context.Background(), Query{From: day(10, 1), To: day(10, 5), Every: Daily})
	w.must(err)
	var marks []int
	for i, p := range got[0].Points {
		if p.Reworded {
			marks = append(marks, i)
		}
	}
	if len(marks) != 1 || marks[0] != 2 {
		t.Errorf("the trend is marked at %v, want at day 2 alone", marks)
	}
}

func TestMistakesInAQueryAreNamed(t *testing.T) {
	s := New(Config{Store: openStore(t)})
	for field, q := range map[string]Query{
		"by":    {By: "planet", From: day(10, 1), To: day(10, 2)},
		"from":  {To: day(10, 2)},
		"to":    {From: day(10, 2), To: day(10, 1)},
		"every": {From: day(10, 1), To: day(10, 2), Every: "fortnight"},
	} {
		_, err := s.Scores(context.Background(), q)
		var invalid *feedback.Invalid
		if !errors.As(err, &invalid) || invalid.Errors[0].Field != field {
			t.Errorf("%+v gave %v, want a mistake in %s", q, err, field)
		}
	}
	if _, err := s.Scores(context.Background(), Query{From: day(10, 1), To: day(10, 1).AddDate(20, 0, 0)}); err == nil {
		t.Error("twenty years were not refused")
	}
}

// The names of the public surface.
func TestScoreAsJSON(t *testing.T) {
	v := 81.5
	raw, err := json.Marshal(Score{Scope: "Billing", Survey: "csat", Metric: feedback.CSAT, Figures: Figures{Score: &v, N: 12}, Points: []Point{{Start: day(10, 1)}}})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"scope":"Billing"`, `"survey":"csat"`, `"metric":"csat"`, `"score":81.5`, `"low":null`, `"n":12`, `"asked":0`, `"enough":false`, `"points":[{"start":"2026-10-01T10:00:00Z","score":null`} {
		if !strings.Contains(string(raw), want) {
			t.Errorf("%s lacks %s", raw, want)
		}
	}
}

func TestOverview(t *testing.T) {
	w := newWorld(t, openStore(t))
	ida, bo := agents()[0], agents()[2]
	w.fill(ida, "csat", feedback.CSAT, "chat", day(10, 1), 10, 5, 5, 5)
	w.fill(bo, "csat", feedback.CSAT, "email", day(10, 1), 10, 1, 5, 1)
	w.fill(ida, "csat", feedback.CSAT, "chat", day(9, 21), 10, 1, 1, 1)
	w.fill(bo, "nps", feedback.NPS, "email", day(10, 1), 4, 9)
	for i := range 12 {
		v := w.ask(bo, "csat", feedback.CSAT, "email", day(10, 3))
		r := w.answer(v, 1, "Too slow", feels(feedback.Negative, topic("speed", feedback.Negative)), day(10, 3))
		c := w.open(r, day(10, 3))
		if i < 6 {
			w.must(c.Resolve(feedback.Step{By: bo.Email}, day(10, 3).Add(2*time.Hour)))
			w.step(c)
		}
	}
	w.must(w.st.Users().Insert(context.Background(), &feedback.User{Record: feedback.Record{ID: bo.Email}, Email: bo.Email, Name: "Bo Lund"}))
	w.drain(w.service)
	o, err := w.service.Overview(context.Background(), OverviewQuery{From: day(10, 1), To: day(10, 10).Add(time.Hour)})
	w.must(err)

	if o.Days != 10 || o.Main.Survey != "csat" || o.Main.Now.N != 72 || len(o.Headlines) != 2 {
		t.Fatalf("days %d, main %+v, %d headlines", o.Days, o.Main, len(o.Headlines))
	}
	if !o.Main.Change.Up() || o.Main.Before.N != 30 {
		t.Errorf("from nobody satisfied to more than half: %+v", o.Main.Change)
	}
	if o.Recovery.Opened != 12 || o.Recovery.Resolved != 6 || o.Recovery.ToResolve != 2*time.Hour {
		t.Errorf("recovery %+v", o.Recovery)
	}
	if o.Mood != (Mood{Comments: 12, Negative: 12}) {
		t.Errorf("mood %+v", o.Mood)
	}
	if len(o.Agents) != 2 || o.Agents[0].Name != ida.Email || o.Agents[0].Label != "Ida" || o.Agents[1].Label != "Bo Lund" {
		t.Errorf("agents %+v", o.Agents)
	}
	if o.Agents[0].Standing.Side != 1 || o.Agents[1].Standing.Band != 2 {
		t.Errorf("standings %+v %+v", o.Agents[0].Standing, o.Agents[1].Standing)
	}
	if len(o.Topics) != 1 || !o.Topics[0].Gap.Down() {
		t.Fatalf("topics %+v", o.Topics)
	}
	// 40 of 72 are satisfied, 40 of 60 without the topic
	if want := 100 * (40.0/72 - 40.0/60); math.Abs(o.Topics[0].Pull-want) > 1e-9 {
		t.Errorf("the topic pulls by %v, want %v", o.Topics[0].Pull, want)
	}
	if len(o.Teams) != 1 || len(o.Channels) != 2 || o.Channels[0].Name != "chat" {
		t.Errorf("teams %+v, channels %+v", o.Teams, o.Channels)
	}
	var n int64
	for _, p := range o.Trend {
		n += p.N
	}
	if n != o.Main.Now.N {
		t.Errorf("the trend holds %d votes, the headline %d", n, o.Main.Now.N)
	}

	own, err := w.service.Overview(context.Background(), OverviewQuery{From: day(10, 1), To: day(10, 11), Agent: bo.Email, Survey: "nps"})
	w.must(err)
	if own.Main.Survey != "nps" || own.Main.Now.N != 4 || own.Agents != nil || own.Teams != nil {
		t.Errorf("one agent's overview: %+v", own)
	}
	none, err := w.service.Overview(context.Background(), OverviewQuery{From: day(1, 1), To: day(1, 11)})
	w.must(err)
	if none.Main.Survey != "" || len(none.Headlines) != 0 {
		t.Errorf("no answers gave %+v", none)
	}
}

func TestUnaskedFeedbackStandsApart(t *testing.T) {
	w := newWorld(t, openStore(t))
	r := &feedback.Response{
		Record: feedback.Record{ID: "mention"}, Survey: feedback.FeedbackSurvey, Agent: agents()[0], Comment: "Terrible",
		AnsweredAt: day(10, 2), Analysed: true, Sentiment: feels(feedback.Negative),
	}
	w.responses = append(w.responses, r)
	w.must(w.st.Responses().Insert(context.Background(), r))
	w.mark(r.Leaves(w.zone))
	w.drain(w.service)
	w.check()
	o, err := w.service.Overview(context.Background(), OverviewQuery{From: day(10, 1), To: day(10, 11)})
	w.must(err)
	if o.Unasked != (Mood{Comments: 1, Negative: 1}) || len(o.Headlines) != 0 {
		t.Errorf("unasked %+v, headlines %+v", o.Unasked, o.Headlines)
	}
	scores, err := w.service.Scores(context.Background(), Query{From: day(10, 1), To: day(10, 11)})
	w.must(err)
	if len(scores) != 0 {
		t.Errorf("feedback without a score got one: %+v", scores)
	}
}

// The board's cost follows the days and the agents, not the answers: 90 days, 25 agents, each leaf
// standing for ever more answers.
func BenchmarkOverview(b *testing.B) {
	for _, size := range []struct {
		name    string
		answers int64
	}{{"1e4", 10_000}, {"1e6", 1_000_000}, {"1e7", 10_000_000}} {
		b.Run(size.name, func(b *testing.B) {
			s := New(Config{Store: benchStore(b, size.answers)})
			q := OverviewQuery{From: day(8, 1), To: day(8, 1).AddDate(0, 0, 90)}
			var took []time.Duration
			defer func() {
				slices.Sort(took)
				b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
			}()
			for b.Loop() {
				began := time.Now()
				o, err := s.Overview(context.Background(), q)
				took = append(took, time.Since(began))
				if err != nil {
					b.Fatal(err)
				}
				if len(o.Agents) != 25 || o.Main.Now.N == 0 {
					b.Fatalf("%d agents, %d answers", len(o.Agents), o.Main.Now.N)
				}
			}
		})
	}
}

// benchStore holds rollups of 180 days, 25 agents in 4 teams, two surveys, as Work would leave them.
func benchStore(b *testing.B, answers int64) store.Store {
	st := openStore(b)
	ctx := context.Background()
	per := max(1, answers/(180*25*2))
	topics := []string{"speed", "resolution", "attitude", "knowledge", "effort", "policy", "price", "product", "communication"}
	for d := range 180 {
		date := feedback.Day(day(5, 4).AddDate(0, 0, d), time.UTC)
		var rows []feedback.Rollup
		sums := map[string]feedback.Rollup{}
		for i := range 25 {
			agent := feedback.Agent{Email: string(rune('a'+i)) + "@acme.test", Team: string(rune('A' + i%4))}
			for _, m := range []feedback.Metric{feedback.CSAT, feedback.NPS} {
				leaf := feedback.LeafOf(agent, string(m), m, date)
				leaf.Tally = feedback.Tally{Asked: 4 * per, Answered: per, Versions: map[string]int64{"v1": per}, Comments: per,
					Labels: map[string]int64{"negative": per}, Topics: map[string]feedback.TopicTally{}, Channels: map[string]feedback.ChannelTally{"chat": {Asked: per}}}
				leaf.Tally.Scores[1+(d+i)%5] = per
				for k := range 3 {
					leaf.Tally.Topics[topics[(d+i+k)%len(topics)]] = feedback.TopicTally{Negative: per, Scores: leaf.Tally.Scores}
				}
				rows = append(rows, leaf)
				addParents(sums, &leaf, leaf.Tally)
				for id, sum := range sums {
					if sum.Survey == leaf.Survey {
						addLeaf(&sum.Tally, sum.Scope, sum.Name, &leaf)
						sums[id] = sum
					}
				}
			}
		}
		rows = append(rows, values(sums)...)
		for _, err := range each(len(rows), func(i int) error { return st.Rollups().Insert(ctx, &rows[i]) }) {
			if err != nil {
				b.Fatal(err)
			}
		}
	}
	return st
}

// What is kept in memory of past days never outlives a change of theirs, made through another instance.
func TestOverviewFollowsChangesOfPastDays(t *testing.T) {
	w := newWorld(t, openStore(t))
	other := New(Config{Store: w.st, Zone: w.zone, Holder: "other"})
	w.fill(agents()[0], "csat", feedback.CSAT, "chat", day(10, 1), 5, 1, 1, 1)
	w.fill(agents()[2], "csat", feedback.CSAT, "chat", day(10, 1), 5, 1, 1, 1)
	w.drain(other)
	ask := func() *Overview {
		t.Helper()
		o, err := w.service.Overview(context.Background(), OverviewQuery{From: day(10, 1), To: day(10, 6), Team: "Billing"})
		w.must(err)
		return o
	}
	if o := ask(); o.Agents[0].Score.Value != 0 || o.Agents[0].Score.N != 15 {
		t.Fatalf("agents before: %+v", o.Agents)
	}
	for _, r := range w.responses[:6] { // all of them Ida's, on two days
		r.Score = 5
		w.save(r)
	}
	w.drain(other)
	o := ask()
	if o.Agents[0].Name != agents()[0].Email || o.Agents[0].Score.Value != 40 || o.Agents[1].Score.Value != 0 {
		t.Errorf("agents after six of fifteen answers of Ida's became good: %+v", o.Agents)
	}
	if len(o.Teams) != 0 || o.Main.Now.N != 30 || o.Main.Now.Value != 20 {
		t.Errorf("Billing after: %+v", o.Main.Now)
	}
}
