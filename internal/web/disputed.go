package web

import (
	"fmt"

	"earshot/internal/feedback"
	"earshot/internal/perception"

	"github.com/gofiber/fiber/v2"
)

// disputedFigures compares the scores of the last thirty days as they were earned with what they would
// be without the answers whose dispute was upheld. Only surveys with such answers are listed; the score
// itself is the earned one everywhere.
func (a *app) disputedFigures(c *fiber.Ctx) ([]disputedFigure, error) {
	u := userOf(c)
	ask := a.lately()
	name, team, agent := "", u.Team, ""
	switch u.Role {
	case feedback.RoleAgent:
		ask.By, name, agent, team = perception.ByAgent, u.Email, u.Email, ""
	case feedback.RoleLead:
		ask.By, name = perception.ByTeam, u.Team
	default:
		team = ""
	}
	upheld, err := a.Coaching.Upheld(c.UserContext(), team, agent, ask.From.UTC(), ask.To.UTC())
	if err != nil || len(upheld) == 0 {
		return nil, err
	}
	scores, err := a.Perception.Scores(c.UserContext(), ask)
	if err != nil {
		return nil, err
	}
	var out []disputedFigure
	for _, s := range scores {
		if name != "" && s.Scope != name || s.Score == nil {
			continue
		}
		var gone []int
		for _, r := range upheld {
			if r.Survey == s.Survey && r.Scored {
				gone = append(gone, r.Score)
			}
		}
		left, n := withoutScores(s.Metric, *s.Score, s.N, gone)
		if len(gone) == 0 || n == 0 {
			continue
		}
		out = append(out, disputedFigure{Survey: a.surveyName(s.Survey), Earned: disputedText(s.Metric, *s.Score), Disputed: disputedText(s.Metric, left), N: s.N, Without: n})
	}
	return out, nil
}

// withoutScores takes answers out of a score, which on every metric is the mean of what each answer is
// worth: n' s' = n s - Σ worth.
func withoutScores(m feedback.Metric, score float64, n int64, gone []int) (float64, int64) {
	sum := score * float64(n)
	for _, g := range gone {
		sum -= worth(m, g)
	}
	if n -= int64(len(gone)); n <= 0 {
		return 0, 0
	}
	return sum / float64(n), n
}

// worth is what one answer adds to the score of its metric.
func worth(m feedback.Metric, score int) float64 {
	switch {
	case m == feedback.CES:
		return float64(score)
	case score >= m.Happy():
		return 100
	case m == feedback.NPS && score <= m.DefaultLow():
		return -100
	}
	return 0
}

func disputedText(m feedback.Metric, score float64) string {
	switch m {
	case feedback.CES:
		return fmt.Sprintf("%.2f", score)
	case feedback.NPS:
		return fmt.Sprintf("%+.0f", score)
	}
	return fmt.Sprintf("%.0f %%", score)
}
