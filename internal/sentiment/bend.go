package sentiment

import "math"

// bend changes strokes by their surroundings. The order matters: words close by
// first (negation, boosters, wishes), then the sentence (questions), then what
// was expected. bendClauses, which weighs clauses against each other, comes last
// and only for the text as a whole.
func bend(d *document, strokes []stroke, covered []bool) {
	for n := range strokes {
		s := &strokes[n]
		boost(d, s)
		if d.negated(s, covered) {
			if s.value > 0 {
				s.value *= flipPositive
			} else {
				s.value *= flipNegative
			}
		}
		if m, ok := d.wished(s); ok {
			s.value *= wished
			s.turned = append(s.turned, m)
		}
		exclaim(d, s)
	}
	bendQuestions(d, strokes)
	bendExpectations(d, strokes)
}

// boost applies "very" and "a bit" standing at most two words before.
func boost(d *document, s *stroke) {
	for _, g := range d.grammar {
		if g.to > s.from || s.from-g.to > 1 {
			continue
		}
		switch g.pattern.group {
		case "more":
			s.value *= booster
		case "less":
			s.value *= damper
		}
	}
}

// negated reports a negator that reaches the stroke: close before it, directly
// after it in languages that put it there, or a far one ("I don't think that …")
// anywhere before it in the sentence. A negator inside a phrase that was weighed
// as a whole ("no problem") has done its work.
func (d *document) negated(s *stroke, covered []bool) bool {
	var turned []match
	for _, g := range d.grammar {
		if g.from < s.to && s.from < g.to {
			if g.pattern.group == "negator" {
				return false // the phrase brings its own: "still not", "no answer"
			}
			continue
		}
		if (!covered[g.from] || !covered[g.to-1]) && d.negates(g, s) {
			turned = append(turned, g)
		}
	}
	if len(turned) == 0 || !d.concord() && len(turned)%2 == 0 {
		return false
	}
	s.turned = append(s.turned, turned...)
	return true
}

// negates reports whether the negator reaches the stroke.
func (d *document) negates(g match, s *stroke) bool {
	switch g.pattern.group {
	case "negator":
		return g.to <= s.from && d.reach(g.to, s.from) <= negationReach
	case "far":
		return g.to <= s.from && d.reach(g.to, s.from) < 60
	case "after":
		return g.from >= s.to && d.reach(s.to, g.from) <= 2
	}
	return false
}

// concord reports languages in which two negators still deny ("ne … pas",
// "no … nada"), where in others they cancel out.
func (d *document) concord() bool {
	switch d.lang {
	case "fr", "es", "pt", "it", "ar":
		return true
	}
	return false
}

// reach counts the words between two places, a large number when a clause or a
// sentence ends between them.
func (d *document) reach(from, to int) int {
	n := 0
	for i := from; i < to; i++ {
		switch d.toks[i].kind {
		case stop:
			return math.MaxInt
		case comma:
			n += 3
		default:
			n++
		}
	}
	if d.contrastBetween(from, to) {
		return math.MaxInt
	}
	return n
}

func (d *document) contrastBetween(from, to int) bool {
	for _, g := range d.grammar {
		if (g.pattern.group == "contrast" || g.pattern.group == "concession") && g.from >= from && g.to <= to {
			return true
		}
	}
	return false
}

// wished reports a positive word that is only wished for ("would have been nice").
func (d *document) wished(s *stroke) (match, bool) {
	if s.value <= 0 {
		return match{}, false
	}
	for _, g := range d.grammar {
		if g.pattern.group == "wish" && g.to <= s.from && d.reach(g.to, s.from) <= 4 {
			return g, true
		}
	}
	return match{}, false
}

// exclaim lets exclamation marks at the end of the sentence add weight.
func exclaim(d *document, s *stroke) {
	for _, sentence := range d.sentences {
		if !sentence.holds(s.from) {
			continue
		}
		for i := s.to; i < sentence.to; i++ {
			if d.toks[i].kind != stop {
				continue
			}
			switch d.toks[i].raw {
			case "!":
				s.value *= 1.1
			case "!!":
				s.value *= 1.2
			}
		}
	}
}

// bendQuestions: a question alone is half a statement; answered with "no" it is
// the opposite, answered with "yes" it stands.
func bendQuestions(d *document, strokes []stroke) {
	for n, s := range d.sentences {
		if !d.isQuestion(s) {
			continue
		}
		factor := asked
		if n+1 < len(d.sentences) {
			next := d.sentences[n+1]
			if i := firstWord(d.toks, next); i >= 0 {
				if _, ok := d.groupAt(i, "no"); ok {
					factor = flipPositive
				} else if _, ok := d.groupAt(i, "yes"); ok {
					factor = 1
				}
			}
		}
		scaleIn(strokes, s, factor)
	}
}

func (d *document) isQuestion(s segment) bool {
	for i := s.to - 1; i >= s.from; i-- {
		if d.toks[i].kind == stop {
			return d.toks[i].raw == "?"
		}
	}
	return false
}

func scaleIn(strokes []stroke, s segment, factor float64) {
	for n := range strokes {
		if s.holds(strokes[n].from) {
			strokes[n].value *= factor
		}
	}
}

// bendExpectations: what somebody thought it would be counts for little once the
// next clause says how it was. Where that clause only denies ("but it was not"),
// the denial carries the opposite.
func bendExpectations(d *document, strokes []stroke) {
	for n := range d.clauses {
		c := &d.clauses[n]
		if _, ok := d.groupIn(c.segment, "expected"); !ok || n+1 >= len(d.clauses) {
			continue
		}
		next := &d.clauses[n+1]
		if next.lead != "contrast" {
			continue
		}
		was, then := sumIn(strokes, c.segment), sumIn(strokes, next.segment)
		scaleIn(strokes, c.segment, 0.2)
		if _, denied := d.groupIn(next.segment, "negator"); denied && then == 0 && was != 0 {
			scaleIn(strokes, c.segment, -4) // 0.2 × −4 = −0.8
		}
	}
}

func sumIn(strokes []stroke, s segment) float64 {
	sum := 0.0
	for _, k := range strokes {
		if s.holds(k.from) {
			sum += k.value
		}
	}
	return sum
}

// bendClauses weighs clauses against each other inside a sentence.
func bendClauses(d *document, strokes []stroke) {
	for n := range d.clauses {
		c := &d.clauses[n]
		switch {
		case c.lead == "contrast":
			scaleIn(strokes, c.segment, afterBut)
			for m := n - 1; m >= 0 && d.clauses[m].sentence == c.sentence; m-- {
				scaleIn(strokes, d.clauses[m].segment, beforeBut)
			}
		case c.lead == "concession":
			scaleIn(strokes, c.segment, conceded)
		}
		if _, ok := d.groupIn(c.segment, "once"); ok {
			bendBygone(d, strokes, n)
		}
	}
}

// bendBygone: what used to be is gone. With a present to set against it only that
// counts; alone it says the opposite ("I used to like it").
func bendBygone(d *document, strokes []stroke, n int) {
	c := d.clauses[n]
	for m := n + 1; m < len(d.clauses) && d.clauses[m].sentence <= c.sentence+1; m++ {
		if sumIn(strokes, d.clauses[m].segment) != 0 {
			scaleIn(strokes, c.segment, bygone)
			return
		}
	}
	scaleIn(strokes, c.segment, flipPositive)
}
