package web

import (
	"slices"
	"time"

	"earshot/internal/feedback"

	"github.com/gofiber/fiber/v2"
)

// submitted answers a JSON submission.
type submitted struct {
	Response  string            `json:"response"`
	Survey    string            `json:"survey"`
	Score     int               `json:"score"`
	Comment   string            `json:"comment"`
	Answers   map[string]string `json:"answers"`
	EditUntil time.Time         `json:"edit_until"`
}

func (a *app) submitJSON(c *fiber.Ctx) error {
	token := c.Params("token")
	fields, err := jsonFields(c.BodyRaw())
	if err != nil {
		return err
	}
	var questions []feedback.Question
	if asksMore(fields) {
		v, err := a.openSurvey(c, token, "")
		if err != nil {
			return err
		}
		questions = v.Survey.Questions
	}
	answer, err := jsonAnswer(fields, questions)
	if err != nil {
		return err
	}
	r, err := a.Collect.Submit(c.UserContext(), token, answer, a.Now())
	if err != nil {
		return err
	}
	return c.JSON(submitted{r.ID, r.Survey, r.Score, r.Comment, r.Answers, r.EditUntil})
}

func jsonFields(body []byte) (map[string]any, error) {
	tree, err := parseJSON(body)
	if err != nil {
		return nil, err
	}
	fields, ok := tree.(map[string]any)
	if !ok {
		return nil, feedback.Refuse("(body)", "must be an object")
	}
	return fields, nil
}

// asksMore tells whether the survey has to be read to understand the fields: a score and a comment are
// the same in all of them.
func asksMore(fields map[string]any) bool {
	for name := range fields {
		if name != "score" && name != "comment" {
			return true
		}
	}
	return false
}

// jsonAnswer reads {"score": 4, "comment": "…"} with the survey's other questions beside them.
func jsonAnswer(fields map[string]any, questions []feedback.Question) (feedback.Answer, error) {
	var in struct {
		Score   *int   `json:"score"`
		Comment string `json:"comment"`
	}
	answers := map[string]string{}
	var errs []feedback.FieldError
	for _, q := range questions {
		value, there := fields[q.ID]
		delete(fields, q.ID)
		switch v := value.(type) {
		case string:
			answers[q.ID] = v
		case bool:
			answers[q.ID] = map[bool]string{true: "yes", false: "no"}[v]
		default:
			if there && value != nil {
				errs = append(errs, feedback.FieldError{Field: q.ID, Detail: "must be a string"})
			}
		}
	}
	errs = append(errs, decode(fields, &in, "")...)
	if in.Score == nil && !slices.ContainsFunc(errs, func(e feedback.FieldError) bool { return e.Field == "score" }) {
		errs = append(errs, feedback.FieldError{Field: "score", Detail: "is required, as a whole number"})
	}
	if len(errs) > 0 {
		return feedback.Answer{}, refuse(errs)
	}
	return feedback.Answer{Score: *in.Score, Scored: true, Comment: in.Comment, Answers: answers}, nil
}
