package main

import (
	"fmt"
	"io/fs"
	"log/slog"
	"os"

	"earshot/emails"
	"earshot/internal/config"
	"earshot/internal/feedback"
	"earshot/internal/mail"
	"earshot/surveys"

	"github.com/spf13/cobra"
)

// settingFlags gives a command one flag for each of the named settings, or for all.
func settingFlags(cmd *cobra.Command, only ...string) {
	wanted := map[string]bool{}
	for _, name := range only {
		wanted[name] = true
	}
	for _, v := range config.Variables() {
		if len(only) == 0 || wanted[v.Name] {
			text := v.Meaning
			if v.Default != "" {
				text += fmt.Sprintf(" (default %q)", v.Default)
			}
			cmd.Flags().String(v.Flag(), "", text+" ["+v.Name+"]")
			cmd.Flags().Lookup(v.Flag()).Annotations = map[string][]string{settingNote: {v.Name}}
		}
	}
}

// settingNote marks the flags of settings: a command may have a flag of its own that is called alike.
const settingNote = "setting"

// loadConfig reads the settings from the command's flags, then the environment.
func loadConfig(cmd *cobra.Command) (config.Config, error) {
	flags := map[string]string{}
	for _, v := range config.Variables() {
		if f := cmd.Flags().Lookup(v.Flag()); f != nil && f.Changed && f.Annotations[settingNote] != nil {
			flags[v.Name] = f.Value.String()
		}
	}
	c, err := config.Load(func(name string) (string, bool) {
		if v, ok := flags[name]; ok {
			return v, true
		}
		return config.Env(name)
	})
	if err != nil {
		return c, fmt.Errorf("the configuration has mistakes:\n%w", err)
	}
	return c, nil
}

// newLog writes to standard error, as lines for people or as JSON.
func newLog(c config.Config) *slog.Logger {
	if c.JSONLog {
		return slog.New(slog.NewJSONHandler(os.Stderr, nil))
	}
	return slog.New(slog.NewTextHandler(os.Stderr, nil))
}

// loadSurveys reads the embedded definitions and those of the folder, which replace embedded ones of
// the same id. Every mistake is in the error.
func loadSurveys(folder string) ([]feedback.Survey, error) {
	embedded, err := feedback.ParseSurveys(surveys.FS)
	if err != nil {
		return nil, fmt.Errorf("embedded survey definitions: %w", err)
	}
	if folder == "" {
		return embedded, nil
	}
	own, err := feedback.ParseSurveys(os.DirFS(folder))
	if err != nil {
		return nil, fmt.Errorf("the survey definitions in %s have mistakes:\n%w", folder, err)
	}
	replaced := map[string]bool{}
	for _, s := range own {
		replaced[s.ID] = true
	}
	out := own
	for _, s := range embedded {
		if !replaced[s.ID] {
			out = append(out, s)
		}
	}
	return out, nil
}

// loadTemplates reads the embedded mail templates, with the files of the folder over them.
func loadTemplates(folder string) (*mail.Templates, error) {
	var fsys fs.FS = emails.FS
	if folder != "" {
		fsys = overlay{os.DirFS(folder), emails.FS}
	}
	t, err := mail.Load(fsys)
	if err != nil {
		return nil, fmt.Errorf("the mail templates have mistakes:\n%w", err)
	}
	return t, nil
}

// overlay is a file system whose files in over hide those of under.
type overlay struct{ over, under fs.FS }

// Open opens a file of over, or of under when over has none.
func (o overlay) Open(name string) (fs.File, error) {
	if f, err := o.over.Open(name); err == nil && name != "." {
		return f, nil
	}
	return o.under.Open(name)
}
