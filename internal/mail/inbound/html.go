package inbound

import (
	"strings"
	"unicode"

	"golang.org/x/net/html"
)

// textOf turns an HTML mail into lines of text. What mail programs mark as the quoted mail goes into
// quoted, with the addresses of its links, by which it may be recognised.
func textOf(source string) (said, quoted string) {
	w := &writer{}
	t := html.NewTokenizer(strings.NewReader(source))
	for {
		switch t.Next() {
		case html.ErrorToken:
			return w.out.String(), w.quoted.String()
		case html.TextToken:
			if w.hidden == 0 {
				w.text(string(t.Text()))
			}
		case html.StartTagToken:
			w.open(t.Token(), false)
		case html.SelfClosingTagToken:
			w.open(t.Token(), true)
		case html.EndTagToken:
			name, _ := t.TagName()
			w.close(string(name))
		}
	}
}

// writer writes text as a reader of HTML would see it.
type writer struct {
	out, quoted strings.Builder
	hidden      int // depth inside script, style, head
	quote       int // depth inside the quoted mail
	quoteTag    string
	rest        bool // everything from here on is the quoted mail
	space       bool
	bare        bool // the line has no text yet
}

func (w *writer) open(t html.Token, closed bool) {
	switch t.Data {
	case "script", "style", "head", "title":
		if !closed {
			w.hidden++
		}
		return
	case "a":
		if w.quote > 0 || w.rest {
			w.quoted.WriteString(" " + attribute(t, "href") + " ")
		}
	}
	switch {
	case w.quote > 0 && t.Data == w.quoteTag && !closed:
		w.quote++
	case w.quote == 0 && !w.rest && quoting(t) && !closed:
		w.quote, w.quoteTag = 1, t.Data
	case beginsRest(t):
		w.rest = true
	}
	if block(t.Data) {
		w.line()
	}
	if t.Data == "li" {
		w.text("- ")
	}
}

func (w *writer) close(tag string) {
	switch tag {
	case "script", "style", "head", "title":
		w.hidden = max(w.hidden-1, 0)
		return
	}
	if w.quote > 0 && tag == w.quoteTag {
		w.quote--
	}
	if block(tag) {
		w.line()
	}
}

// text writes words with the white space of HTML made one.
func (w *writer) text(s string) {
	into := &w.out
	if w.quote > 0 || w.rest {
		into = &w.quoted
	}
	for _, r := range s {
		if unicode.IsSpace(r) && r != '\u00a0' {
			w.space = true
			continue
		}
		if w.space && !w.bare && into.Len() > 0 {
			into.WriteByte(' ')
		}
		if r == '\u00a0' {
			r = ' '
		}
		into.WriteRune(r)
		w.space, w.bare = false, false
	}
}

func (w *writer) line() {
	into := &w.out
	if w.quote > 0 || w.rest {
		into = &w.quoted
	}
	into.WriteByte('\n')
	w.space, w.bare = false, true
}

// quoting tells whether an element holds the mail that was answered, by the marks of Gmail,
// Thunderbird, Apple Mail, Yahoo, Proton and others.
func quoting(t html.Token) bool {
	if t.Data == "blockquote" {
		return true
	}
	class := " " + strings.ToLower(attribute(t, "class")) + " "
	for _, mark := range []string{" gmail_quote", " gmail_attr ", " gmail_signature ", " moz-cite-prefix ", " moz-signature ", " yahoo_quoted ",
		" protonmail_quote ", " protonmail_signature_block ", " tutanota_quote ", " zmail_extra ", " gmx_quote ", " webde_quote "} {
		if strings.Contains(class, mark) {
			return true
		}
	}
	id := strings.ToLower(attribute(t, "id"))
	return id == "yahoo_quoted" || strings.HasPrefix(id, "isforwardcontent") || id == "signature" || id == "ms-outlook-mobile-signature"
}

// beginsRest tells whether the quoted mail begins with an element that does not hold it: Outlook's.
func beginsRest(t html.Token) bool {
	id := strings.ToLower(attribute(t, "id"))
	if id == "divrplyfwdmsg" || id == "x_divrplyfwdmsg" || id == "appendonsend" || id == "mail-editor-reference-message-container" {
		return true
	}
	style := strings.ToLower(strings.ReplaceAll(attribute(t, "style"), " ", ""))
	return t.Data == "div" && strings.Contains(style, "border-top:solid#") && strings.Contains(style, "padding:3.0pt")
}

func attribute(t html.Token, name string) string {
	for _, a := range t.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// block tells whether an element stands on lines of its own.
func block(tag string) bool {
	switch tag {
	case "br", "p", "div", "tr", "table", "li", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "blockquote", "pre", "section", "article", "header", "footer":
		return true
	}
	return false
}
