package mail

// Word is a mail between people of the organisation about a customer's words: praise, a note, a
// lesson, a dispute. Its phrases are those of text.yaml that begin with word_ and the variant.
type Word struct {
	Brand    Brand
	Language string // the reader's
	// Variant is kudos, weekly, note, lesson, answered, dispute, decided or dispute_raised.
	Variant string
	Name    string // whom the mail goes to; may be empty
	About   string // whom the matter concerns
	By      string // who wrote; empty for Earshot itself
	Text    string // what they wrote; may be empty
	Quotes  []WordQuote
	More    int    // quotes left out
	Reason  string // why praise is theirs, or what is disputed
	// Decision is upheld or declined where a dispute was decided.
	Decision string
	URL      string
}

// WordQuote is what one customer said. Who and Matter may be empty.
type WordQuote struct{ Text, Who, Matter string }

func (Word) template() string { return "word" }
func (p Word) locale() string { return p.Language }

// First is the first quote, empty when there is none.
func (p Word) First() WordQuote {
	if len(p.Quotes) == 0 {
		return WordQuote{}
	}
	return p.Quotes[0]
}

// Count is how many customers are quoted or left out.
func (p Word) Count() int { return len(p.Quotes) + p.More }

// Lead is the key of the sentence under the greeting.
func (p Word) Lead() string { return "word_" + p.Variant + "_lead" }

// Paragraphs are the text's.
func (p Word) Paragraphs() []string { return paragraphs(p.Text) }

func (p Word) tidied(words) (Page, error) {
	tidyAll(maxPerson, &p.Brand.Org, &p.Name, &p.About, &p.By)
	p.Text = plain(p.Text)
	p.Quotes = append([]WordQuote(nil), p.Quotes...)
	for i := range p.Quotes {
		q := &p.Quotes[i]
		tidyAll(maxPerson, &q.Who)
		tidyAll(maxMatter, &q.Matter)
		fit, _ := fitComment([]Piece{{Text: q.Text}})
		q.Text = fit[0].Text
	}
	return p, nil
}

func (p Word) head(w words) (subject, preheader string, err error) {
	if subject, err = w.With("word_"+p.Variant+"_subject", p); err != nil {
		return "", "", err
	}
	preheader = tidy(firstOf(p.Text, p.First().Text), maxLine)
	return subject, preheader, nil
}
