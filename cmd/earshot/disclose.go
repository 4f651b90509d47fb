package main

import (
	"context"
	"encoding/json"
	"time"

	"github.com/spf13/cobra"
)

func discloseCommand() *cobra.Command {
	return officeFlags(&cobra.Command{
		Use: "disclose EMAIL", Short: "Print everything that is kept of a person, as JSON", Args: exactly(1, "an e-mail address"),
		Example: "  earshot disclose mara@example.com > mara.json",
		RunE: func(cmd *cobra.Command, args []string) error {
			return inOffice(cmd, func(ctx context.Context, o office) error {
				s, err := o.forget()
				if err != nil {
					return err
				}
				d, err := s.Disclose(ctx, args[0], time.Now())
				if err != nil {
					return err
				}
				out := json.NewEncoder(cmd.OutOrStdout())
				out.SetEscapeHTML(false)
				out.SetIndent("", "  ")
				return out.Encode(d)
			})
		},
	})
}
