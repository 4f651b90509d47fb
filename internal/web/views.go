package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"path"
	"strings"
	"time"

	"earshot/internal/feedback"

	"github.com/gofiber/fiber/v2"
)

// layoutOf is the layout that a page stands in: the staff's, unless customers see it.
func layoutOf(page string) string {
	switch page {
	case "survey", "thanks", "gone", "optout", "home":
		return "layout_customer"
	case "embed":
		return "layout_embed"
	}
	return "layout_staff"
}

// views renders pages/*.html. Each page is parsed into its own clone of its layout at start and never
// written again, which makes rendering safe from any number of requests.
type views struct {
	pages map[string]*template.Template
	// policy is the Content-Security-Policy of every page: nothing inline but the customer's style
	// sheet, named by its hash.
	policy string
	// rendered, when set, is told the name of each page that was executed to its end.
	rendered func(name string)
}

func loadViews(fsys fs.FS, files *assets) (*views, error) {
	style := files.text["survey.css"]
	sum := sha256.Sum256([]byte(style))
	v := &views{pages: map[string]*template.Template{}, policy: strings.Join([]string{
		"default-src 'none'", "script-src 'self'",
		"style-src 'self' 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'",
		"img-src 'self' data:", "font-src 'self'", "connect-src 'self'", "manifest-src 'self'", "frame-src 'self'",
		"form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'",
	}, "; ")}
	funcs := viewFuncs(files, style)
	names, err := fs.Glob(fsys, "pages/*.html")
	if err != nil {
		return nil, err
	}
	for _, file := range names {
		name := strings.TrimSuffix(path.Base(file), ".html")
		if strings.HasPrefix(name, "layout_") {
			continue
		}
		layout := layoutOf(name)
		parts := []string{"pages/" + layout + ".html", file}
		if strings.HasPrefix(name, "board") { // the board's pages share their head, tables and charts
			parts = append(parts, "pages/layout_board.html")
		}
		t, err := template.New(layout+".html").Funcs(funcs).Option("missingkey=error").ParseFS(fsys, parts...)
		if err != nil {
			return nil, fmt.Errorf("page %s: %w", name, err)
		}
		v.pages[name] = t
	}
	return v, nil
}

// Load does nothing: everything was read at start.
func (v *views) Load() error { return nil }

// Render executes a page in its layout. bind is a *frame.
func (v *views) Render(w io.Writer, name string, bind any, _ ...string) error {
	t, ok := v.pages[name]
	if !ok {
		return fmt.Errorf("there is no page %q", name)
	}
	var buf bytes.Buffer
	if err := t.Execute(&buf, bind); err != nil {
		return fmt.Errorf("render %s: %w", name, err)
	}
	if v.rendered != nil {
		v.rendered(name)
	}
	_, err := w.Write(buf.Bytes())
	return err
}

// frame is what a layout needs around a page. Templates reach the page's own struct as .Page.
type frame struct {
	tongue
	Foreign   bool   // the page's words are English whatever the reader chose
	Live      string // the stream of changes that the page follows; empty for a page that stands still
	Name      string // of the page
	Org       string
	Version   string
	Lang, Dir string
	Words     words
	User      *feedback.User // nil when nobody is signed in
	Nav       []navItem
	CSRF      string
	Now       time.Time
	Zone      *time.Location
	RequestID string
	Page      any
}

// navItem is one entry of the staff's navigation.
type navItem struct {
	Label, URL string
	Here       bool
}

// page answers with a page. name is the template's file without its ending, data its own struct.
func (a *app) page(c *fiber.Ctx, name string, data any) error {
	f := a.frame(c, name, data)
	return a.render(c, f)
}

// render does not go through Fiber's own Render, which fills a list of its app at the first page, while
// others may be reading it.
func (a *app) render(c *fiber.Ctx, f *frame) error {
	var page bytes.Buffer
	err := a.views.Render(&page, f.Name, f)
	if err == nil {
		c.Set(fiber.HeaderContentType, fiber.MIMETextHTMLCharsetUTF8)
		err = c.Send(page.Bytes())
	}
	if err != nil {
		if c.Response().StatusCode() >= 400 { // the error page itself is broken: say so in plain text
			a.Log.Error("error page failed", "error", scrub(err.Error()), "request_id", requestID(c))
			return c.SendString("Something went wrong on our side. Request " + requestID(c))
		}
		return err
	}
	return nil
}

func (a *app) frame(c *fiber.Ctx, name string, data any) *frame {
	f := &frame{
		tongue: tongue{lang: "en", words: a.staffWords, now: a.Now(), zone: a.Zone},
		Name:   name, Org: a.Org, Version: a.Version, Lang: "en", Dir: "ltr", Words: a.words["en"],
		Now: a.Now(), Zone: a.Zone, RequestID: requestID(c), Page: data,
	}
	if u := userOf(c); u != nil {
		f.User, f.CSRF = u, a.csrf(c)
		f.tongue = a.tongueOf(c)
		f.Lang, f.Dir, f.Words, f.Zone = f.lang, direction(f.lang), a.words[f.lang], f.zone
		f.Foreign = f.lang != "en" && !spoken(name)
		f.Nav = a.navigation(c, u, f.tongue)
		f.Live = liveOf(c, name)
	}
	return f
}

// navigation lists what a person of this role may open.
func (a *app) navigation(c *fiber.Ctx, u *feedback.User, t tongue) []navItem {
	var out []navItem
	add := func(key, url string, may bool) {
		if may {
			out = append(out, navItem{t.say(key), url, hereIn(c.Path(), url)})
		}
	}
	admin := u.Role == feedback.RoleAdmin
	add("nav_desk", "/desk", u.Role != feedback.RoleExecutive)
	add("nav_team", "/desk/team", admin || u.Role == feedback.RoleLead)
	add("nav_wall", "/desk/wall", true)
	add("nav_coaching", "/desk/coaching", u.Role != feedback.RoleExecutive)
	add("nav_disputes", "/desk/disputes", u.Role == feedback.RoleAgent)
	add("nav_board", "/board", u.SeesBoard())
	add("nav_me", "/board/me", u.Role == feedback.RoleAgent || u.Role == feedback.RoleLead)
	add("nav_admin", "/admin", admin)
	add("nav_outbox", "/outbox", admin && a.Outbox != nil)
	return out
}

// hereIn tells whether a path belongs to an entry of the navigation: its own address or one below it
// that has no entry of its own.
func hereIn(path, url string) bool {
	if path == url {
		return true
	}
	for _, own := range []string{"/board/me", "/desk/team", "/desk/wall", "/desk/coaching", "/desk/disputes"} {
		if url != own && (path == own || strings.HasPrefix(path, own+"/")) {
			return false
		}
	}
	return strings.HasPrefix(path, url+"/")
}

// viewFuncs are the functions that templates may call.
func viewFuncs(files *assets, style string) template.FuncMap {
	return template.FuncMap{
		"asset": files.url,
		"style": func() template.CSS { return template.CSS(style) },
		"clock": func(t time.Time, z *time.Location) string { return t.In(z).Format("Mon 2 Jan 2006, 15:04") },
		"day":   func(t time.Time, z *time.Location) string { return t.In(z).Format("2 Jan 2006") },
		"iso":   func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
		"ago":   ago,
		"left":  left,
		"title": title,
		"plural": func(n int, one, many string) string {
			if n == 1 {
				return fmt.Sprintf("%d %s", n, one)
			}
			return fmt.Sprintf("%d %s", n, many)
		},
		"list": func(items ...any) []any { return items },
		"pair": pair,
	}
}

// pair hands two named values to a nested template.
func pair(items ...any) (map[string]any, error) {
	if len(items)%2 != 0 {
		return nil, errors.New("pair needs names and values")
	}
	out := map[string]any{}
	for i := 0; i < len(items); i += 2 {
		name, ok := items[i].(string)
		if !ok {
			return nil, fmt.Errorf("pair: %v is not a name", items[i])
		}
		out[name] = items[i+1]
	}
	return out, nil
}

// title turns a word of the domain ("not_confirmed") into one for people ("Not confirmed").
func title(s any) string {
	text := strings.ReplaceAll(fmt.Sprint(s), "_", " ")
	if text == "" {
		return ""
	}
	return strings.ToUpper(text[:1]) + text[1:]
}

// ago says how long before now t was; the future is "now".
func ago(now, t time.Time) string {
	d := now.Sub(t)
	if d < time.Minute {
		return "just now"
	}
	return span(d) + " ago"
}

// left says how much time remains until t, or by how much it has passed.
func left(now, t time.Time) string {
	d := t.Sub(now)
	switch {
	case d < -time.Minute:
		return span(-d) + " over"
	case d < time.Minute:
		return "due now"
	}
	return span(d) + " left"
}

// span names a duration by its two largest units, the way people say it.
func span(d time.Duration) string {
	days, hours, minutes := int(d.Hours())/24, int(d.Hours())%24, int(d.Minutes())%60
	switch {
	case days >= 3:
		return fmt.Sprintf("%d days", days)
	case days >= 1 && hours > 0:
		return fmt.Sprintf("%d d %d h", days, hours)
	case days >= 1:
		return fmt.Sprintf("%d d", days)
	case hours >= 1 && minutes > 0:
		return fmt.Sprintf("%d h %d min", hours, minutes)
	case hours >= 1:
		return fmt.Sprintf("%d h", hours)
	}
	return fmt.Sprintf("%d min", max(minutes, 1))
}
