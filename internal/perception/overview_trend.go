package perception

import (
	"maps"
	"slices"

	"earshot/internal/feedback"
)

// trends lays the main survey's figures and the index out over the days.
func (o *Overview) trends(now map[string]*surveyTotal, days span, step string) error {
	var every []*feedback.Rollup
	for _, id := range slices.Sorted(maps.Keys(now)) {
		if indexed(id, now[id].metric) {
			every = append(every, now[id].rows...)
		}
	}
	var err error
	if o.IndexEvery, o.IndexTrend, err = finest(days, step, func(c calendar) []Point { return indexPoints(every, c) }); err != nil {
		return err
	}
	main := now[o.Main.Survey]
	o.Every, o.Trend, err = finest(days, step, func(c calendar) []Point {
		for _, g := range gather(main.rows, asOne, c) {
			return points(g, c)
		}
		return nil
	})
	o.setApart(main.tally.Scores)
	return err
}

// finest lays figures out in the finest steps that can be read: no more than 45 of them, and three in
// four of those with votes (the first week is often cut) have enough to show a score. Where no step
// can be read it takes the one that shows most.
func finest(days span, wish string, lay func(calendar) []Point) (step string, line []Point, err error) {
	if wish != "" {
		cal, err := newCalendar(days, wish)
		if err != nil {
			return "", nil, err
		}
		return wish, lay(cal), nil
	}
	most := -1
	for _, every := range []string{Daily, Weekly, Monthly} {
		cal, err := newCalendar(days, every)
		if err != nil {
			return "", nil, err
		}
		if len(cal.starts) > 45 && every != Monthly {
			continue
		}
		p := lay(cal)
		voted, enough := shown(p)
		if voted > 0 && enough > most || step == "" {
			most, step, line = enough, every, p
		}
		if voted > 0 && 4*enough >= 3*voted {
			return every, p, nil
		}
	}
	return step, line, nil
}

// indexPoints is the index by bucket. Reworded is set where the wording of any of its surveys changes.
func indexPoints(rows []*feedback.Rollup, cal calendar) []Point {
	groups := gather(rows, asOne, cal)
	wordings := make([]string, len(groups))
	out := make([]Point, len(cal.starts))
	for i, start := range cal.starts {
		x, asked, answered := indexOf(groups, func(g *group) sums { return g.buckets[i] })
		out[i] = Point{Start: start, Figures: indexFigures(x, asked, answered), score: x.Estimate}
		for j, g := range groups {
			var changed bool
			wordings[j], changed = reworded(wordings[j], g.buckets[i].versions)
			out[i].Reworded = out[i].Reworded || changed
		}
	}
	return out
}

// sameWording tells whether most answers of two stretches of days are to one wording.
func sameWording(before, now []*feedback.Rollup) bool {
	count := func(rows []*feedback.Rollup) (string, bool) {
		all := map[string]int64{}
		for _, r := range rows {
			for v, n := range r.Tally.Versions {
				all[v] += n
			}
		}
		return reworded("", all)
	}
	a, _ := count(before)
	b, _ := count(now)
	return a == b || a == "" || b == ""
}

// shown counts the points with votes, and those with enough for a score.
func shown(points []Point) (voted, enough int) {
	for _, p := range points {
		if p.N > 0 {
			voted++
		}
		if p.Enough {
			enough++
		}
	}
	return voted, enough
}
