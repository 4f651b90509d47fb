package feedback

import (
	"net/url"
)

// Promote is what a survey asks of content customers, beside thanking them.
type Promote struct {
	AtLeast int    // the score from which customers are asked
	Public  string // where they may say it in public: an https address; empty: they are not asked
	Quote   bool   // whether they are asked for permission to repeat their words under a name
}

// Wanted tells whether anything is asked.
func (p Promote) Wanted() bool { return p.Public != "" || p.Quote }

type promoteFile struct {
	AtLeast *int   `yaml:"at_least"`
	Public  string `yaml:"public"`
	Quote   bool   `yaml:"quote"`
}

// promote fills in the score that is the best group of its scale: 5, 9 and 10, 6 and 7, thumbs up.
func (f promoteFile) promote(m Metric) Promote {
	p := Promote{Public: f.Public, Quote: f.Quote}
	switch m {
	case CSAT:
		p.AtLeast = 5
	case CES:
		p.AtLeast = 6
	default:
		p.AtLeast = m.Happy()
	}
	if f.AtLeast != nil {
		p.AtLeast = *f.AtLeast
	}
	return p
}

func (s Survey) checkPromote(errs *problems) {
	p := s.Promote
	if !p.Wanted() {
		return
	}
	if _, high, ok := s.Metric.Scale(); ok && (p.AtLeast <= s.Low || p.AtLeast > high) {
		errs.add("promote.at_least", "%d must lie above the low scores and on the scale", p.AtLeast)
	}
	if p.Public == "" {
		return
	}
	if u, err := url.Parse(p.Public); err != nil || u.Scheme != "https" || u.Host == "" {
		errs.add("promote.public", "must be an address that begins with https://")
	}
}
