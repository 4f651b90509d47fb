package main

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"earshot/internal/config"
	"earshot/internal/feedback"
	"earshot/internal/forget"
	"earshot/internal/mail/outbox"

	"github.com/spf13/cobra"
)

func forgetCommand() *cobra.Command {
	c := officeFlags(&cobra.Command{
		Use: "forget EMAIL", Short: "Erase a person; every total stays right", Args: exactly(1, "an e-mail address"),
		Long: `Takes a person out of interactions, invitations, responses, cases and the mails in the outbox: address, name,
customer number, what they wrote and what was written about them. Scores and what comments were found to be about stay, led back to nobody.
The person is not asked again: a veiled name is kept for that, which needs the same EARSHOT_SECRET to be recognised.
When it is interrupted, the same command, or the running service, finishes it. The service need not be stopped.`,
		Example: "  earshot disclose mara@example.com > mara.json\n  earshot forget mara@example.com",
	})
	settingFlags(c, "EARSHOT_TIMEZONE")
	c.RunE = func(cmd *cobra.Command, args []string) error {
		return inOffice(cmd, func(ctx context.Context, o office) error {
			s, err := o.forget()
			if err != nil {
				return err
			}
			done, err := s.Forget(ctx, args[0], time.Now())
			if err != nil {
				return err
			}
			if done.Nothing() {
				_, err = fmt.Fprintln(cmd.OutOrStdout(), "Nothing is kept of this person but the veiled wish not to be asked.")
				return err
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "Erased from %d interactions, %d invitations, %d responses and %d cases; %d mails deleted. Scores stay, led back to nobody.\n",
				done.Interactions, done.Invitations, done.Responses, done.Cases, done.Mails)
			return err
		})
	}
	return c
}

// forget is the service that erases and discloses, over the office's store and outbox.
func (o office) forget() (*forget.Service, error) {
	secret, err := loadSecret(o.config)
	if err != nil {
		return nil, err
	}
	var box *outbox.Outbox
	if o.config.Mail == config.MailOutbox {
		if box, err = outbox.Open(filepath.Join(o.config.Data, "outbox"), time.Now()); err != nil {
			return nil, fmt.Errorf("open the outbox: %w", err)
		}
	}
	return forget.New(forget.Config{Store: o.store, Tokens: feedback.NewTokens(secret), Outbox: box, Zone: o.config.Zone}), nil
}
