package sentiment

// document is a comment taken apart: what every scorer and every rule reads.
type document struct {
	text      string
	lang      string // ISO 639-1 of a language we understand, "" when unknown
	toks      []token
	sentences []segment
	clauses   []clause
	grammar   []match // of the language's grammar sections, in order
	cues      []match // topics, signals, names
}

// segment is a range of tokens, to exclusive.
type segment struct{ from, to int }

func (s segment) holds(i int) bool { return i >= s.from && i < s.to }

// clause is the smallest piece that can feel one thing: "Sam was lovely | but
// the refund took three weeks".
type clause struct {
	segment
	sentence int
	lead     string // grammar group of the word that opens it: contrast, concession, join, or ""
}

// parse takes a comment apart for a lexicon; l may be nil for a text of unknown
// language, which gets sentences and no grammar.
func parse(text string, toks []token, l *lexicon) *document {
	d := &document{text: text, toks: toks}
	if l != nil {
		d.lang = l.lang
		l.prepare(toks)
	} else {
		for i := range toks {
			toks[i].norm = toks[i].lower
			if toks[i].kind == emoji {
				toks[i].norm = emoticonForm(toks[i].raw)
			}
		}
	}
	d.sentences = sentencesOf(toks)
	for _, s := range d.sentences {
		if i := firstWord(toks, s); i >= 0 {
			toks[i].first = true
		}
	}
	if l != nil {
		d.grammar = l.grammar.all(toks, d.sentences)
	}
	return d
}

// finish does what needs the names marked: cues and clauses.
func (d *document) finish(l *lexicon) {
	if l != nil {
		d.cues = l.cues.all(d.toks, d.sentences)
	}
	d.clauses = d.clausesOf()
}

// sentencesOf cuts at sentence ends; emoji after the end still belong to it.
func sentencesOf(toks []token) []segment {
	var out []segment
	from, words := 0, 0
	for i := range toks {
		if toks[i].kind == word || toks[i].kind == emoji || toks[i].kind == number {
			words++
		}
		if toks[i].kind != stop {
			continue
		}
		if words > 0 || from == i {
			to := i + 1
			for to < len(toks) && toks[to].kind == emoji {
				to++
			}
			if from < to && words > 0 {
				out = append(out, segment{from, to})
				from, words = to, 0
			}
		}
	}
	if from < len(toks) && words > 0 {
		out = append(out, segment{from, len(toks)})
	}
	return out
}

func firstWord(toks []token, s segment) int {
	for i := s.from; i < s.to; i++ {
		if toks[i].kind == word {
			return i
		}
	}
	return -1
}

// all finds every match of the matcher, sentence by sentence. Of matches of one
// group that overlap only the longest stays.
func (m *matcher) all(toks []token, sentences []segment) []match {
	var out []match
	for _, s := range sentences {
		begin := len(out)
		for i := s.from; i < s.to; i++ {
			for _, f := range m.at(toks, i, s.to) {
				out = keepLongest(out, begin, f)
			}
		}
	}
	return out
}

// keepLongest adds f unless a longer match of its group covers it, and drops
// shorter ones that f covers.
func keepLongest(out []match, begin int, f match) []match {
	for i := begin; i < len(out); i++ {
		o := out[i]
		if o.pattern.group != f.pattern.group || o.to <= f.from || f.to <= o.from {
			continue
		}
		if f.to-f.from <= o.to-o.from {
			return out
		}
		out[i] = f
		return out
	}
	return append(out, f)
}

// groupAt returns the grammar match of one of the groups that begins at token i.
func (d *document) groupAt(i int, groups ...string) (match, bool) {
	for _, g := range d.grammar {
		if g.from != i {
			continue
		}
		for _, name := range groups {
			if g.pattern.group == name {
				return g, true
			}
		}
	}
	return match{}, false
}

// groupIn returns the first grammar match of a group that lies inside s.
func (d *document) groupIn(s segment, group string) (match, bool) {
	for _, g := range d.grammar {
		if g.pattern.group == group && g.from >= s.from && g.to <= s.to {
			return g, true
		}
	}
	return match{}, false
}

// clausesOf cuts sentences at commas and conjunctions. A cut needs at least two
// words on the left since the last one; lists ("quick, friendly and fair") so
// stay in one clause unless a contrast parts them.
func (d *document) clausesOf() []clause {
	var out []clause
	for n, s := range d.sentences {
		from, lead, words := s.from, "", 0
		for i := s.from; i < s.to; i++ {
			if g, ok := d.groupAt(i, "contrast", "concession", "join"); ok && i > s.from {
				strong := g.pattern.group != "join"
				if words >= 3 && d.wordsFrom(g.to, s) >= 2 || strong && words >= 1 {
					out = append(out, clause{segment{from, i}, n, lead})
					from, lead, words = i, g.pattern.group, 0
				}
			} else if ok {
				lead = g.pattern.group
			}
			switch {
			case d.toks[i].kind == comma && words >= 2 && d.wordsFrom(i+1, s) >= 2:
				out = append(out, clause{segment{from, i + 1}, n, lead})
				from, lead, words = i+1, "", 0
				if g, ok := d.groupAt(i+1, "contrast", "concession", "join"); ok {
					lead = g.pattern.group
				}
			case d.toks[i].kind == word:
				words++
			}
		}
		if from < s.to {
			out = append(out, clause{segment{from, s.to}, n, lead})
		}
	}
	return out
}

// wordsFrom counts words from token i up to the next clause mark.
func (d *document) wordsFrom(i int, s segment) int {
	n := 0
	for ; i < s.to; i++ {
		switch d.toks[i].kind {
		case word, number:
			n++
		case comma, stop:
			return n
		}
	}
	return n
}

// clauseOf returns the index of the clause that holds token i, -1 if none does.
func (d *document) clauseOf(i int) int {
	for n := range d.clauses {
		if d.clauses[n].holds(i) {
			return n
		}
	}
	return -1
}

// closingThanks finds a last sentence that is a word or two of thanks and
// nothing else, after at least one other.
func (d *document) closingThanks() (segment, bool) {
	if len(d.sentences) < 2 {
		return segment{}, false
	}
	s := d.sentences[len(d.sentences)-1]
	words := 0
	for i := s.from; i < s.to; i++ {
		if d.toks[i].kind == word {
			words++
		}
	}
	for _, c := range d.cues {
		if c.pattern.group == "topic thanks +" && s.holds(c.from) && words <= 2 {
			return s, true
		}
	}
	return segment{}, false
}

// tokensAt returns the tokens that overlap text[from:to].
func (d *document) tokensAt(from, to int) (first, end int) {
	for first < len(d.toks) && d.toks[first].end <= from {
		first++
	}
	end = first
	for end < len(d.toks) && d.toks[end].start < to {
		end++
	}
	return first, end
}

// span is the byte range of tokens from..to.
func (d *document) span(from, to int, weight float64) Span {
	return Span{Start: d.toks[from].start, End: d.toks[to-1].end, Weight: weight}
}
