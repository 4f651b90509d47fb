package sentiment

import (
	"sort"
	"strings"
)

// masked is a text with the names of people replaced by one fixed name, and the
// way back to the original bytes. A verdict must not depend on what somebody is
// called; that the encoder never sees the name makes it so.
type masked struct {
	text  string
	parts []part // in order; together they cover text
}

// part is a stretch of the masked text and where it comes from.
type part struct {
	at, from, to int // masked offset; original from..to
	replaced     bool
}

// standIn is what every name becomes. It is a name the base model knows well, so
// that the sentence stays a sentence.
const standIn = "Sam"

// mask hides names in the first limit tokens and leaves out the rest.
func mask(d *document, limit int) masked {
	var m masked
	var b strings.Builder
	copyTo := func(from, to int) {
		if from < to {
			m.parts = append(m.parts, part{at: b.Len(), from: from, to: to})
			b.WriteString(d.text[from:to])
		}
	}
	at, last := 0, len(d.text)
	if limit < len(d.toks) {
		last = d.toks[limit].start
	}
	for i := 0; i < limit; i++ {
		t := &d.toks[i]
		if !t.name || t.start < at {
			continue
		}
		copyTo(at, t.start)
		end := t.end
		for i+1 < len(d.toks) && d.toks[i+1].name && d.toks[i+1].start == end+1 {
			i++
			end = d.toks[i].end
		}
		m.parts = append(m.parts, part{at: b.Len(), from: t.start, to: end, replaced: true})
		b.WriteString(standIn)
		at = end
	}
	copyTo(at, last)
	m.text = b.String()
	return m
}

// to turns an original offset into one of the masked text.
func (m *masked) to(offset int) int {
	n := sort.Search(len(m.parts), func(n int) bool { return m.parts[n].to > offset })
	if n == len(m.parts) {
		return len(m.text)
	}
	p := m.parts[n]
	if p.replaced || offset < p.from {
		return p.at
	}
	return p.at + offset - p.from
}

// end turns an original end offset into one of the masked text.
func (m *masked) end(offset int) int {
	n := sort.Search(len(m.parts), func(n int) bool { return m.parts[n].to >= offset })
	if n == len(m.parts) {
		return len(m.text)
	}
	p := m.parts[n]
	if p.replaced {
		return p.at + len(standIn)
	}
	return p.at + max(0, offset-p.from)
}
