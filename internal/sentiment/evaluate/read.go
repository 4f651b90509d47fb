package evaluate

import (
	"bufio"
	"compress/gzip"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strconv"
	"strings"
	"unicode/utf8"

	"earshot/internal/sentiment"
)

// Truth is the label of an example.
type Truth int

// The labels; NotNegative comes from test suites only.
const (
	Negative Truth = iota
	Neutral
	Positive
	NotNegative
)

// Example is a labelled text.
type Example struct {
	Truth    Truth
	Text     string
	Group    string // the test of a suite
	From, To int    // bytes of the aspect
}

// Set is a file of examples.
type Set struct {
	Name       string // file name without endings
	Examples   []Example
	Aspects    bool // the labels are about Text[From:To]
	Categories bool // the labels are about the category in Group
	Skipped    int  // lines that could not be used
}

// categories are those of restaurant reviews, and the topics they stand for.
var categories = map[string][]string{
	"service": {sentiment.TopicAttitude, sentiment.TopicSpeed, sentiment.TopicCommunication, sentiment.TopicResolution},
	"staff":   {sentiment.TopicAttitude, sentiment.TopicKnowledge},
	"price":   {sentiment.TopicPrice},
	"food":    {sentiment.TopicProduct},
}

// limited takes at most n examples, evenly spread.
func (s Set) limited(n int) Set {
	if n <= 0 || len(s.Examples) <= n {
		return s
	}
	some := make([]Example, 0, n)
	for i := range n {
		some = append(some, s.Examples[i*len(s.Examples)/n])
	}
	s.Examples = some
	return s
}

// Read reads every .tsv, .txt and .gz file of a folder, in the order of their names.
func Read(folder fs.FS) ([]Set, error) {
	entries, err := fs.ReadDir(folder, ".")
	if err != nil {
		return nil, fmt.Errorf("evaluate: %w", err)
	}
	var sets []Set
	for _, e := range entries {
		switch path.Ext(e.Name()) {
		case ".gz", ".tsv", ".txt":
		default:
			continue
		}
		s, err := readFile(folder, e.Name())
		if err != nil {
			return nil, fmt.Errorf("evaluate: %s: %w", e.Name(), err)
		}
		if len(s.Examples) > 0 {
			sets = append(sets, s)
		}
	}
	return sets, nil
}

func readFile(folder fs.FS, name string) (Set, error) {
	f, err := folder.Open(name)
	if err != nil {
		return Set{}, err
	}
	defer f.Close()
	var r io.Reader = f
	if strings.HasSuffix(name, ".gz") {
		z, err := gzip.NewReader(f)
		if err != nil {
			return Set{}, err
		}
		defer z.Close()
		r = z
	}
	base, _, _ := strings.Cut(path.Base(name), ".")
	return parse(base, r)
}

// parse reads lines; the whole file decides what its numbers mean.
func parse(name string, r io.Reader) (Set, error) {
	var rows [][]string
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 4<<20)
	for lines.Scan() {
		if row := strings.Split(lines.Text(), "\t"); len(row) >= 2 {
			rows = append(rows, row)
		}
	}
	if err := lines.Err(); err != nil {
		return Set{}, err
	}
	s := Set{Name: name, Aspects: isAspects(rows), Categories: isCategories(rows)}
	means := isMeans(rows)
	for _, row := range rows {
		x := Example{Text: row[len(row)-1]}
		truth, ok := truthOf(row[0], means)
		x.Truth = truth
		if s.Aspects {
			ok = ok && x.place(row[1], row[2])
		} else if len(row) > 2 {
			x.Group = strings.Join(row[1:len(row)-1], ": ")
		}
		if s.Categories {
			ok = ok && categories[x.Group] != nil
		}
		if !ok {
			s.Skipped++
			continue
		}
		s.Examples = append(s.Examples, x)
	}
	if !s.Categories {
		s.ungroup()
	}
	return s, nil
}

// ungroup forgets groups that are no tests: nearly every example has its own
// (pairs), or they are numbers (a second rating).
func (s *Set) ungroup() {
	groups := map[string]bool{}
	for _, x := range s.Examples {
		groups[x.Group] = true
	}
	numbers := 0
	for g := range groups {
		if _, err := strconv.ParseFloat(g, 64); err == nil {
			numbers++
		}
	}
	if numbers*10 > len(groups)*8 || len(groups) > len(s.Examples)/4 {
		for i := range s.Examples {
			s.Examples[i].Group = ""
		}
	}
}

// isAspects reports whether the rows are label, aspect, character offset, text.
func isAspects(rows [][]string) bool {
	for _, row := range rows {
		if len(row) != 4 {
			return false
		}
		if _, err := strconv.Atoi(row[2]); err != nil {
			return false
		}
	}
	return len(rows) > 0
}

// isCategories reports whether the rows are label, category, text with at least
// half of the categories known.
func isCategories(rows [][]string) bool {
	known := 0
	for _, row := range rows {
		if len(row) != 3 {
			return false
		}
		if categories[row[1]] != nil {
			known++
		}
	}
	return known*2 > len(rows)
}

// isMeans reports whether the labels are ratings around zero.
func isMeans(rows [][]string) bool {
	for _, row := range rows {
		if v, err := strconv.ParseFloat(row[0], 64); err == nil && v < 0 {
			return true
		}
	}
	return false
}

// truthOf reads a label.
func truthOf(label string, means bool) (Truth, bool) {
	switch strings.ToLower(label) {
	case "neg", "negative":
		return Negative, true
	case "neu", "neutral", "none":
		return Neutral, true
	case "pos", "positive":
		return Positive, true
	case "not_neg":
		return NotNegative, true
	}
	v, err := strconv.ParseFloat(label, 64)
	if err != nil {
		return 0, false
	}
	if !means {
		v -= 3
	}
	switch {
	case v <= -0.5:
		return Negative, true
	case v >= 0.5:
		return Positive, true
	}
	return Neutral, true
}

// place finds the aspect's bytes from its character offset.
func (x *Example) place(aspect, offset string) bool {
	chars, err := strconv.Atoi(offset)
	if err != nil {
		return false
	}
	at := 0
	for range chars {
		_, size := utf8.DecodeRuneInString(x.Text[at:])
		at += size
	}
	x.From, x.To = at, at+len(aspect)
	return x.To <= len(x.Text) && x.Text[x.From:x.To] == aspect
}
