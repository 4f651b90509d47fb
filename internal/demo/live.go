package demo

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"earshot/internal/collect"
	"earshot/internal/feedback"
	"earshot/internal/invite"
	"earshot/internal/mail/inbound"
	"earshot/internal/store"
)

// Live is the traffic that keeps the pages moving.
type Live struct {
	Stage   *Stage
	Invite  *invite.Service
	Collect *collect.Service
	Tokens  feedback.Tokens
	// pending are customers who were asked and will answer.
	pending []pending
}

type pending struct {
	at     time.Time
	id     string
	answer feedback.Answer
	from   string // address of a customer who answers by mail; empty for the page
}

// byMail is the share of customers who answer the mail itself.
const byMail = 0.15

// every is the pause between two live contacts.
const every = 7 * time.Second

// Work lets one more interaction end, and those customers answer whose moment has come, through the
// same services that real traffic takes. It has the shape of a worker's job and is called once at a
// time.
func (l *Live) Work(ctx context.Context, now time.Time) (int, error) {
	if err := l.contact(ctx, now); err != nil {
		return 0, err
	}
	var later []pending
	for _, p := range l.pending {
		if p.at.After(now) {
			later = append(later, p)
			continue
		}
		if err := l.answers(ctx, p, now); err != nil && !errors.Is(err, collect.ErrGone) && !errors.Is(err, collect.ErrUnknown) {
			return 0, fmt.Errorf("live answer: %w", err)
		}
	}
	l.pending = later
	return 0, nil
}

// answers lets a customer answer on the page, or by mail.
func (l *Live) answers(ctx context.Context, p pending, now time.Time) error {
	if p.from == "" {
		_, err := l.Collect.Submit(ctx, l.Tokens.Mint(p.id), p.answer, now)
		return err
	}
	words := fmt.Sprint(p.answer.Score)
	if p.answer.Comment != "" {
		words += " - " + p.answer.Comment
	}
	m := inbound.Message{ID: p.id + "@customers.example", Refs: []string{l.Tokens.Mark(feedback.SurveyThread, p.id) + ".0@acme.test"}, Reply: words, Text: words}
	m.From.Email = p.from
	_, err := l.Collect.TakeReply(ctx, m, now)
	return err
}

// Every is how often Work wants to be called.
func (l *Live) Every() time.Duration { return every }

func (l *Live) contact(ctx context.Context, now time.Time) error {
	w := l.Stage.world
	in, mood := w.contact(now.Add(-31 * time.Minute))
	in.Survey = "csat"
	row, created, err := l.Invite.Accept(ctx, in, now)
	if err != nil {
		return fmt.Errorf("live contact: %w", err)
	}
	if !created || row.Decision.Outcome != feedback.Asked || !chance(w.dice, 0.6) {
		return nil
	}
	survey, ok := l.Stage.config.Catalog.Current(in.Survey)
	if !ok {
		return store.ErrNotFound
	}
	wait := 5*time.Second + time.Duration(rand.Int64N(int64(25*time.Second)))
	p := pending{at: now.Add(wait), id: row.Decision.Invitation, answer: w.answer(in, survey, mood)}
	if chance(w.dice, byMail) {
		p.from = in.Customer.Email
	}
	l.pending = append(l.pending, p)
	return nil
}
