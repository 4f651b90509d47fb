package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"earshot/internal/feedback"

	"github.com/spf13/cobra"
)

func surveyCommand() *cobra.Command {
	c := &cobra.Command{Use: "survey", Short: "Check and show survey definitions", Example: "  earshot survey check ./surveys\n  earshot survey show csat --lang de", RunE: onlySubcommands, Args: cobra.ArbitraryArgs}
	c.AddCommand(surveyCheck(), surveyShow())
	return c
}

func surveyCheck() *cobra.Command {
	return &cobra.Command{
		Use: "check [DIR]", Short: "Check the definitions in a folder (the embedded ones without one)",
		Example: "  earshot survey check ./surveys", Args: atMostOne("a folder"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				all, err := loadSurveys("")
				return checked(cmd.OutOrStdout(), all, err)
			}
			if info, err := os.Stat(args[0]); err != nil || !info.IsDir() {
				return fmt.Errorf("%s is not a folder", args[0])
			}
			all, err := feedback.ParseSurveys(os.DirFS(args[0]))
			if err == nil && len(all) == 0 {
				return fmt.Errorf("%s holds no survey definition (*.yaml)", args[0])
			}
			return checked(cmd.OutOrStdout(), all, err)
		},
	}
}

func checked(out io.Writer, all []feedback.Survey, err error) error {
	for _, s := range all {
		fmt.Fprintf(out, "%s: ok, %s, version %s, %s\n", s.File, s.Metric, s.Version, strings.Join(s.Languages(), " "))
	}
	if err != nil {
		return fmt.Errorf("mistakes in survey definitions:\n%w", err)
	}
	return nil
}

func surveyShow() *cobra.Command {
	c := &cobra.Command{
		Use: "show ID", Short: "Show a survey as a customer would meet it", Example: "  earshot survey show csat --lang fr",
		Args: exactly(1, "the id of a survey"),
	}
	lang := c.Flags().String("lang", "en", "language to show")
	settingFlags(c, "EARSHOT_SURVEYS", "EARSHOT_ORG")
	c.RunE = func(cmd *cobra.Command, args []string) error {
		cfg, err := loadConfig(cmd)
		if err != nil {
			return err
		}
		all, err := loadSurveys(cfg.Surveys)
		if err != nil {
			return err
		}
		var ids []string
		for _, s := range all {
			if s.ID == args[0] {
				return showSurvey(cmd.OutOrStdout(), s, *lang, cfg.Org)
			}
			ids = append(ids, s.ID)
		}
		return fmt.Errorf("there is no survey %q; there are %s", args[0], strings.Join(ids, ", "))
	}
	return c
}

func showSurvey(out io.Writer, s feedback.Survey, lang, org string) error {
	text, ok := s.Text[lang]
	if !ok {
		return fmt.Errorf("survey %s has no language %q; it has %s", s.ID, lang, strings.Join(s.Languages(), ", "))
	}
	w, err := text.Render(feedback.NewFacts(feedback.Customer{Name: "Mara Lind"}, feedback.Agent{Name: "Sam Okoro"}, org, "Refund not received"))
	if err != nil {
		return err
	}
	low, high, _ := s.Metric.Scale()
	fmt.Fprintf(out, "%s (%s), version %s\n\nSubject: %s\n\n%s\n\n ", s.Name, s.Metric, s.Version, w.Subject, w.Question)
	for v := low; v <= high; v++ {
		fmt.Fprintf(out, " [%d]", v)
	}
	fmt.Fprintf(out, "\n  %d = %s, %d = %s\n\n%s\n  ____________________\n", low, w.Low, high, w.High, w.Comment)
	for _, q := range s.Questions {
		fmt.Fprintf(out, "\n%s%s\n", q.Text[lang], condition(q.When))
		for _, o := range q.Options {
			fmt.Fprintf(out, "  ( ) %s\n", o.Text[lang])
		}
		if q.Type == feedback.YesNo {
			fmt.Fprintln(out, "  ( ) yes  ( ) no")
		}
	}
	fmt.Fprintf(out, "\n%s\n", w.Thanks)
	return showRules(out, s)
}

func condition(w feedback.When) string {
	switch {
	case w.AtMost != nil && w.AtLeast != nil:
		return fmt.Sprintf("   (asked from %d to %d)", *w.AtLeast, *w.AtMost)
	case w.AtMost != nil:
		return fmt.Sprintf("   (asked at %d or less)", *w.AtMost)
	case w.AtLeast != nil:
		return fmt.Sprintf("   (asked at %d or more)", *w.AtLeast)
	}
	return ""
}

func showRules(out io.Writer, s feedback.Survey) error {
	_, err := fmt.Fprintf(out, "\nAsked %s after the interaction, %g %% of them, at most every %s; the link lasts %s.\nA score of %d or less opens a case: acknowledge within %s, contact within %s, resolve within %s.\n",
		s.Ask.Delay, s.Ask.Sample, s.Ask.Rest, s.Ask.Expires, s.Low, s.Recover.Acknowledge, s.Recover.Contact, s.Recover.Resolve)
	return err
}
