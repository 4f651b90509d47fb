package perception

import (
	"math"
	"math/rand/v2"
	"testing"
)

// draw invents one day of answers.
func draw(dice *rand.Rand, n int, up, mid float64) (t tally3) {
	for range n {
		switch roll := dice.Float64(); {
		case roll < up:
			t.up++
		case roll < up+mid:
			t.mid++
		default:
			t.down++
		}
	}
	return t
}

func sumOfDays(days []tally3) (t tally3) {
	for _, d := range days {
		t = t.plus(d)
	}
	return t
}

// Twenty teams for thirty years in which nothing ever changes, watched every day for falls and rises,
// each with its own volume and mood: the promise is one false alarm a year over all of them at most.
func TestFalseAlarmsAreAsRareAsPromised(t *testing.T) {
	const teams, years = 20, 30
	dice := rand.New(rand.NewPCG(2026, 11))
	threshold := float64(2*teams) * falseDays
	alarms := 0
	for team := range teams {
		perDay, up := 2+3*(team%10), 0.5+0.02*float64(team)
		days := make([]tally3, years*365+watchSpan)
		for i := range days {
			days[i] = draw(dice, perDay, up, 0.1)
		}
		var last [2]int
		for end := watchSpan; end < len(days); end++ {
			base, window := sumOfDays(days[end-watchSpan:end-watchWindow]), days[end-watchWindow:end]
			turned := make([]tally3, len(window))
			for i, d := range window {
				turned[i] = d.turned()
			}
			for side, c := range []change{fall(base, window), fall(base.turned(), turned)} {
				if c.evidence >= threshold && (last[side] == 0 || end-last[side] > watchWindow) {
					alarms++
					last[side] = end
				}
			}
		}
	}
	if rate := float64(alarms) / years; rate > 1 {
		t.Errorf("%.2f false alarms a year over %d teams, promised is 1 at most", rate, teams)
	} else {
		t.Logf("%.2f false alarms a year over %d teams", rate, teams)
	}
}

// A fall from 80 to 60 at 20 answers a day has to be found within two weeks, and dated well.
func TestAFallIsFoundSoon(t *testing.T) {
	dice := rand.New(rand.NewPCG(7, 7))
	threshold := 40.0 * falseDays
	found, dated := 0, 0
	const rounds = 300
	for range rounds {
		var base tally3
		for range watchBase {
			base = base.plus(draw(dice, 20, 0.8, 0))
		}
		window := make([]tally3, watchWindow)
		for i := range window {
			up := 0.8
			if i >= 14 {
				up = 0.6
			}
			window[i] = draw(dice, 20, up, 0)
		}
		if c := fall(base, window); c.evidence >= threshold {
			found++
			if c.since >= 11 && c.since <= 17 {
				dated++
			}
		}
	}
	if share := float64(found) / rounds; share < 0.95 {
		t.Errorf("found in %.0f %% of the cases", 100*share)
	}
	if share := float64(dated) / float64(found); share < 0.7 {
		t.Errorf("dated within three days in %.0f %% of the cases", 100*share)
	}
}

func TestFallNeedsABaseline(t *testing.T) {
	window := make([]tally3, watchWindow)
	for i := range window {
		window[i] = tally3{down: 50}
	}
	if c := fall(tally3{up: watchLeast - 1}, window); c.evidence != 0 {
		t.Errorf("a baseline of %d answers gave %+v", watchLeast-1, c)
	}
	if c := fall(tally3{up: 5000}, window); math.IsInf(c.evidence, 0) || math.IsNaN(c.evidence) || c.evidence < 1e9 {
		t.Errorf("the worst of all months gave %+v", c)
	}
	if c := fall(tally3{down: 5000}, window); c.evidence > 10 {
		t.Errorf("nothing could fall, yet %+v", c)
	}
}

func TestSilentStretch(t *testing.T) {
	days := make([]float64, watchSpan)
	for i := range days {
		if i%7 < 5 { // nobody works at weekends
			days[i] = 6
		}
	}
	if expected, _ := silentStretch(days); expected != 0 {
		t.Errorf("a weekend is a silence of %.1f", expected)
	}
	quiet := append([]float64(nil), days...)
	for i := watchSpan - 7; i < watchSpan; i++ {
		quiet[i] = 0
	}
	if expected, since := silentStretch(quiet); expected != 30 || since > watchSpan-7 {
		t.Errorf("a silent week is a silence of %.1f since day %d", expected, since)
	}
	if expected, _ := silentStretch(make([]float64, watchSpan)); expected != 0 {
		t.Errorf("who never said anything is silent: %.1f", expected)
	}
}
