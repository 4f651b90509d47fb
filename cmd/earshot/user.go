package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/store"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"
)

func userCommand() *cobra.Command {
	c := &cobra.Command{Use: "user", Short: "People who sign in: add, list, remove, link", Example: "  earshot user add ivy@acme.test --role lead --team Billing", RunE: onlySubcommands, Args: cobra.ArbitraryArgs}
	c.AddCommand(userAdd(), userList(), userRemove(), userLink())
	return c
}

func userAdd() *cobra.Command {
	c := officeFlags(&cobra.Command{
		Use: "add EMAIL --role ROLE", Short: "Let somebody sign in, or change their role and team",
		Example: "  earshot user add sam@acme.test --role agent --team Billing", Args: exactly(1, "an e-mail address"),
	})
	role := c.Flags().String("role", "", "agent, lead, executive or admin")
	team := c.Flags().String("team", "", "the team; required for a lead")
	name := c.Flags().String("name", "", "the name that customers and colleagues know")
	c.RunE = func(cmd *cobra.Command, args []string) error {
		if *role == "" {
			return usage("user add needs --role agent, lead, executive or admin")
		}
		if !feedback.Role(*role).Valid() {
			return usage("%q is not a role; there are agent, lead, executive and admin", *role)
		}
		return inOffice(cmd, func(ctx context.Context, o office) error {
			u, err := o.staff.AddUser(ctx, args[0], *name, feedback.Role(*role), *team, time.Now())
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s may sign in as %s.\n", u.Email, u.Role)
			return err
		})
	}
	return c
}

func userList() *cobra.Command {
	return officeFlags(&cobra.Command{
		Use: "list", Short: "List the people who sign in", Example: "  earshot user list", Args: exactly(0, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return inOffice(cmd, func(ctx context.Context, o office) error {
				users, err := o.staff.Users(ctx)
				if err != nil {
					return err
				}
				t := newTable(cmd, "address", "name", "role", "team", "state")
				for _, u := range users {
					state := "active"
					if !u.Active() {
						state = "removed " + u.Removed.Format(time.DateOnly)
					}
					t.AppendRow(table.Row{u.Email, u.Name, u.Role, u.Team, state})
				}
				t.Render()
				return nil
			})
		},
	})
}

func userRemove() *cobra.Command {
	return officeFlags(&cobra.Command{
		Use: "remove EMAIL", Short: "End somebody's access at once", Example: "  earshot user remove sam@acme.test", Args: exactly(1, "an e-mail address"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return inOffice(cmd, func(ctx context.Context, o office) error {
				err := o.staff.RemoveUser(ctx, args[0], time.Now())
				if errors.Is(err, store.ErrNotFound) {
					return fmt.Errorf("nobody signs in as %s; 'earshot user list' shows who does", args[0])
				}
				if err != nil {
					return err
				}
				_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s can no longer sign in.\n", args[0])
				return err
			})
		},
	})
}

func userLink() *cobra.Command {
	return officeFlags(&cobra.Command{
		Use: "link EMAIL", Short: "Print a one-time sign-in link", Example: "  earshot user link admin@localhost", Args: exactly(1, "an e-mail address"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return inOffice(cmd, func(ctx context.Context, o office) error {
				link, err := o.staff.Link(ctx, args[0], "/", time.Now())
				if errors.Is(err, store.ErrNotFound) {
					return fmt.Errorf("nobody signs in as %s; add them with 'earshot user add %s --role …'", args[0], args[0])
				}
				if err != nil {
					return err
				}
				_, err = fmt.Fprintln(cmd.OutOrStdout(), link)
				return err
			})
		},
	})
}
