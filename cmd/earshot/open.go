package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"earshot/internal/config"
	"earshot/internal/mail"
	"earshot/internal/mail/outbox"
	"earshot/internal/mail/resend"
	"earshot/internal/mail/smtp"
	"earshot/internal/store"
	"earshot/internal/store/mongodb"
	"earshot/internal/store/sqlite"
)

// openStore opens the configured store. The service takes the embedded one for itself; the other
// commands work beside it.
func openStore(ctx context.Context, c config.Config, service bool, log *slog.Logger) (store.Store, error) {
	if c.MongoURI != "" {
		st, err := mongodb.Open(ctx, c.MongoURI, mongodb.Options{Retention: c.Retention})
		if err != nil {
			return nil, err
		}
		for _, w := range st.Warnings() {
			log.Warn("database", "warning", w)
		}
		return st, nil
	}
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return nil, fmt.Errorf("cannot make the data folder: %w; choose another with --data or EARSHOT_DATA", err)
	}
	st, err := sqlite.Open(ctx, c.Data, sqlite.Options{Shared: !service})
	if errors.Is(err, store.ErrInUse) {
		return nil, fmt.Errorf("%w; stop it, or give this one a folder of its own with --data or EARSHOT_DATA", err)
	}
	if err != nil {
		return nil, err
	}
	return st, nil
}

// openSender opens the configured mail sender. box is set when that is the outbox folder.
func openSender(c config.Config) (sender mail.Sender, box *outbox.Outbox, end func() error, err error) {
	end = func() error { return nil }
	switch c.Mail {
	case config.MailResend:
		sender, err = resend.Open(resend.Settings{Key: c.Resend.Key, BaseURL: c.Resend.BaseURL})
	case config.MailSMTP:
		var s *smtp.Sender
		if s, err = smtp.Open(smtp.Settings{URL: c.SMTP}); err == nil {
			sender, end = s, s.Close
		}
	default:
		box, err = outbox.Open(filepath.Join(c.Data, "outbox"), time.Now())
		sender = box
	}
	if err != nil {
		return nil, nil, nil, fmt.Errorf("open the mail sender: %w", err)
	}
	return sender, box, end, nil
}
