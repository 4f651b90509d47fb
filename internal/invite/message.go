package invite

import (
	"fmt"

	"earshot/internal/feedback"
	"earshot/internal/mail"
)

// message builds the mail that is due for an invitation. The same row gives the same bytes.
func (s *Service) message(v *feedback.Invitation, survey feedback.Survey) (mail.Message, error) {
	brand, from := s.Templates.Brand(s.Brand.Org, s.From, mail.About{Survey: v.Survey, Team: v.Agent.Team, Source: v.Source})
	wording, err := survey.Text[v.Language].Render(feedback.NewFacts(v.Customer, v.Agent, brand.Org, v.Subject))
	if err != nil {
		return mail.Message{}, err
	}
	kind := kindOf(v)
	page := s.page(v, wording, kind)
	page.Brand = brand
	subject, text, html, err := s.Templates.Render(page)
	if err != nil {
		return mail.Message{}, fmt.Errorf("render %s: %w", kind, err)
	}
	ref := v.ID
	if kind == mail.KindReminder {
		ref = fmt.Sprintf("%s-%d", v.ID, v.Reminded+1)
	}
	return mail.Message{
		Kind: kind, Ref: v.ID, Key: string(kind) + ":" + ref, Date: v.Started, From: from,
		To:      mail.Address{Name: v.Customer.Name, Email: v.Customer.Email},
		ReplyTo: s.answersTo(v), Thread: s.Tokens.Mark(feedback.SurveyThread, v.ID),
		Subject: subject, Text: text, HTML: html, Unsubscribe: page.OptOutURL, Language: v.Language,
	}, nil
}

// answersTo is where the customer's answer goes: to us where mail comes in, else to the agent.
func (s *Service) answersTo(v *feedback.Invitation) mail.Address {
	if to := mail.Tagged(s.Inbound, s.Tokens.Mark(feedback.SurveyThread, v.ID)); to != "" {
		return mail.Address{Name: v.Agent.DisplayName(), Email: to}
	}
	return mail.Address{Name: v.Agent.DisplayName(), Email: v.Agent.Email}
}

func kindOf(v *feedback.Invitation) mail.Kind {
	switch {
	case v.State == feedback.Sent:
		return mail.KindReminder
	case v.Original != "":
		return mail.KindResurvey
	}
	return mail.KindInvitation
}

func (s *Service) page(v *feedback.Invitation, w feedback.Wording, kind mail.Kind) mail.Invitation {
	link := s.BaseURL + "/s/" + s.Tokens.Mint(v.ID)
	page := mail.Invitation{
		Language: v.Language, Kind: kind, Metric: string(v.Metric),
		Subject: w.Subject, Question: w.Question, Low: w.Low, High: w.High,
		AgentName: v.Agent.FirstName(), CustomerName: v.Customer.FirstName(), InteractionSubject: v.Subject,
		SurveyURL: link, OptOutURL: link + "/opt-out", DecoyURL: link + "/about", ByReply: s.Inbound != "",
		ExpiresOn: s.Templates.Date(v.Language, v.ExpiresAt.In(s.clock.of(v.Customer))),
	}
	low, high, _ := v.Metric.Scale()
	for score := low; score <= high; score++ {
		b := mail.ScoreLink{Value: score, URL: fmt.Sprintf("%s?score=%d", link, score)}
		switch score {
		case low:
			b.Label = w.Low
		case high:
			b.Label = w.High
		}
		page.Scores = append(page.Scores, b)
	}
	return page
}
