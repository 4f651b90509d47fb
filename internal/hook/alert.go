package hook

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Alert is what a target hears about a case. ScoreOf is 0 when there was no score.
type Alert struct {
	ID       string    `json:"-"` // of the message; the same for every attempt
	Type     string    `json:"-"` // such as case.alert
	At       time.Time `json:"-"`
	Case     string    `json:"case"`
	Heading  string    `json:"heading"`
	Reason   string    `json:"reason"`
	Score    int       `json:"score"`
	ScoreOf  int       `json:"score_of"`
	Words    string    `json:"words"`
	Matter   string    `json:"matter"`
	Customer string    `json:"customer"`
	Standing string    `json:"standing"`
	Before   int       `json:"contacts_before"`
	Signals  []string  `json:"signals"`
	Owner    string    `json:"owner"`
	Left     string    `json:"left"`
	URL      string    `json:"url"`
}

// maxWords is how many characters of the customer's words a chat shows.
const maxWords = 600

func (a Alert) encode(kind string) ([]byte, error) {
	switch kind {
	case Slack:
		return json.Marshal(a.slack())
	case Teams:
		return json.Marshal(a.teams())
	}
	return json.Marshal(map[string]any{"type": a.Type, "timestamp": a.At.UTC().Format(time.RFC3339), "data": a})
}

// title is the first line: who, and what score.
func (a Alert) title() string {
	switch {
	case a.ScoreOf == 1 && a.Score == 0:
		return "👎 " + a.Heading
	case a.ScoreOf == 1:
		return "👍 " + a.Heading
	case a.ScoreOf > 1:
		return fmt.Sprintf("%d/%d · %s", a.Score, a.ScoreOf, a.Heading)
	}
	return a.Heading
}

// facts are the line below the words.
func (a Alert) facts() string {
	var parts []string
	for _, p := range []string{a.Matter, a.Standing, a.Left, a.Owner} {
		if p != "" {
			parts = append(parts, p)
		}
	}
	if a.Before > 0 {
		parts = append(parts, fmt.Sprintf("%d contacts about this before", a.Before))
	}
	return strings.Join(parts, " · ")
}

// inSlack makes a text safe in Slack: without the three letters no mention, link or command is left.
func inSlack(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(s)
}

// slack is a message with blocks (Slack, "Incoming webhooks" and "Block Kit"); text is what notifications show.
func (a Alert) slack() any {
	section := func(text string) any {
		return map[string]any{"type": "section", "text": map[string]any{"type": "mrkdwn", "text": text, "verbatim": true}}
	}
	blocks := []any{}
	for _, s := range a.Signals {
		blocks = append(blocks, section(":warning: *"+inSlack(s)+"*"))
	}
	blocks = append(blocks, section("*"+inSlack(a.title())+"*\n"+inSlack(a.Reason)))
	if a.Words != "" {
		blocks = append(blocks, section("> "+strings.ReplaceAll(inSlack(short(a.Words)), "\n", "\n> ")))
	}
	if facts := a.facts(); facts != "" {
		blocks = append(blocks, map[string]any{"type": "context", "elements": []any{map[string]any{"type": "plain_text", "text": facts}}})
	}
	blocks = append(blocks, map[string]any{"type": "actions", "elements": []any{map[string]any{
		"type": "button", "text": map[string]any{"type": "plain_text", "text": "Open the case"}, "url": a.URL, "style": "primary"}}})
	return map[string]any{"text": inSlack(a.title()), "blocks": blocks, "unfurl_links": false}
}

// teams is an adaptive card as a Teams workflow takes it ("Post to a channel when a webhook request is received").
func (a Alert) teams() any {
	line := func(text, weight, color string) any {
		return map[string]any{"type": "TextBlock", "text": inTeams(text), "wrap": true, "weight": weight, "color": color}
	}
	body := []any{}
	for _, s := range a.Signals {
		body = append(body, line("⚠ "+s, "Bolder", "Attention"))
	}
	body = append(body, line(a.title(), "Bolder", "Default"), line(a.Reason, "Default", "Default"))
	if a.Words != "" {
		body = append(body, line("“"+short(a.Words)+"”", "Default", "Default"))
	}
	if facts := a.facts(); facts != "" {
		body = append(body, line(facts, "Lighter", "Default"))
	}
	return map[string]any{"type": "message", "attachments": []any{map[string]any{
		"contentType": "application/vnd.microsoft.card.adaptive",
		"content": map[string]any{
			"$schema": "http://adaptivecards.io/schemas/adaptive-card.json", "type": "AdaptiveCard", "version": "1.4", "body": body,
			"actions": []any{map[string]any{"type": "Action.OpenUrl", "title": "Open the case", "url": a.URL}},
		}}}}
}

// inTeams takes the marks of formatting and mentions out of a customer's text.
func inTeams(s string) string {
	return strings.NewReplacer("[", "\\[", "]", "\\]", "*", "\\*", "_", "\\_", "`", "'", "<", "‹", ">", "›").Replace(s)
}

func short(s string) string {
	if r := []rune(s); len(r) > maxWords {
		return string(r[:maxWords]) + "…"
	}
	return s
}

// sign adds the three headers of standard-webhooks (specification, "Signature scheme").
func sign(r *http.Request, secret, id string, body []byte, now time.Time) error {
	key, err := signingKey(secret)
	if err != nil {
		return err
	}
	stamp := strconv.FormatInt(now.Unix(), 10)
	m := hmac.New(sha256.New, key)
	m.Write([]byte(id + "." + stamp + "."))
	m.Write(body)
	r.Header.Set("webhook-id", id)
	r.Header.Set("webhook-timestamp", stamp)
	r.Header.Set("webhook-signature", "v1,"+base64.StdEncoding.EncodeToString(m.Sum(nil)))
	return nil
}

func signingKey(secret string) ([]byte, error) {
	raw, ok := strings.CutPrefix(secret, "whsec_")
	key, err := base64.StdEncoding.DecodeString(raw)
	if !ok || err != nil || len(key) < 24 || len(key) > 64 {
		return nil, errors.New("not a secret of standard-webhooks")
	}
	return key, nil
}
