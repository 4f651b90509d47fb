package web

import (
	"errors"
	"fmt"
	"io/fs"
	"reflect"
	"sort"
	"strings"

	"github.com/goccy/go-yaml"
)

// words are the customers' pages' own words in one language, from pages/text.yaml. What a survey asks
// stands in its definition; this is everything around it. {org}, {agent}, {time}, {n} and {score} are
// filled in where a text names them.
type words struct {
	Name       string `yaml:"name"`     // of the language, in itself
	TimeForm   string `yaml:"time"`     // Go's layout of a moment
	Yes        string `yaml:"yes"`      //
	No         string `yaml:"no"`       //
	Optional   string `yaml:"optional"` // beside questions that may stay unanswered
	Send       string `yaml:"send"`     // the button
	Change     string `yaml:"change"`   // the button of a changed answer
	Answered   string `yaml:"answered"` // above a form that changes an earlier answer; {time}
	Privacy    string `yaml:"privacy"`  // who reads the answer; {org}
	Language   string `yaml:"language"` // label of the language switch
	StopLink   string `yaml:"stop_link"`
	ErrorTitle string `yaml:"error_title"`
	ErrorScore string `yaml:"error_score"`
	ErrorLong  string `yaml:"error_long"` // {n}: the most characters
	ErrorOther string `yaml:"error_other"`
	ErrorSave  string `yaml:"error_save"` // the answer could not be stored; what was typed is still there

	ThanksTitle string `yaml:"thanks_title"`
	YourAnswer  string `yaml:"your_answer"` // {score}
	YourComment string `yaml:"your_comment"`
	ThanksLow   string `yaml:"thanks_low"`    // after a low answer; {agent}
	ThanksLowBy string `yaml:"thanks_low_by"` // the same when no agent's name is known; {org}
	ChangeLink  string `yaml:"change_link"`   // {time}

	GoneTitle    string `yaml:"gone_title"`
	GoneText     string `yaml:"gone_text"` // {org}
	UnknownTitle string `yaml:"unknown_title"`
	UnknownText  string `yaml:"unknown_text"`
	BrokenTitle  string `yaml:"broken_title"`
	BrokenText   string `yaml:"broken_text"`
	RefusedTitle string `yaml:"refused_title"`
	RefusedText  string `yaml:"refused_text"`
	KeptText     string `yaml:"kept_text"` // above a comment that could not be stored

	StopTitle   string `yaml:"stop_title"`
	StopText    string `yaml:"stop_text"` // {org}
	StopButton  string `yaml:"stop_button"`
	StoppedText string `yaml:"stopped_text"` // {org}
	StartButton string `yaml:"start_button"`
	StartedText string `yaml:"started_text"` // {org}

	Add      string `yaml:"add"`       // the button after a vote of one click
	Counted  string `yaml:"counted"`   // a vote of one click was taken; {score}
	Confirm  string `yaml:"confirm"`   // above the button where machines follow links
	OnceMore string `yaml:"once_more"` // a press was too quick to be believed

	CaseTitle     string `yaml:"case_title"`     // above what happens to a low answer
	CaseTaken     string `yaml:"case_taken"`     // {agent}
	CaseTakenBy   string `yaml:"case_taken_by"`  // {agent}, {time}
	CaseContacted string `yaml:"case_contacted"` // {agent}
	CaseResolved  string `yaml:"case_resolved"`  // {agent}
	CaseConfirmed string `yaml:"case_confirmed"`
	SolvedTitle   string `yaml:"solved_title"`
	SolvedNote    string `yaml:"solved_note"` // {agent}
	SolvedYes     string `yaml:"solved_yes"`
	SolvedNo      string `yaml:"solved_no"`
	SaidSolved    string `yaml:"said_solved"`   // {agent}
	SaidUnsolved  string `yaml:"said_unsolved"` // {agent}

	DataTitle      string `yaml:"data_title"`
	DataText       string `yaml:"data_text"` // {org}
	DataCopy       string `yaml:"data_copy"`
	DataErase      string `yaml:"data_erase"`
	DataAskedCopy  string `yaml:"data_asked_copy"`  // {org}
	DataAskedErase string `yaml:"data_asked_erase"` // {org}

	ThanksHigh string `yaml:"thanks_high"` // after a high answer with words; {agent}
	PublicText string `yaml:"public_text"`
	PublicLink string `yaml:"public_link"`
	QuoteText  string `yaml:"quote_text"` // {org}
	QuoteName  string `yaml:"quote_name"` // label of the name to quote under
	QuoteYes   string `yaml:"quote_yes"`
	Quoted     string `yaml:"quoted"` // {org}, {name}
	QuoteNo    string `yaml:"quote_no"`
}

// loadWords reads pages/text.yaml; a language that lacks a word stops the start.
func loadWords(fsys fs.FS) (map[string]words, error) {
	b, err := fs.ReadFile(fsys, "pages/text.yaml")
	if err != nil {
		return nil, err
	}
	out := map[string]words{}
	if err := yaml.UnmarshalWithOptions(b, &out, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("pages/text.yaml: %w", err)
	}
	if _, ok := out["en"]; !ok {
		return nil, errors.New("pages/text.yaml: has no English")
	}
	for lang, w := range out {
		v := reflect.ValueOf(w)
		for i := range v.NumField() {
			if v.Field(i).String() == "" {
				return nil, fmt.Errorf("pages/text.yaml: %s lacks %s", lang, v.Type().Field(i).Tag.Get("yaml"))
			}
		}
	}
	return out, nil
}

// wordsIn returns the words of the first of the given languages that there are words in.
func (a *app) wordsIn(languages ...string) (words, string) {
	for _, l := range languages {
		if w, ok := a.words[l]; ok {
			return w, l
		}
	}
	return a.words["en"], "en"
}

// accepted lists the base languages of an Accept-Language header, most wanted first. Weights are
// rarely out of order; they are ignored.
func accepted(header string) []string {
	var out []string
	for _, part := range strings.Split(header, ",") {
		tag, _, _ := strings.Cut(strings.TrimSpace(part), ";")
		base, _, _ := strings.Cut(strings.ToLower(tag), "-")
		if base != "" {
			out = append(out, base)
		}
	}
	return out
}

// direction is the writing direction of a language.
func direction(lang string) string {
	switch lang {
	case "ar", "he", "fa", "ur":
		return "rtl"
	}
	return "ltr"
}

// fill puts values into a text: pairs of a name and its value.
func fill(text string, pairs ...string) string {
	for i := 0; i+1 < len(pairs); i += 2 {
		text = strings.ReplaceAll(text, "{"+pairs[i]+"}", pairs[i+1])
	}
	return text
}

// sortedKeys lists a map's keys in order.
func sortedKeys[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	sort.Strings(out)
	return out
}
