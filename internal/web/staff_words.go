package web

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/gofiber/fiber/v2"
)

// staffWords are the words of the staff's pages: key → language → text, from pages/words/*.yaml, one
// file per screen. A text may name {n}, {name} and the like, which are filled in.
type staffWords map[string]map[string]string

// loadStaffWords reads pages/words; a key that lacks a language, or stands in two files, stops the start.
func loadStaffWords(fsys fs.FS, languages []string) (staffWords, error) {
	files, err := fs.Glob(fsys, "pages/words/*.yaml")
	if err != nil {
		return nil, err
	}
	out := staffWords{}
	var mistakes []error
	for _, file := range files {
		b, err := fs.ReadFile(fsys, file)
		if err != nil {
			return nil, err
		}
		keys := staffWords{}
		if err := yaml.Unmarshal(b, &keys); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		for _, key := range slices.Sorted(maps.Keys(keys)) {
			if out[key] != nil {
				mistakes = append(mistakes, fmt.Errorf("%s: %s stands in another file too", file, key))
			}
			out[key] = keys[key]
			for _, l := range languages {
				if keys[key][l] == "" {
					mistakes = append(mistakes, fmt.Errorf("%s: %s lacks %s", file, key, l))
				}
			}
		}
	}
	return out, errors.Join(mistakes...)
}

// say is the text of a key in a language with its pairs of name and value filled in. An unknown key is
// an error: the page that asks for it is wrong.
func (w staffWords) say(lang, key string, pairs ...any) (string, error) {
	byLang, ok := w[key]
	if !ok {
		return "", fmt.Errorf("there are no words %q", key)
	}
	text, ok := byLang[lang]
	if !ok {
		text = byLang["en"]
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		text = strings.ReplaceAll(text, "{"+fmt.Sprint(pairs[i])+"}", fmt.Sprint(pairs[i+1]))
	}
	return text, nil
}

// tongue speaks the language of one reader of the staff's pages.
type tongue struct {
	lang  string
	words staffWords
	now   time.Time
	zone  *time.Location
}

// T is the text of a key; templates call it as $.T "key" "name" value.
func (t tongue) T(key string, pairs ...any) (string, error) {
	return t.words.say(t.lang, key, pairs...)
}

// say is T for handlers. A key that does not exist shows as itself, and fails the test of the words.
func (t tongue) say(key string, pairs ...any) string {
	text, err := t.words.say(t.lang, key, pairs...)
	if err != nil {
		return key
	}
	return text
}

// Word names one of the domain's own words ("not_mine") in the reader's language; one that has no
// words of its own is shown as it is.
func (t tongue) Word(group string, value any) string {
	key := group + "_" + fmt.Sprint(value)
	if _, ok := t.words[key]; !ok {
		return title(value)
	}
	return t.say(key)
}

// Clock writes a moment on the reader's clock.
func (t tongue) Clock(at time.Time) string { return at.In(t.zone).Format(t.say("time_form")) }

// Day writes a day on the reader's clock.
func (t tongue) Day(at time.Time) string { return at.In(t.zone).Format(t.say("day_form")) }

// Ago says how long before now a moment was.
func (t tongue) Ago(at time.Time) string {
	d := t.now.Sub(at)
	if d < time.Minute {
		return t.say("just_now")
	}
	return t.say("ago", "span", t.Span(d))
}

// Left says how much time remains until a moment, or by how much it has passed.
func (t tongue) Left(at time.Time) string {
	d := at.Sub(t.now)
	switch {
	case d < -time.Minute:
		return t.say("time_over", "span", t.Span(-d))
	case d < time.Minute:
		return t.say("due_now")
	}
	return t.say("time_left", "span", t.Span(d))
}

// Span names a duration by its two largest units.
func (t tongue) Span(d time.Duration) string {
	days, hours, minutes := int(d.Hours())/24, int(d.Hours())%24, int(d.Minutes())%60
	unit := func(n int, key string) string { return fmt.Sprintf("%d\u00a0%s", n, t.say(key)) }
	switch {
	case days >= 3 || days >= 1 && hours == 0:
		return unit(days, "unit_days")
	case days >= 1:
		return unit(days, "unit_days") + " " + unit(hours, "unit_hours")
	case hours >= 1 && minutes > 0:
		return unit(hours, "unit_hours") + " " + unit(minutes, "unit_minutes")
	case hours >= 1:
		return unit(hours, "unit_hours")
	}
	return unit(max(minutes, 1), "unit_minutes")
}

// tongueOf is the language of whoever asks: what they chose for themselves, else what their browser
// wants, else English.
func (a *app) tongueOf(c *fiber.Ctx) tongue {
	u := userOf(c)
	wanted := accepted(c.Get(fiber.HeaderAcceptLanguage))
	t := tongue{words: a.staffWords, now: a.Now(), zone: a.Zone}
	if u != nil {
		wanted = append([]string{u.Language}, wanted...)
		t.zone = u.Zone(a.Zone)
	}
	_, t.lang = a.wordsIn(wanted...)
	return t
}

// spoken are the staff's pages whose words are all in pages/words. The others are English, and say so
// to screen readers.
func spoken(page string) bool {
	switch page {
	case "desk", "wall", "you", "team", "coaching", "disputes", "about", "style", "watch":
		return true
	}
	return false
}

// languageNames lists the languages with their own names, for a choice.
func (a *app) languageNames() []choice {
	var out []choice
	for _, l := range sortedKeys(a.words) {
		out = append(out, choice{Label: a.words[l].Name, URL: l})
	}
	return out
}
