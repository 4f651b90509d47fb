package coaching

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"earshot/internal/feedback"
	"earshot/internal/mail"
	"earshot/internal/store"
)

// maxWords is the most bytes that a note, an answer or a reason may have.
const maxWords = 4000

// ErrForbidden means that a person may not do this to this remark.
var ErrForbidden = errors.New("this is for somebody else")

// leads tells whether a user leads a team.
func leads(u *feedback.User, team string) bool {
	return u.Role == feedback.RoleAdmin || u.Role == feedback.RoleLead && team != "" && u.Team == team
}

// Reads tells whether a user may see a remark. A note belongs to its writer, to whom it is for, and to
// the leads of the team; a lesson to the team; a dispute to whom it concerns and to the leads.
func Reads(u *feedback.User, r *feedback.Remark) bool {
	if u.Email == r.By || u.Email == r.Agent.Email || leads(u, r.Agent.Team) {
		return true
	}
	return r.Kind == feedback.Lesson && u.Team != "" && u.Team == r.Agent.Team
}

// Teach turns a response into a few words: a note to the agent whose response it is, or a lesson for
// the agent's team. Only leads of that team do. The same words twice are one remark.
func (s *Service) Teach(ctx context.Context, by *feedback.User, response string, kind feedback.RemarkKind, text string, now time.Time) (*feedback.Remark, error) {
	text = strings.TrimSpace(text)
	if err := checkWords("text", text); err != nil {
		return nil, err
	}
	said, err := s.Store.Responses().Get(ctx, response)
	if err != nil {
		return nil, fmt.Errorf("the answer of a note: %w", err)
	}
	if !leads(by, said.Agent.Team) {
		return nil, ErrForbidden
	}
	r := &feedback.Remark{Kind: kind, Response: response, Agent: said.Agent, By: by.Email, WrittenAt: feedback.UTC(now), Text: text}
	readers := []string{said.Agent.Email}
	if kind == feedback.Lesson {
		r.Agent = feedback.Agent{Team: said.Agent.Team}
		if readers, err = s.team(ctx, said.Agent.Team); err != nil {
			return nil, err
		}
	} else if said.Agent.Email == "" {
		return nil, feedback.Refuse("text", "has nobody to go to: nobody is known to have served this customer. Make it a lesson")
	}
	r.ID = feedback.CoachingID(kind, response, by.Email, text)
	for _, to := range readers {
		if to != by.Email {
			r.Tell(feedback.Notice{Kind: string(mail.KindDigest), Key: string(kind) + " " + to, To: to, Due: now})
		}
	}
	return r, s.keep(ctx, r)
}

// team lists the addresses of a team's active people.
func (s *Service) team(ctx context.Context, team string) ([]string, error) {
	users, err := s.Store.Users().List(ctx)
	if err != nil {
		return nil, fmt.Errorf("people of a team: %w", err)
	}
	var out []string
	for _, u := range users {
		if u.Active() && u.Team == team && team != "" {
			out = append(out, u.Email)
		}
	}
	return out, nil
}

// keep inserts a remark; one that is there already stays as it is.
func (s *Service) keep(ctx context.Context, r *feedback.Remark) error {
	err := s.Store.Remarks().Insert(ctx, r)
	if err != nil && !errors.Is(err, store.ErrExists) {
		return fmt.Errorf("keep a %s: %w", r.Kind, err)
	}
	s.Wake()
	return nil
}

func checkWords(field, text string) error {
	switch {
	case text == "":
		return feedback.Refuse(field, "is empty")
	case len(text) > maxWords:
		return feedback.Refuse(field, fmt.Sprintf("is longer than %d bytes", maxWords))
	case !utf8.ValidString(text):
		return feedback.Refuse(field, "is not valid text")
	}
	return nil
}

// Answer adds somebody's words to a note, a lesson or a dispute and tells the others who spoke there.
// Sending the same words again right away changes nothing.
func (s *Service) Answer(ctx context.Context, by *feedback.User, id, text string, now time.Time) error {
	text = strings.TrimSpace(text)
	if err := checkWords("text", text); err != nil {
		return err
	}
	_, err := store.Update(ctx, s.Store.Remarks(), id, func(r *feedback.Remark) error {
		if !Reads(by, r) || r.Kind == feedback.Kudos || r.Kind == feedback.WeeklyThanks {
			return ErrForbidden
		}
		if n := len(r.Lines); n > 0 && r.Lines[n-1].By == by.Email && r.Lines[n-1].Text == text {
			return errSame
		}
		r.Answer(by.Email, text, now)
		for _, to := range speakers(r) {
			if to != by.Email {
				r.Tell(feedback.Notice{Kind: string(mail.KindDigest), Key: fmt.Sprintf("answered %d %s", len(r.Lines), to), To: to, Due: now})
			}
		}
		r.Plan()
		return nil
	})
	if errors.Is(err, errSame) {
		return nil
	}
	s.Wake()
	return err
}

// speakers are whom a remark is between: who wrote it, whom it is for, and whoever answered.
func speakers(r *feedback.Remark) []string {
	out := []string{r.By}
	add := func(email string) {
		for _, known := range out {
			if known == email {
				return
			}
		}
		if email != "" && email != "earshot" {
			out = append(out, email)
		}
	}
	add(r.Agent.Email)
	for _, l := range r.Lines {
		add(l.By)
	}
	return out
}

// Talk is a remark with the answer that it is about, which is nil when that was erased.
type Talk struct {
	*feedback.Remark
	Said *feedback.Response
}

// talksRead bounds how many remarks of a kind a page looks through.
const talksRead = 200

// Coaching lists the latest notes and lessons that a user may read, newest first, at most limit. A
// lead of no team and an administrator see everybody's.
func (s *Service) Coaching(ctx context.Context, u *feedback.User, limit int) ([]Talk, error) {
	var all []*feedback.Remark
	for _, f := range []store.RemarkFilter{{Kind: feedback.CoachingNote, Team: u.Team}, {Kind: feedback.Lesson, Team: u.Team}} {
		if u.Role == feedback.RoleAdmin {
			f.Team = ""
		}
		if u.Role == feedback.RoleAgent && f.Kind == feedback.CoachingNote {
			f.Team, f.Agent = "", u.Email
		}
		list, err := s.Store.Remarks().List(ctx, f, store.Page{Limit: talksRead})
		if err != nil {
			return nil, fmt.Errorf("list coaching: %w", err)
		}
		all = append(all, list.Items...)
	}
	return s.talks(ctx, u, all, limit)
}

// About lists every note, lesson and dispute about a response that a user may read, newest first.
func (s *Service) About(ctx context.Context, u *feedback.User, response string) ([]Talk, error) {
	list, err := s.Store.Remarks().List(ctx, store.RemarkFilter{Response: response}, store.Page{Limit: talksRead})
	if err != nil {
		return nil, fmt.Errorf("list remarks of a response: %w", err)
	}
	var some []*feedback.Remark
	for _, r := range list.Items {
		if r.Kind != feedback.Kudos {
			some = append(some, r)
		}
	}
	return s.talks(ctx, u, some, talksRead)
}
