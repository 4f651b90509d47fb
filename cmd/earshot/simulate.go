package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/invite"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
	"github.com/spf13/cobra"
)

func simulateCommand() *cobra.Command {
	c := importFlags(&cobra.Command{
		Use: "simulate --survey FILE.yaml", Short: "Try a survey's rules on the interactions of the last days",
		Long: `Replays the stored interactions of the last days through a draft of a definition and says who would have been
asked, when, by which rule or why not, how many mails that makes a day, and what the rest period does, beside what
really happened. The interactions are those that named the survey; a survey that none named is tried on all of them.
What other surveys sent stands as it was. Nothing is written and nobody is asked; a running service need not be stopped.`,
		Example: "  earshot simulate --survey draft.yaml --days 30\n  earshot simulate --survey csat --format json > csat.json",
		Args:    exactly(0, "no arguments, but --survey"),
	})
	survey := c.Flags().String("survey", "", "the draft: a YAML file, or the id of a survey as it is")
	days := c.Flags().Int("days", 30, "how many days back")
	format := c.Flags().String("format", "table", "table or json, which has every interaction")
	c.RunE = func(cmd *cobra.Command, _ []string) error {
		if *survey == "" || *days < 1 || *days > 3660 || *format != "table" && *format != "json" {
			return usage("simulate needs --survey FILE.yaml, --days of 1 or more, and --format table or json")
		}
		return inOffice(cmd, func(ctx context.Context, o office) error {
			draft, err := draftOf(*survey, o.config.Surveys)
			if err != nil {
				return err
			}
			now := time.Now().UTC()
			in, _, err := askers(ctx, o.config, o.store, now)
			if err != nil {
				return err
			}
			result, err := in.Simulate(ctx, invite.Draft{Survey: draft, From: now.AddDate(0, 0, -*days), To: now})
			if err != nil {
				return err
			}
			if *format == "json" {
				out := json.NewEncoder(cmd.OutOrStdout())
				out.SetIndent("", "  ")
				return out.Encode(result)
			}
			showSimulation(cmd.OutOrStdout(), result, *days)
			return nil
		})
	}
	return c
}

// draftOf reads the file, or takes the survey of that id.
func draftOf(name, folder string) (feedback.Survey, error) {
	b, err := os.ReadFile(name)
	if err == nil {
		return feedback.ParseSurvey(filepath.Base(name), b)
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return feedback.Survey{}, fmt.Errorf("cannot read the draft: %w", err)
	}
	all, loadErr := loadSurveys(folder)
	if loadErr != nil {
		return feedback.Survey{}, loadErr
	}
	var ids []string
	for _, s := range all {
		if s.ID == name {
			return s, nil
		}
		ids = append(ids, s.ID)
	}
	return feedback.Survey{}, fmt.Errorf("there is neither a file nor a survey %q; the surveys are %s", name, strings.Join(ids, ", "))
}

func showSimulation(w io.Writer, s *invite.Simulation, days int) {
	which := "those that named it"
	if !s.Named {
		which = "all, as none named it"
	}
	fmt.Fprintf(w, "Survey %s, version %s, on the %d interactions of the last %d days (%s)\n\n", s.Survey, s.Version, s.Interactions, days, which)
	plain := func(head ...any) table.Writer {
		t := table.NewWriter()
		t.SetOutputMirror(w)
		t.SetStyle(table.StyleLight)
		t.AppendHeader(head)
		t.SetColumnConfigs([]table.ColumnConfig{{Name: "draft", Align: text.AlignRight}, {Name: "happened", Align: text.AlignRight}})
		return t
	}
	t := plain("decision", "rule", "draft", "happened")
	for _, r := range s.Rules {
		if r.Decision == "" {
			r.Decision = "undecided"
		}
		t.AppendRow(table.Row{r.Decision, r.Rule, r.Draft, r.Happened})
	}
	t.AppendSeparator()
	t.AppendRow(table.Row{"first mails", "", s.Draft.Mails, s.Happened.Mails})
	t.AppendRow(table.Row{"answers", "expected / came", s.Answers, s.Happened.Answers})
	t.Render()
	fmt.Fprintf(w, "\nAsked by the draft and in what happened: %d; by the draft only: %d; in what happened only: %d\n",
		s.Both, s.Draft.Mails-s.Both, s.Happened.Mails-s.Both)
	fmt.Fprintf(w, "The rest period defers %d and drops %d surveys to %d people; the longest wait is %s\n\n", s.Rest.Deferred, s.Rest.Skipped, s.Rest.People, inDays(s.Rest.Longest))
	showDays(w, plain("day", "draft", "happened", ""), s.Days)
}

// showDays draws the mails of each day, the longest bar for the busiest.
func showDays(w io.Writer, t table.Writer, days []invite.DayTry) {
	const width = 40
	most, busiest, total := 0, "", 0
	for _, d := range days {
		total += d.Draft
		if d.Draft > most {
			most, busiest = d.Draft, d.Day
		}
	}
	for _, d := range days {
		bar := ""
		if most > 0 {
			bar = strings.Repeat("█", (d.Draft*width+most-1)/most)
		}
		t.AppendRow(table.Row{d.Day, d.Draft, d.Happened, bar})
	}
	t.Render()
	if len(days) > 0 && most > 0 {
		fmt.Fprintf(w, "First mails of the draft: %.1f a day, %d on the busiest day, %s\n", float64(total)/float64(len(days)), most, busiest)
	}
}

func inDays(d time.Duration) string {
	if d < 48*time.Hour {
		return d.Round(time.Hour).String()
	}
	return fmt.Sprintf("%.1f days", d.Hours()/24)
}
