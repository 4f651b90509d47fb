package collect

import (
	"context"
	"errors"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/store"
)

// prompt is how soon after the delivery nobody has read a mail yet.
const prompt = 3 * time.Second

// Click is one opening of a link in a mail.
type Click struct {
	Score  int
	Scored bool // whether the link names a score
	Decoy  bool // whether it is the link that nobody can see
	Head   bool // only the head was asked for
	Client Client
}

// Observe looks at whoever opens a link and keeps what tells a machine from a person, and the click on
// a score as an intent. No score is ever written: see Vote. It reports whether the answer needs the
// button: machines follow the links of this mail, or of this recipient's domain.
func (s *Service) Observe(ctx context.Context, v *View, c Click, now time.Time) (confirm bool, err error) {
	in := v.Invitation
	kinds := signsOf(in, c, now)
	intent := c.Scored && !c.Head && in.Metric.CheckScore(c.Score) == "" && in.Open(now)
	if !intent && !fresh(in, kinds) {
		return s.needsButton(ctx, in, now)
	}
	var added []string
	changed, err := store.Update(ctx, s.Store.Invitations(), in.ID, func(row *feedback.Invitation) error {
		added = nil
		kept := intent && row.AddIntent(now, c.Score, clip(c.Client.Agent))
		if kept && row.Burst() {
			kinds = append(kinds, feedback.SignBurst)
		}
		for _, k := range kinds {
			if row.AddSign(now, k) {
				added = append(added, k)
			}
		}
		if !kept && len(added) == 0 {
			return errKept
		}
		return nil
	})
	if err != nil && !errors.Is(err, errKept) {
		return true, wrap("keep intent", err)
	}
	v.Invitation = changed
	if err := s.remember(ctx, changed, added, now); err != nil {
		return true, err
	}
	return s.needsButton(ctx, changed, now)
}

// needsButton tells whether an answer counts only with a press of the button.
func (s *Service) needsButton(ctx context.Context, v *feedback.Invitation, now time.Time) (bool, error) {
	if v.Scanned() {
		return true, nil
	}
	return s.Scanned(ctx, domainOf(v.Customer.Email), now)
}

// signsOf are the signs in one click.
func signsOf(v *feedback.Invitation, c Click, now time.Time) []string {
	var out []string
	if c.Decoy {
		out = append(out, feedback.SignDecoy)
	}
	switch clientKind(c.Client) {
	case clientScanner:
		out = append(out, feedback.SignScanner)
	case clientTool:
		out = append(out, feedback.SignTool)
	}
	if v.State == feedback.Scheduled || v.State == feedback.Sent && now.Sub(v.SentAt) < prompt {
		out = append(out, feedback.SignPrompt)
	}
	return out
}

// fresh tells whether one of the signs is not known yet.
func fresh(v *feedback.Invitation, kinds []string) bool {
	probe := feedback.Invitation{Signs: v.Signs}
	for _, k := range kinds {
		if probe.AddSign(time.Time{}, k) {
			return true
		}
	}
	return false
}

// pressedEarly keeps that a button was pressed before anybody could have read the page.
func (s *Service) pressedEarly(ctx context.Context, v *View, score int, scored bool, c Client, now time.Time) error {
	added := false
	row, err := store.Update(ctx, s.Store.Invitations(), v.Invitation.ID, func(row *feedback.Invitation) error {
		kept := scored && row.Open(now) && row.AddIntent(now, score, clip(c.Agent))
		if added = row.AddSign(now, feedback.SignPress); !added && !kept {
			return errKept
		}
		return nil
	})
	if errors.Is(err, errKept) {
		return nil
	}
	if err != nil {
		return wrap("keep intent", err)
	}
	if added {
		return s.remember(ctx, row, []string{feedback.SignPress}, now)
	}
	return nil
}

// maxAgent is how much is kept of what a client calls itself.
const maxAgent = 160

func clip(s string) string {
	s = Tidy(s)
	if r := []rune(s); len(r) > maxAgent {
		return string(r[:maxAgent])
	}
	return s
}
