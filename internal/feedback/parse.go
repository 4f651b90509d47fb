package feedback

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
)

// The file as written. Field names are the format's; the package comment of surveys documents them.
type surveyFile struct {
	ID        string                 `yaml:"id"`
	Name      string                 `yaml:"name"`
	Metric    Metric                 `yaml:"metric"`
	Low       *int                   `yaml:"low"`
	Text      map[string]wordingFile `yaml:"text"`
	Questions []questionFile         `yaml:"questions"`
	Ask       askFile                `yaml:"ask"`
	Recover   recoverFile            `yaml:"recover"`
	Promote   promoteFile            `yaml:"promote"`
}

type wordingFile struct {
	Subject  string `yaml:"subject"`
	Question string `yaml:"question"`
	Low      string `yaml:"low"`
	High     string `yaml:"high"`
	Comment  string `yaml:"comment"`
	Thanks   string `yaml:"thanks"`
}

type questionFile struct {
	ID      string            `yaml:"id"`
	Type    string            `yaml:"type"`
	Text    map[string]string `yaml:"text"`
	When    whenFile          `yaml:"when"`
	Options []optionFile      `yaml:"options"`
}

type whenFile struct {
	AtMost  *int `yaml:"at_most"`
	AtLeast *int `yaml:"at_least"`
}

type optionFile struct {
	ID   string            `yaml:"id"`
	Text map[string]string `yaml:"text"`
}

type askFile struct {
	Delay      duration   `yaml:"delay"`
	Expires    duration   `yaml:"expires"`
	EditWindow duration   `yaml:"edit_window"`
	Remind     []duration `yaml:"remind"`
	Quiet      string     `yaml:"quiet"`
	Holidays   *bool      `yaml:"holidays"`
	Rest       duration   `yaml:"rest"`
	Sample     *float64   `yaml:"sample"`
	Except     exceptFile `yaml:"except"`
}

type exceptFile struct {
	Tags     []string `yaml:"tags"`
	Channels []string `yaml:"channels"`
	Teams    []string `yaml:"teams"`
}

type recoverFile struct {
	Settle      duration       `yaml:"settle"`
	Acknowledge duration       `yaml:"acknowledge"`
	Contact     duration       `yaml:"contact"`
	Resolve     duration       `yaml:"resolve"`
	Hours       string         `yaml:"hours"`
	Escalate    []escalateFile `yaml:"escalate"`
	Resurvey    duration       `yaml:"resurvey"`
}

type escalateFile struct {
	After string `yaml:"after"`
	To    string `yaml:"to"`
}

// duration is Go's notation plus d for days of 24 hours. A wrong one is kept, to be reported with its
// line like every other mistake.
type duration struct {
	set   bool
	d     time.Duration
	wrong error
}

// UnmarshalYAML reads a duration such as 30m or 14d.
func (d *duration) UnmarshalYAML(b []byte) error {
	s := strings.Trim(strings.TrimSpace(string(b)), `"'`)
	v, err := ParseDuration(s)
	d.set, d.d, d.wrong = true, v, err
	return nil
}

// or is the duration that stands at a path of the file, or fallback where none does.
func (d duration) or(fallback time.Duration, errs *problems, path string) time.Duration {
	if d.wrong != nil {
		errs.add(path, "%v", d.wrong)
		return fallback
	}
	if d.set {
		return d.d
	}
	return fallback
}

// maxDays is the longest duration: a hundred years.
const maxDays = 36_500

// ParseDuration reads Go's notation plus d for days of 24 hours: 90s, 1h30m, 3d, 1d12h. No part of it
// is negative or longer than a hundred years.
func ParseDuration(s string) (time.Duration, error) {
	total := time.Duration(0)
	rest := s
	if days, after, ok := strings.Cut(s, "d"); ok {
		n, err := strconv.ParseFloat(days, 64)
		if err != nil || !(n >= 0 && n <= maxDays) {
			return 0, fmt.Errorf("%q is not a duration such as 30m, 4h or 14d", s)
		}
		total, rest = time.Duration(n*float64(24*time.Hour)), after
	}
	if rest != "" && rest != "0" {
		d, err := time.ParseDuration(rest)
		if err != nil || d < 0 || d > maxDays*day {
			return 0, fmt.Errorf("%q is not a duration such as 30m, 4h or 14d", s)
		}
		total += d
	}
	if s == "" {
		return 0, fmt.Errorf("%q is not a duration such as 30m, 4h or 14d", s)
	}
	return total, nil
}

// ParseSurvey reads and checks one definition. Its error lists every mistake as "file:line: what".
func ParseSurvey(file string, source []byte) (Survey, error) {
	var f surveyFile
	if err := yaml.UnmarshalWithOptions(source, &f, yaml.Strict()); err != nil {
		return Survey{}, yamlError(file, err)
	}
	var errs problems
	s := f.survey(&errs)
	sum := sha256.Sum256(source)
	s.Version, s.Source, s.File = hex.EncodeToString(sum[:6]), source, file
	s.check(&errs)
	if len(errs) > 0 {
		return Survey{}, errs.in(file, source)
	}
	return s, nil
}

// yamlError says where in the file the reader stumbled.
func yamlError(file string, err error) error {
	var y yaml.Error
	if errors.As(err, &y) && y.GetToken() != nil {
		return fmt.Errorf("%s:%d: %s", file, y.GetToken().Position.Line, y.GetMessage())
	}
	return fmt.Errorf("%s:1: %s", file, strings.TrimSpace(err.Error()))
}

// ParseSurveys reads every *.yaml and *.yml file of the folder, in order of name. Its error joins
// the mistakes of all files. The file recovery.yaml is not a survey and left out.
func ParseSurveys(folder fs.FS) ([]Survey, error) {
	names, err := surveyFiles(folder)
	if err != nil {
		return nil, err
	}
	var out []Survey
	var all []error
	seen := map[string]string{}
	for _, name := range names {
		b, err := fs.ReadFile(folder, name)
		if err != nil {
			all = append(all, fmt.Errorf("%s: %w", name, err))
			continue
		}
		s, err := ParseSurvey(name, b)
		if err != nil {
			all = append(all, err)
			continue
		}
		if other, dup := seen[s.ID]; dup {
			all = append(all, fmt.Errorf("%s:%d: id %q is taken by %s", name, lineOf(b, "id"), s.ID, other))
			continue
		}
		seen[s.ID] = name
		out = append(out, s)
	}
	return out, errors.Join(all...)
}

func surveyFiles(folder fs.FS) ([]string, error) {
	entries, err := fs.ReadDir(folder, ".")
	if err != nil {
		return nil, fmt.Errorf("read survey definitions: %w", err)
	}
	var names []string
	for _, e := range entries {
		ext := path.Ext(e.Name())
		if !e.IsDir() && (ext == ".yaml" || ext == ".yml") && strings.TrimSuffix(e.Name(), ext) != "recovery" {
			names = append(names, e.Name())
		}
	}
	sort.Strings(names)
	return names, nil
}

// problems collects mistakes, each with the path of keys to the place.
type problems []struct{ path, detail string }

func (p *problems) add(path, format string, args ...any) {
	*p = append(*p, struct{ path, detail string }{path, fmt.Sprintf(format, args...)})
}

func (p problems) in(file string, source []byte) error {
	var errs []error
	for _, e := range p {
		errs = append(errs, fmt.Errorf("%s:%d: %s: %s", file, lineOf(source, e.path), e.path, e.detail))
	}
	return errors.Join(errs...)
}

// lineOf finds the line of a path such as "ask.quiet" or "questions[1].text"; when the place itself
// is missing, the line of the nearest parent that exists.
func lineOf(source []byte, at string) int {
	for at != "" {
		p, err := yaml.PathString("$." + at)
		if err == nil {
			if node, err := p.ReadNode(bytes.NewReader(source)); err == nil && node.GetToken() != nil {
				return node.GetToken().Position.Line
			}
		}
		cut := strings.LastIndexAny(at, ".[")
		if cut < 0 {
			break
		}
		at = at[:cut]
	}
	return 1
}
