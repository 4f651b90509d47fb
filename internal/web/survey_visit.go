package web

import (
	"encoding/json"
	"errors"
	"net/url"
	"strconv"
	"strings"
	"time"

	"earshot/internal/collect"
	"earshot/internal/feedback"

	"github.com/gofiber/fiber/v2"
)

// The fields of a form that a page of ours adds. No question can have such a name.
const (
	fieldAt   = "_at"   // when the page was made
	fieldSeen = "_seen" // what its script saw of the visitor
	fieldAuto = "_auto" // sent by the script, not by a press
)

// stamp writes down when a page was made. It is not signed: whoever could forge it could as well send
// the form without any page, and a scanner does neither.
func stamp(t time.Time) string { return strconv.FormatInt(t.UnixMilli(), 36) }

// visitOf reads what is known of whoever sent a form.
func (a *app) visitOf(c *fiber.Ctx, form url.Values) collect.Visit {
	v := collect.Visit{Client: clientOf(c), Typed: true}
	made, err := strconv.ParseInt(form.Get(fieldAt), 36, 64)
	if err != nil {
		return v
	}
	v.Page, v.Open, v.Auto = true, max(a.Now().Sub(time.UnixMilli(made)), 0), form.Get(fieldAuto) != ""
	v.Evidence = seenIn(form.Get(fieldSeen))
	return v
}

// hasty tells whether a form came back from its page sooner than anybody reads: then the page is shown
// once more, because a machine presses the first button it finds. A form without a page is a
// program's.
func (a *app) hasty(c *fiber.Ctx, form url.Values) bool {
	v := a.visitOf(c, form)
	v.Typed = false
	_, ok := v.Judge(false)
	return !ok
}

// seen is what the script writes into the form.
type seen struct {
	Dwell   int  `json:"dwell"`
	Visible int  `json:"visible"`
	First   int  `json:"first"`
	Moves   int  `json:"moves"`
	Spread  int  `json:"spread"`
	Keys    int  `json:"keys"`
	Touches int  `json:"touches"`
	Wheel   int  `json:"wheel"`
	Early   bool `json:"early"`
}

// seenIn reads the script's evidence; nil when there is none or it is no such thing.
func seenIn(text string) *feedback.Evidence {
	var s seen
	if text == "" || len(text) > 1000 || json.Unmarshal([]byte(text), &s) != nil {
		return nil
	}
	for _, n := range []*int{&s.Dwell, &s.Visible, &s.First, &s.Moves, &s.Spread, &s.Keys, &s.Touches, &s.Wheel} {
		*n = min(max(*n, 0), 1e9) // a page left open for eleven days is enough
	}
	e := feedback.Evidence(s)
	return &e
}

// clientOf is who speaks to us: what it calls itself, and the nearest address that is not our proxy's.
// The address only ever makes us more careful, so a forged one gains nothing.
func clientOf(c *fiber.Ctx) collect.Client {
	address := c.IP()
	if via := c.Get(fiber.HeaderXForwardedFor); via != "" {
		parts := strings.Split(via, ",")
		address = strings.TrimSpace(parts[len(parts)-1])
	}
	return collect.Client{Agent: c.Get(fiber.HeaderUserAgent), Address: address}
}

// watch tells collect who opened a customer's link.
func (a *app) watch(c *fiber.Ctx, v *collect.View, decoy bool) (confirm bool, err error) {
	click := collect.Click{Decoy: decoy, Head: c.Method() == fiber.MethodHead, Client: clientOf(c)}
	if n, err := strconv.Atoi(c.Query("score")); err == nil {
		click.Score, click.Scored = n, true
	}
	return a.Collect.Observe(c.UserContext(), v, click, a.Now())
}

// GET /s/{token}/about: a link that the mail hides from everybody who reads it. A machine that follows
// every link gives itself away; whoever finds it nevertheless gets the survey.
func (a *app) showDecoy(c *fiber.Ctx) error {
	token := c.Params("token")
	v, err := a.openSurvey(c, token, "")
	if err != nil {
		return err
	}
	if _, err := a.watch(c, v, true); err != nil {
		a.Log.Warn("decoy not kept", "error", scrub(err.Error()), "request_id", requestID(c))
	}
	return c.Redirect("/s/"+url.PathEscape(token), fiber.StatusSeeOther)
}

// counted answers the script that sent a vote by itself.
type counted struct {
	Counted bool   `json:"counted"`
	Text    string `json:"text,omitempty"`
	Button  string `json:"button,omitempty"`
}

// oneClick answers the page's own script. An answer that was not counted keeps its button, so nothing
// is said about it.
func (a *app) oneClick(c *fiber.Ctx, token string, r *feedback.Response, err error) error {
	if errors.Is(err, collect.ErrUnproven) {
		return c.Status(fiber.StatusAccepted).JSON(counted{})
	}
	if err != nil {
		return err
	}
	v, err := a.openSurvey(c, token, c.Query("lang"))
	if err != nil {
		return err
	}
	w, _ := a.wordsIn(v.Language)
	return c.JSON(counted{true, fill(w.Counted, "score", scoreWords(r, v.Wording)), w.Add})
}
