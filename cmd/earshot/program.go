package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"earshot/internal/coaching"
	"earshot/internal/collect"
	"earshot/internal/config"
	"earshot/internal/digest"
	"earshot/internal/feedback"
	"earshot/internal/forget"
	"earshot/internal/hook"
	"earshot/internal/invite"
	"earshot/internal/learn"
	"earshot/internal/mail"
	"earshot/internal/mail/outbox"
	"earshot/internal/mail/resend"
	"earshot/internal/perception"
	"earshot/internal/recovery"
	"earshot/internal/staff"
	"earshot/internal/store"
	"earshot/internal/web"
	"earshot/internal/worker"

	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// program is the whole service, wired and ready to run. It reads like a list of its parts.
type program struct {
	config     config.Config
	log        *slog.Logger
	store      store.Store
	catalog    *store.Catalog
	tokens     feedback.Tokens
	engine     *learn.Service // reads comments, and learns from its owners
	sender     mail.Sender
	outbox     *outbox.Outbox // nil when mail goes elsewhere
	closeMail  func() error
	invite     *invite.Service
	collect    *collect.Service
	recovery   *recovery.Service
	coaching   *coaching.Service
	perception *perception.Service
	staff      *staff.Service
	forget     *forget.Service
	digest     *digest.Service
	server     *web.Server
	bells      bells
}

// bells wake the workers.
type bells struct {
	invite, collect, recovery, staff, coaching *worker.Bell
}

// assemble builds the service on an open store. The caller closes the program, and with it the store.
func assemble(ctx context.Context, c config.Config, surveys []feedback.Survey, st store.Store, log *slog.Logger) (*program, error) {
	p := &program{config: c, log: log, store: st, closeMail: func() error { return nil }}
	p.bells = bells{worker.NewBell(), worker.NewBell(), worker.NewBell(), worker.NewBell(), worker.NewBell()}
	secret, err := loadSecret(c)
	if err != nil {
		return nil, err
	}
	p.tokens = feedback.NewTokens(secret)
	if p.catalog, err = store.NewCatalog(ctx, st, surveys, time.Now()); err != nil {
		return nil, err
	}
	templates, err := loadTemplates(c.Emails)
	if err != nil {
		return nil, err
	}
	if p.engine, err = newLearning(st, log); err != nil {
		return nil, err
	}
	if err = p.engine.Refresh(ctx); err != nil {
		return nil, err
	}
	sender, err := p.openMail(c)
	if err != nil {
		return nil, err
	}
	p.verbs(secret, templates, sender)
	if err := p.perception.Prepare(ctx, time.Now()); err != nil {
		return nil, err
	}
	return p, p.web()
}

// openMail opens the sender that the configuration names.
func (p *program) openMail(c config.Config) (mail.Sender, error) {
	sender, box, end, err := openSender(c)
	if err != nil {
		return nil, err
	}
	p.sender, p.outbox, p.closeMail = sender, box, end
	return sender, nil
}

func (p *program) verbs(secret []byte, templates *mail.Templates, sender mail.Sender) {
	c := p.config
	holder := "earshot-" + uuid.NewString()
	from := mail.Address{Name: c.From.Name, Email: c.From.Address}
	brand := mail.Brand{Org: c.Org}
	p.invite = invite.New(invite.Config{
		Store: p.store, Catalog: p.catalog, Tokens: p.tokens, Sender: sender, Templates: templates, Brand: brand, From: from, Inbound: c.Inbound,
		BaseURL: c.BaseURL, Zone: c.Zone, Org: c.Org, Holder: holder, Log: p.log, Wake: p.bells.invite.Ring,
	})
	mark := func(caseID string) string { return p.tokens.Mark(feedback.CaseThread, caseID) }
	p.recovery = recovery.New(recovery.Config{
		Mark: mark, ReplyTo: func(caseID string) string { return mail.Tagged(c.Inbound, mark(caseID)) },
		Store: p.store, Catalog: p.catalog, Sender: sender, Templates: templates, Brand: brand, From: from,
		Hooks:   hook.New(c.AllowNetworks),
		BaseURL: c.BaseURL, Zone: c.Zone, Holder: holder, Log: p.log, Wake: p.bells.recovery.Ring, WakeInvite: p.bells.invite.Ring,
	})
	p.coaching = coaching.New(coaching.Config{
		Store: p.store, Sender: sender, Templates: templates, Brand: brand, From: from, BaseURL: c.BaseURL, Zone: c.Zone,
		Holder: holder, Log: p.log, Wake: p.bells.coaching.Ring,
	})
	p.collect = collect.New(collect.Config{
		Store: p.store, Catalog: p.catalog, Tokens: p.tokens, Analyser: p.engine, Recovery: p.recovery, Coaching: p.coaching,
		Zone: c.Zone, Org: c.Org, Holder: holder, Log: p.log, Wake: p.bells.collect.Ring,
	})
	p.perception = perception.New(perception.Config{
		Store: p.store, Zone: c.Zone, Holder: holder, Log: p.log,
		Mailer:  perception.Mailer{Sender: sender, Templates: templates, Brand: brand, From: from, BaseURL: c.BaseURL, SurveyName: p.surveyName},
		Wording: p.wording,
	})
	p.digest = digest.New(digest.Config{
		Store: p.store, Catalog: p.catalog, Perception: p.perception, Sender: sender, Templates: templates, Brand: brand, From: from,
		BaseURL: c.BaseURL, Zone: c.Zone, Holder: holder, Log: p.log,
	})
	p.forget = forget.New(forget.Config{Store: p.store, Tokens: p.tokens, Outbox: p.outbox, Zone: c.Zone, Log: p.log})
	p.staff = staff.New(staff.Config{
		Store: p.store, Sender: sender, Templates: templates, Brand: brand, From: from, BaseURL: c.BaseURL, Secret: secret,
		Holder: holder, Log: p.log, Wake: p.bells.staff.Ring,
	})
}

func (p *program) web() error {
	metrics := prometheus.NewRegistry()
	metrics.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	var err error
	p.server, err = web.New(web.Config{
		BaseURL: p.config.BaseURL, Org: p.config.Org, Zone: p.config.Zone, Version: release, Store: p.store, Surveys: p.catalog,
		Tokens: p.tokens, Invite: p.invite, Collect: p.collect, Recovery: p.recovery, Coaching: p.coaching, Perception: p.perception, Learn: p.engine,
		Staff: p.staff, Outbox: p.outbox, Hooks: p.hooks(), Log: p.log, Metrics: metrics, Now: func() time.Time { return time.Now().UTC() },
		Forget: p.forget,
	})
	return err
}

// hooks are what other systems tell us with.
func (p *program) hooks() web.Hooks {
	h := web.Hooks{ResendSecret: p.config.Resend.WebhookSecret, Helpdesks: p.config.Helpdesks}
	if r, ok := p.sender.(*resend.Sender); ok {
		h.Received = r.Received
	}
	return h
}

// wording tells which question a version of a survey asks.
func (p *program) wording(ctx context.Context, survey, version string) (string, error) {
	s, err := p.catalog.Version(ctx, survey, version)
	return s.Wording(), err
}

// surveyName is how people call a survey.
func (p *program) surveyName(id string) string {
	if s, ok := p.catalog.Current(id); ok && s.Name != "" {
		return s.Name
	}
	return id
}

// jobs are the service's due work.
func (p *program) jobs() []worker.Job {
	return []worker.Job{
		{Name: "decide", Do: p.invite.Decide, Every: 5 * time.Second},
		{Name: "invite", Do: p.invite.Work, Every: time.Second, Wake: p.bells.invite},
		{Name: "collect", Do: p.collect.Work, Every: time.Second, Wake: p.bells.collect},
		{Name: "recover", Do: p.recovery.Work, Every: time.Second, Wake: p.bells.recovery},
		{Name: "coach", Do: p.coaching.Work, Every: 2 * time.Second, Wake: p.bells.coaching},
		{Name: "thank", Do: p.coaching.Weekly, Every: 10 * time.Minute},
		{Name: "perceive", Do: p.perception.Work, Every: time.Second},
		{Name: "watch", Do: p.perception.Watch, Every: 10 * time.Minute},
		{Name: "sign in", Do: p.staff.Work, Every: time.Second, Wake: p.bells.staff},
		{Name: "learn", Do: p.engine.Work, Every: 5 * time.Second},
		{Name: "expire", Do: p.expire, Every: time.Hour},
		{Name: "digest", Do: p.digest.Work, Every: time.Minute},
		{Name: "forget", Do: p.forget.Work, Every: time.Minute},
		{Name: "index", Do: p.indexComments, Every: time.Minute},
	}
}

func (p *program) expire(ctx context.Context, now time.Time) (int, error) {
	return 0, p.store.Expire(ctx, now)
}

// run serves on ln and works until ctx ends, and returns after everything has ended. ln may be nil
// where the instance has no web role. more are jobs beside the service's own.
func (p *program) run(ctx context.Context, ln net.Listener, more ...worker.Job) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	worked := make(chan struct{})
	go func() {
		defer close(worked)
		if p.config.Worker {
			worker.Run(ctx, p.log, append(p.jobs(), more...))
		}
	}()
	var err error
	if ln != nil {
		err = p.server.Serve(ctx, ln)
	} else {
		<-ctx.Done()
	}
	cancel()
	<-worked
	return err
}

// close gives everything back.
func (p *program) close() error {
	return errors.Join(p.closeMail(), p.store.Close())
}

// loadSecret returns the configured secret, or the one in the data folder, which is made on the first
// start.
func loadSecret(c config.Config) ([]byte, error) {
	if c.Secret != "" {
		return []byte(c.Secret), nil
	}
	file := filepath.Join(c.Data, "secret")
	b, err := os.ReadFile(file)
	if err == nil {
		if s := strings.TrimSpace(string(b)); len(s) >= 32 {
			return []byte(s), nil
		}
		return nil, fmt.Errorf("the secret in %s is damaged; restore it, or delete the file and with it the validity of every link sent", file)
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("read the secret: %w", err)
	}
	raw := make([]byte, 32)
	_, _ = rand.Read(raw) // never fails: see crypto/rand
	secret := hex.EncodeToString(raw)
	if err := writeSecret(file, secret); err != nil {
		return nil, fmt.Errorf("keep the secret: %w", err)
	}
	return []byte(secret), nil
}

// writeSecret creates the file whole or not at all; when another process was faster, that one's file
// stays.
func writeSecret(file, secret string) error {
	tmp, err := os.CreateTemp(filepath.Dir(file), ".secret-*")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	_, err = tmp.WriteString(secret + "\n")
	if err := errors.Join(err, tmp.Sync(), tmp.Close()); err != nil {
		return err
	}
	if err := os.Link(tmp.Name(), file); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}
