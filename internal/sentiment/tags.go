package sentiment

import (
	"strings"
	"sync"

	"github.com/jdkato/prose/v2"
)

// tagger gives English words their Penn tags. prose's model (28 MB) is loaded
// once, at the first English text; extraction and segmentation stay off, since
// they cost 267 ms a comment.
type tagger struct {
	model func() *prose.Model
}

func newTagger() *tagger {
	return &tagger{model: sync.OnceValue(func() *prose.Model {
		doc, err := prose.NewDocument("Warm up.", prose.WithExtraction(false), prose.WithSegmentation(false))
		if err != nil {
			return nil
		}
		return doc.Model
	})}
}

// tag fills the tags of one sentence. Only plain words are handed to prose, one
// sentence at a time: its tokeniser is quadratic on runs of marks, fails on
// words whose lower case is longer, and shares one tag between equal words.
// Where its tokens do not line up with ours the rest stays untagged.
func (g *tagger) tag(toks []token, s segment) {
	defer func() { _ = recover() }() // a tag is a help, never a condition
	model := g.model()
	if model == nil {
		return
	}
	var places []int
	var plain strings.Builder
	for i := s.from; i < s.to; i++ {
		if toks[i].kind != word || !isASCII(toks[i].raw) {
			continue
		}
		form := toks[i].lower
		if toks[i].capital {
			form = strings.ToUpper(form[:1]) + form[1:]
		}
		places = append(places, i)
		plain.WriteString(form)
		plain.WriteByte(' ')
	}
	doc, err := prose.NewDocument(plain.String(), prose.WithExtraction(false),
		prose.WithSegmentation(false), prose.UsingModel(model))
	if err != nil {
		return
	}
	tagged := doc.Tokens()
	for n, i := range places {
		if n >= len(tagged) || !strings.EqualFold(tagged[n].Text, toks[i].lower) {
			return
		}
		toks[i].tag = tagged[n].Tag
	}
}
