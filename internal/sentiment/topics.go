package sentiment

import (
	"math"
	"strings"
)

// judgement is the sign a cue's section gives it: "topic speed -" blames by
// itself, "topic speed" only names.
func judgement(group string) float64 {
	switch {
	case strings.HasSuffix(group, " +"):
		return 1
	case strings.HasSuffix(group, " -"):
		return -1
	}
	return 0
}

// topicOf returns the topic a cue's section names, "" if it is no topic. Weak
// cues (section ending in " ~") count only where their clause names nothing else.
func topicOf(group string) (topic string, weak bool) {
	rest, ok := strings.CutPrefix(group, "topic ")
	if !ok {
		return "", false
	}
	name, mark, _ := strings.Cut(rest, " ")
	return name, mark == "~"
}

// said is one place where the comment speaks about a topic.
type said struct {
	cue      int // index into document.cues
	polarity float64
	judging  bool // the cue itself judges
}

// topics collects what the comment says about each topic.
func topics(d *document, r *reading) []TopicVerdict {
	found := map[string][]said{}
	for n, c := range d.cues {
		topic, weak := topicOf(c.pattern.group)
		if topic == "" || topic == "none" || d.hidden(c) || d.outdone(n) || d.swallowed(n) || weak && d.namedElsewhere(n) {
			continue
		}
		s := said{cue: n, polarity: r.about[n].polarity()}
		if sign := judgement(c.pattern.group); sign != 0 {
			s.judging = true
			s.polarity = sign * 0.8
			if d.denied(c) {
				s.polarity *= -0.6
			}
		}
		if weak && math.Abs(s.polarity) < leaning {
			continue
		}
		found[topic] = append(found[topic], s)
	}
	out := []TopicVerdict{}
	for _, topic := range Topics() {
		if list := found[topic]; len(list) > 0 {
			out = append(out, summarise(d, r, topic, list))
		}
	}
	return out
}

// hidden reports a cue inside a longer phrase that is known to mean something
// else (section "topic none").
func (d *document) hidden(c match) bool {
	for _, o := range d.cues {
		if o.pattern.group == "topic none" && o.from <= c.from && c.to <= o.to {
			return true
		}
	}
	return false
}

// outdone reports a judging cue that shares words with one of the opposite
// judgement on its topic: the longer one speaks, of equals the blaming one.
func (d *document) outdone(n int) bool {
	c := d.cues[n]
	own := judgement(c.pattern.group)
	topic, _ := topicOf(c.pattern.group)
	for _, o := range d.cues {
		other, _ := topicOf(o.pattern.group)
		if own == 0 || other != topic || judgement(o.pattern.group) != -own || o.to <= c.from || c.to <= o.from {
			continue
		}
		if size := o.to - o.from; size > c.to-c.from || size == c.to-c.from && own > 0 {
			return true
		}
	}
	return false
}

// swallowed reports a judging cue of a word or two inside a longer one about
// another topic: "still not" in "still not solved" is no matter of speed.
func (d *document) swallowed(n int) bool {
	c := d.cues[n]
	if judgement(c.pattern.group) == 0 || c.to-c.from > 2 {
		return false
	}
	for _, o := range d.cues {
		if judgement(o.pattern.group) != 0 && o.pattern.group != c.pattern.group && o.from <= c.from && c.to <= o.to && o.to-o.from > c.to-c.from {
			return true
		}
	}
	return false
}

// namedElsewhere reports whether the clause of cue n has a topic of its own.
func (d *document) namedElsewhere(n int) bool {
	clause := d.clauseOf(d.cues[n].from)
	for m, o := range d.cues {
		topic, weak := topicOf(o.pattern.group)
		if m != n && topic != "" && topic != "none" && topic != TopicThanks && !weak && d.clauseOf(o.from) == clause && !d.hidden(o) {
			return true
		}
	}
	return false
}

// denied reports a negator right before a judging cue that has none of its own
// ("never had to wait", "not expensive").
func (d *document) denied(c match) bool {
	found := false
	for _, g := range d.grammar {
		if g.pattern.group != "negator" {
			continue
		}
		if g.from < c.to && c.from < g.to {
			return false
		}
		found = found || g.to <= c.from && d.reach(g.to, c.from) <= 2
	}
	return found
}

// judgedBeside reports whether the clause of s has a cue that judges the topic by
// itself, which then speaks alone.
func (d *document) judgedBeside(s said, list []said) bool {
	for _, o := range list {
		if o.judging && d.clauseOf(d.cues[o.cue].from) == d.clauseOf(d.cues[s.cue].from) {
			return true
		}
	}
	return false
}

// summarise makes one verdict of everything said about a topic.
func summarise(d *document, r *reading, topic string, list []said) TopicVerdict {
	v := TopicVerdict{Topic: topic}
	up, down, mass := 0.0, 0.0, 0.0
	for _, s := range list {
		weight := 0.2 + math.Abs(s.polarity)
		if !s.judging && d.judgedBeside(s, list) {
			weight = 0
		}
		if weight > 0 {
			up = math.Max(up, s.polarity)
			down = math.Min(down, s.polarity)
		}
		v.Polarity += s.polarity * weight
		mass += weight
	}
	v.Polarity /= mass
	switch {
	case up >= clearPole && down <= -clearPole && math.Abs(v.Polarity) < 0.5:
		v.Label = Mixed
	case v.Polarity >= leaning:
		v.Label = Positive
	case v.Polarity <= -leaning:
		v.Label = Negative
	default:
		v.Label = Neutral
	}
	v.Evidence = topicEvidence(d, r, list)
	return v
}

// topicEvidence is the words that name the topic and, where they do not judge by
// themselves, the words of their clause that do.
func topicEvidence(d *document, r *reading, list []said) []Span {
	marked := map[int]float64{}
	for _, s := range list {
		c := d.cues[s.cue]
		for i := c.from; i < c.to; i++ {
			marked[i] = s.polarity
		}
		n := d.clauseOf(c.from)
		if s.judging || n < 0 || math.Abs(s.polarity) < leaning {
			continue
		}
		strongest := 0.0
		for i := d.clauses[n].from; i < d.clauses[n].to; i++ {
			strongest = math.Max(strongest, r.weights[i]*sign(s.polarity))
		}
		for i := d.clauses[n].from; i < d.clauses[n].to; i++ {
			if w := r.weights[i] * sign(s.polarity); w > 0 && w >= strongest*0.4 && d.toks[i].kind != stop {
				marked[i] = s.polarity
			}
		}
	}
	spans := []Span{}
	for i := 0; i < len(d.toks); i++ {
		w, ok := marked[i]
		if !ok {
			continue
		}
		j := i + 1
		for j < len(d.toks) && in(marked, j, w) && d.toks[j].kind != stop && d.toks[j].kind != comma {
			j++
		}
		spans = append(spans, d.span(i, j, w))
		i = j - 1
	}
	return spans
}

// in reports whether token i is marked with exactly w.
func in(marked map[int]float64, i int, w float64) bool {
	v, ok := marked[i]
	return ok && v == w
}

func sign(x float64) float64 {
	if x < 0 {
		return -1
	}
	return 1
}

// signals collects what a person must see whatever the polarity.
func signals(d *document) []Signal {
	out := []Signal{}
	for _, kind := range Signals() {
		s := Signal{Kind: kind}
		for _, c := range d.cues {
			if c.pattern.group == "signal "+kind {
				s.Evidence = append(s.Evidence, d.span(c.from, c.to, 0))
			}
		}
		if len(s.Evidence) > 0 {
			out = append(out, s)
		}
	}
	return out
}
