package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"earshot/internal/config"
	"earshot/internal/feedback"
	"earshot/internal/store"
	"earshot/internal/store/mongotest"
	"earshot/internal/store/sqlite"
)

// bootOnMongo starts the program on a database of its own.
func bootOnMongo(t testing.TB, uri string, roles ...string) *service {
	t.Helper()
	env := map[string]string{"EARSHOT_ADDR": "127.0.0.1:0", "EARSHOT_DATA": t.TempDir(), "EARSHOT_STORE": uri, "EARSHOT_SECRET": "a secret of this test only"}
	if len(roles) > 0 {
		env["EARSHOT_ROLES"] = strings.Join(roles, ",")
	}
	c, err := config.Load(func(name string) (string, bool) {
		v, ok := env[name]
		return v, ok
	})
	must(t, err)
	surveys, err := loadSurveys("")
	must(t, err)
	for i := range surveys {
		surveys[i].Ask.Delay, surveys[i].Ask.Quiet, surveys[i].Ask.Rest = 0, feedback.Window{}, 0
	}
	return bootWith(t, c, surveys)
}

// TestTheWholeLoopOnMongoDB is TestTheWholeLoop on a real mongod.
func TestTheWholeLoopOnMongoDB(t *testing.T) {
	theWholeLoop(t, bootOnMongo(t, mongotest.Start(t).URI(t)))
}

// TestMongoDBGoesAway stops the server under a running service: requests are told to come back,
// readiness turns off, and everything goes on by itself when the server is back.
func TestMongoDBGoesAway(t *testing.T) {
	mongotest.Wanted(t)
	server := mongotest.Standalone(t)
	s := bootOnMongo(t, server.Node.URI("goes_away"))
	server.Node.Kill()
	client := &http.Client{Timeout: 30 * time.Second}
	resp, err := client.Get(s.base + "/readyz")
	must(t, err)
	_, _ = io.Copy(io.Discard, resp.Body)
	resp.Body.Close()
	if resp.StatusCode != http.StatusServiceUnavailable || resp.Header.Get("Retry-After") == "" {
		t.Errorf("without its database /readyz answers %d, Retry-After %q", resp.StatusCode, resp.Header.Get("Retry-After"))
	}
	if status := s.api("GET", "/v1/cases", nil, nil); status != http.StatusServiceUnavailable {
		t.Errorf("without its database the API answers %d", status)
	}
	must(t, server.Node.Restart())
	var a struct{ Invitation string }
	s.eventuallyWithin(time.Minute, "the API takes an interaction again", func() bool {
		return s.api("POST", "/v1/interactions", interaction("back", "sam@acme.test", "Billing"), &a) < 300
	})
	s.eventuallyWithin(2*time.Minute, "the workers send again", func() bool {
		return len(letters(t, s.config.Data, "invitation", a.Invitation)) == 1
	})
}

// TestMigrate copies a filled embedded store to another folder.
func TestMigrate(t *testing.T) {
	from := t.TempDir()
	fillFolder(t, from)
	migrateTwice(t, "sqlite:"+from, "sqlite:"+t.TempDir())
}

// TestMigrateToMongoDBAndBack copies it to a real mongod and from there into a folder.
func TestMigrateToMongoDBAndBack(t *testing.T) {
	uri, from := mongotest.Start(t).URI(t), t.TempDir()
	fillFolder(t, from)
	migrateTwice(t, "sqlite:"+from, uri)
	migrateTwice(t, uri, "sqlite:"+t.TempDir())
}

// broken takes one page and then fails, as a network does.
type broken struct {
	store.Table[feedback.Response]
	pages int
}

func (b *broken) Put(ctx context.Context, rows []*feedback.Response) error {
	if b.pages++; b.pages > 1 {
		return store.ErrUnavailable
	}
	return b.Table.Put(ctx, rows)
}

// TestMigrateGoesOnWhereItStopped interrupts a copy after its first page.
func TestMigrateGoesOnWhereItStopped(t *testing.T) {
	ctx, folder := context.Background(), t.TempDir()
	fillFolder(t, folder)
	from, err := sqlite.Open(ctx, folder, sqlite.Options{})
	must(t, err)
	defer from.Close()
	to, err := sqlite.Open(ctx, t.TempDir(), sqlite.Options{})
	must(t, err)
	defer to.Close()
	_, err = copyTable[feedback.Response](ctx, "responses", from.Responses(), &broken{Table: to.Responses()}, to.Settings(), io.Discard)
	if !errors.Is(err, store.ErrUnavailable) {
		t.Fatalf("an interrupted copy says %v", err)
	}
	n, err := copyTable[feedback.Response](ctx, "responses", from.Responses(), to.Responses(), to.Settings(), io.Discard)
	if err != nil || n != 700-page {
		t.Errorf("the second try copied %d rows, %v; the first had copied %d of 700", n, err, page)
	}
	for _, c := range copied() {
		if c.name == "responses" {
			must(t, c.verify(ctx, from, to))
		}
	}
}

// migrateTwice checks also that once more changes nothing.
func migrateTwice(t *testing.T, from, to string) {
	t.Helper()
	source, err := storeNamed(from)
	must(t, err)
	target, err := storeNamed(to)
	must(t, err)
	for range 2 {
		var out bytes.Buffer
		if err := migrate(context.Background(), source, target, &out, io.Discard); err != nil {
			t.Fatalf("migrate from %.6s to %.7s: %v\n%s", from, to, err, out.String())
		}
		if !strings.Contains(out.String(), "responses         700 rows") {
			t.Errorf("migrate from %.6s to %.7s says:\n%s", from, to, out.String())
		}
	}
}

func fillFolder(t *testing.T, folder string) {
	t.Helper()
	st, err := sqlite.Open(context.Background(), folder, sqlite.Options{})
	must(t, err)
	now := feedback.UTC(time.Now())
	for i := range 700 {
		r := &feedback.Response{Survey: "csat", Metric: feedback.CSAT, Scored: true, Score: i % 6, Comment: fmt.Sprintf("number %d 😀", i), AnsweredAt: now,
			Answers: map[string]string{"resolved": "yes"}, Sentiment: &feedback.Sentiment{Label: "neutral", Evidence: []feedback.Span{{Start: 0, End: 3, Weight: 0.25}}}}
		r.ID, r.Due = fmt.Sprintf("r-%04d", i), now
		must(t, st.Responses().Insert(context.Background(), r))
	}
	u := &feedback.User{Email: "a@b.test", Role: feedback.RoleAdmin, CreatedAt: now}
	u.ID = u.Email
	must(t, st.Users().Insert(context.Background(), u))
	must(t, st.Close())
}
