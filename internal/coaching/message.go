package coaching

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/mail"
	"earshot/internal/store"
)

// quotesInMail is how many comments the weekly mail shows.
const quotesInMail = 5

// message builds the mail of a notice; ok is false when what it is about is gone.
func (s *Service) message(ctx context.Context, r *feedback.Remark, n *feedback.Notice) (m mail.Message, ok bool, err error) {
	variant, _, _ := strings.Cut(n.Key, " ")
	to, err := s.Store.Users().Get(ctx, n.To)
	if errors.Is(err, store.ErrNotFound) {
		to, err = &feedback.User{Email: n.To, Name: r.Agent.Name}, nil
	}
	if err != nil {
		return m, false, err
	}
	page := mail.Word{
		Brand: s.Brand, Language: to.Language, Variant: variant, Name: to.Agent().FirstName(), About: r.Agent.DisplayName(),
		Text: r.Text, URL: s.BaseURL + link(variant, r), Reason: r.Reason, Decision: r.Decision,
	}
	if last := len(r.Lines) - 1; last >= 0 && (variant == "decided" || variant == "answered") {
		page.Text = r.Lines[last].Text
		page.By = s.nameOf(ctx, r.Lines[last].By)
	} else if r.By != "earshot" {
		page.By = s.nameOf(ctx, r.By)
	}
	if page.Quotes, ok, err = s.quotes(ctx, r); err != nil || !ok {
		return m, false, err
	}
	page.More = max(len(page.Quotes)-quotesInMail, 0)
	page.Quotes = page.Quotes[:len(page.Quotes)-page.More]
	subject, text, html, err := s.Templates.Render(page)
	if err != nil {
		return m, false, fmt.Errorf("render %s: %w", variant, err)
	}
	language := to.Language
	if language == "" {
		language = "en"
	}
	return mail.Message{
		Kind: mail.Kind(n.Kind), Ref: r.ID, Key: "remark:" + r.ID + ":" + n.Key, Date: n.Due, From: s.From,
		To: mail.Address{Name: to.Name, Email: n.To}, Subject: subject, Text: text, HTML: html, Language: language,
	}, true, nil
}

// link is where the mail leads.
func link(variant string, r *feedback.Remark) string {
	switch r.Kind {
	case feedback.Kudos, feedback.WeeklyThanks:
		return "/desk/wall"
	case feedback.Dispute:
		return "/desk/disputes"
	}
	return "/desk/coaching#r" + r.ID
}

func (s *Service) nameOf(ctx context.Context, email string) string {
	u, err := s.Store.Users().Get(ctx, email)
	if err != nil {
		return email
	}
	return u.Agent().DisplayName()
}

// quotes are the customers' words that a remark is about. It is not ok when they are what the mail is
// for and none are left.
func (s *Service) quotes(ctx context.Context, r *feedback.Remark) ([]mail.WordQuote, bool, error) {
	if r.Kind == feedback.WeeklyThanks {
		from, to := r.WrittenAt.Add(-week), r.WrittenAt
		praise, err := s.list(ctx, store.RemarkFilter{Kind: feedback.Kudos, Agent: r.Agent.Email, From: from, To: to}, 50,
			func(k *feedback.Remark) bool { return !k.Hidden })
		var out []mail.WordQuote
		for _, p := range praise {
			out = append(out, quote(p.Response))
		}
		return out, len(out) > 0, err
	}
	if r.Response == "" {
		return nil, true, nil
	}
	said, err := s.Store.Responses().Get(ctx, r.Response)
	if errors.Is(err, store.ErrNotFound) {
		return nil, r.Kind != feedback.Kudos, nil
	}
	if err != nil {
		return nil, false, err
	}
	if r.Kind == feedback.Kudos && (r.Hidden || said.Comment == "") {
		return nil, false, nil
	}
	if said.Comment == "" {
		return nil, true, nil
	}
	return []mail.WordQuote{quote(said)}, true, nil
}

func quote(r *feedback.Response) mail.WordQuote {
	name := r.Customer.FirstName()
	return mail.WordQuote{Text: r.Comment, Who: name, Matter: r.Subject}
}

// week is the span of a weekly mail.
const week = 7 * 24 * time.Hour
