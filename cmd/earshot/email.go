package main

import (
	"errors"
	"fmt"
	"html"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/mail"
	"earshot/internal/recovery"

	"github.com/spf13/cobra"
)

func emailCommand() *cobra.Command {
	c := &cobra.Command{Use: "email", Short: "Look at the mails", Example: "  earshot email preview ./preview", RunE: onlySubcommands, Args: cobra.ArbitraryArgs}
	c.AddCommand(emailPreview())
	return c
}

// previewFolder is where previews go when nobody says.
const previewFolder = "email-preview"

func emailPreview() *cobra.Command {
	c := &cobra.Command{
		Use: "preview [DIR]", Short: "Write every mail in every language as .html, .txt and .eml, in each brand",
		Long: `Writes every mail with made-up facts into a folder (./` + previewFolder + ` without one), in every language, and mails to customers in each
brand of brand.yaml: .html and .txt to look at, .eml to open in a mail program, and index.html with links to all.`,
		Example: "  earshot email preview\n  earshot email preview ./preview --emails ./emails --org Acme", Args: atMostOne("a folder"),
	}
	settingFlags(c, "EARSHOT_EMAILS", "EARSHOT_SURVEYS", "EARSHOT_ORG", "EARSHOT_FROM")
	c.RunE = func(cmd *cobra.Command, args []string) error {
		cfg, err := loadConfig(cmd)
		if err != nil {
			return err
		}
		templates, err := loadTemplates(cfg.Emails)
		if err != nil {
			return err
		}
		surveys, err := loadSurveys(cfg.Surveys)
		if err != nil {
			return err
		}
		p := preview{surveys: surveys, templates: templates, folder: previewFolder, org: cfg.Org, from: mail.Address{Name: cfg.From.Name, Email: cfg.From.Address}}
		if len(args) == 1 {
			p.folder = args[0]
		}
		return p.write(cmd.OutOrStdout())
	}
	return c
}

// gmailCuts is the size in bytes from which Gmail shows only the beginning of a mail.
const gmailCuts = 102 * 1000

// preview writes every mail into a folder.
type preview struct {
	surveys   []feedback.Survey
	templates *mail.Templates
	folder    string
	org       string
	from      mail.Address
	names     []string
	largest   int
	mistakes  []error
}

func (p *preview) write(out io.Writer) error {
	if err := os.MkdirAll(p.folder, 0o750); err != nil {
		return fmt.Errorf("cannot make the folder: %w", err)
	}
	languages := p.templates.Languages()
	slices.Sort(languages)
	brands := p.templates.Brands(p.org)
	if len(brands) == 0 {
		brands = []mail.Brand{{Org: p.org}}
	}
	for _, l := range languages {
		for _, s := range mail.Samples(l) {
			for i, b := range brands {
				page := mail.Branded(p.worded(s.Page, l), b)
				name := l + "-" + s.Name
				if len(brands) > 1 && i < len(brands)-1 {
					if !customerMail(page) {
						continue // mail to staff looks the same in every brand
					}
					name += "-" + b.ID
				}
				if err := p.one(name, l, page); err != nil {
					return err
				}
			}
		}
	}
	if err := p.index(); err != nil {
		return err
	}
	fmt.Fprintf(out, "Wrote %d mails in %d languages to %s; the largest has %d kB. Open %s\n",
		len(p.names), len(languages), p.folder, p.largest/1000, filepath.Join(p.folder, "index.html"))
	return errors.Join(p.mistakes...)
}

// worded puts a real survey's words into a mail that asks: the first definition of its scale, or the
// re-survey.
func (p *preview) worded(page mail.Page, language string) mail.Page {
	in, ok := page.(mail.Invitation)
	if !ok {
		return page
	}
	for _, s := range p.surveys {
		if string(s.Metric) != in.Metric || (s.ID == recovery.ResurveyID) != (in.Kind == mail.KindResurvey) {
			continue
		}
		facts := feedback.NewFacts(feedback.Customer{Name: in.CustomerName}, feedback.Agent{Name: in.AgentName}, p.org, in.InteractionSubject)
		w, err := s.Text[s.Language(language)].Render(facts)
		if err != nil {
			return page
		}
		in.Subject, in.Question, in.Low, in.High = w.Subject, w.Question, w.Low, w.High
		return in
	}
	return page
}

// customerMail tells whether a page is for a customer.
func customerMail(p mail.Page) bool {
	switch p.(type) {
	case mail.Invitation, mail.Thanks, mail.Reply:
		return true
	}
	return false
}

// one writes a mail as its three files.
func (p *preview) one(name, language string, page mail.Page) error {
	subject, text, rich, err := p.templates.Render(page)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	m := mail.Message{
		Kind: "preview", Ref: name, Key: "preview " + name, Date: time.Date(2026, 1, 2, 9, 0, 0, 0, time.UTC), From: p.from,
		To: mail.Address{Name: "Mara Lind", Email: "mara@example.com"}, Subject: subject, Text: text, HTML: rich, Language: language,
	}
	raw, err := m.MIME()
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	p.names, p.largest = append(p.names, name), max(p.largest, len(rich))
	if len(rich) >= gmailCuts {
		p.mistakes = append(p.mistakes, fmt.Errorf("%s has %d bytes; Gmail shows only the beginning of a mail from %d on", name, len(rich), gmailCuts))
	}
	for ext, content := range map[string]string{".html": rich, ".txt": "Subject: " + subject + "\n\n" + text, ".eml": string(raw)} {
		if err := os.WriteFile(filepath.Join(p.folder, name+ext), []byte(content), 0o600); err != nil {
			return fmt.Errorf("cannot write the preview: %w", err)
		}
	}
	return nil
}

// index writes a page with links to all mails.
func (p *preview) index() error {
	var b strings.Builder
	b.WriteString("<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Mails</title><h1>Mails</h1><ul>\n")
	for _, n := range p.names {
		n = html.EscapeString(n)
		fmt.Fprintf(&b, "<li><a href=\"%[1]s.html\">%[1]s</a> · <a href=\"%[1]s.txt\">text</a> · <a href=\"%[1]s.eml\">eml</a></li>\n", n)
	}
	b.WriteString("</ul></html>\n")
	if err := os.WriteFile(filepath.Join(p.folder, "index.html"), []byte(b.String()), 0o600); err != nil {
		return fmt.Errorf("cannot write the preview: %w", err)
	}
	return nil
}
