package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"earshot/internal/config"
	"earshot/internal/store"
)

// crashSurvey is asked at once, at any hour, of everybody, and alerts at once.
const crashSurvey = `id: csat
name: Crash
metric: csat
text:
  en: {subject: "How did we do?", question: "How did we do?", low: Bad, high: Good, comment: "Why?", thanks: "Thank you."}
ask: {delay: 0s, rest: 0s}
recover: {settle: 0s}
`

// binary is the real program under test, as a child process that can be killed.
type binary struct {
	path, data, surveys, addr, key string
}

func build(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "earshot")
	if out, err := exec.Command("go", "build", "-o", path, ".").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return path
}

func (b *binary) env() []string {
	return append(os.Environ(), "EARSHOT_DATA="+b.data, "EARSHOT_SURVEYS="+b.surveys, "EARSHOT_ADDR="+b.addr, "EARSHOT_SECRET=a secret of this test only")
}

func (b *binary) run(t *testing.T, args ...string) (stdout string, code int) {
	t.Helper()
	cmd := exec.Command(b.path, args...)
	cmd.Env = b.env()
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return out.String() + errs.String(), cmd.ProcessState.ExitCode()
}

// start runs serve and waits until it is ready.
func (b *binary) start(t *testing.T) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(b.path, "serve")
	cmd.Env = b.env()
	var errs bytes.Buffer
	cmd.Stderr = &errs
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for began := time.Now(); time.Since(began) < 20*time.Second; {
		resp, err := http.Get("http://" + b.addr + "/readyz")
		if err == nil {
			resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return cmd
			}
		}
		runtimePause()
	}
	_ = cmd.Process.Kill()
	t.Fatalf("the service did not become ready:\n%s", errs.String())
	return nil
}

// runtimePause lets a polled process run.
func runtimePause() { <-time.After(5 * time.Millisecond) }

func (b *binary) kill(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	_ = cmd.Process.Signal(syscall.SIGKILL)
	_ = cmd.Wait()
}

func newBinary(t *testing.T) *binary {
	t.Helper()
	b := &binary{path: build(t), data: t.TempDir(), surveys: t.TempDir(), addr: freePort(t)}
	if err := os.WriteFile(filepath.Join(b.surveys, "csat.yaml"), []byte(crashSurvey), 0o600); err != nil {
		t.Fatal(err)
	}
	out, code := b.run(t, "key", "create", "crash")
	if code != 0 {
		t.Fatalf("key create: %d\n%s", code, out)
	}
	lines := strings.Split(strings.TrimSpace(out), "\n")
	b.key = lines[len(lines)-1]
	return b
}

// load is traffic that notes what was acknowledged.
type load struct {
	b     *binary
	mu    sync.Mutex
	asked []string          // invitations of acknowledged interactions
	said  map[string]string // invitation → last acknowledged comment
	n     int
}

func (l *load) run(ctx context.Context, worker int) {
	client := &http.Client{Timeout: 2 * time.Second}
	for i := 0; ctx.Err() == nil; i++ {
		if i%2 == 0 {
			l.interact(ctx, client, worker)
		} else {
			l.answer(ctx, client)
		}
	}
}

func (l *load) interact(ctx context.Context, client *http.Client, worker int) {
	l.mu.Lock()
	l.n++
	id := fmt.Sprintf("%d-%d", worker, l.n)
	l.mu.Unlock()
	body, _ := json.Marshal(interaction(id, "sam@acme.test", "Billing"))
	req, err := http.NewRequestWithContext(ctx, "POST", "http://"+l.b.addr+"/v1/interactions", bytes.NewReader(body))
	if err != nil {
		return
	}
	req.Header.Set("Authorization", "Bearer "+l.b.key)
	resp, err := client.Do(req)
	if err != nil {
		return
	}
	defer resp.Body.Close()
	var a struct{ Invitation string }
	if resp.StatusCode == http.StatusCreated && json.NewDecoder(resp.Body).Decode(&a) == nil {
		l.mu.Lock()
		l.asked = append(l.asked, a.Invitation)
		l.mu.Unlock()
	}
}

// answer opens a mail of the outbox and answers its survey.
func (l *load) answer(ctx context.Context, client *http.Client) {
	l.mu.Lock()
	if len(l.asked) == 0 {
		l.mu.Unlock()
		return
	}
	id := l.asked[rand.IntN(len(l.asked))]
	l.n++
	comment := fmt.Sprintf("Still waiting, terrible, number %d.", l.n)
	l.mu.Unlock()
	files, _ := filepath.Glob(filepath.Join(l.b.data, "outbox", "*-invitation-"+id+".eml"))
	if len(files) == 0 {
		return
	}
	raw, err := os.ReadFile(files[0])
	if err != nil {
		return
	}
	link := linkPattern.FindString(strings.ReplaceAll(string(raw), "=\r\n", ""))
	at, err := url.Parse(link)
	if err != nil || link == "" {
		return
	}
	form := url.Values{"score": {"1"}, "comment": {comment}}
	req, err := http.NewRequestWithContext(ctx, "POST", "http://"+l.b.addr+at.Path, strings.NewReader(form.Encode()))
	if err != nil {
		return
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := client.Do(req)
	if err != nil {
		return
	}
	_, _ = io.Copy(io.Discard, resp.Body)
	resp.Body.Close()
	if resp.StatusCode < 400 {
		l.mu.Lock()
		l.said[id] = comment
		l.mu.Unlock()
	}
}

// TestKillNineLosesNothing kills the real binary at random moments under load, and finds every
// acknowledged interaction and response afterwards, and no mail twice.
func TestKillNineLosesNothing(t *testing.T) {
	rounds := 30
	if testing.Short() {
		rounds = 5
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d, %d rounds", seed, rounds)
	dice := rand.New(rand.NewPCG(seed, 1))
	b := newBinary(t)
	l := &load{b: b, said: map[string]string{}}
	for range rounds {
		cmd := b.start(t)
		ctx, cancel := context.WithCancel(context.Background())
		var wg sync.WaitGroup
		for w := range 6 {
			wg.Go(func() { l.run(ctx, w) })
		}
		<-time.After(time.Duration(50+dice.IntN(350)) * time.Millisecond)
		b.kill(t, cmd)
		cancel()
		wg.Wait()
	}
	t.Logf("%d interactions and %d responses were acknowledged", len(l.asked), len(l.said))
	if len(l.asked) == 0 || len(l.said) == 0 {
		t.Fatal("the load did nothing; the test would prove nothing")
	}
	l.check(t)
}

// check finishes the work that the last kill left and looks at what is there.
func (l *load) check(t *testing.T) {
	t.Helper()
	ctx := context.Background()
	c, err := config.Load(func(name string) (string, bool) {
		v, ok := map[string]string{"EARSHOT_DATA": l.b.data, "EARSHOT_SURVEYS": l.b.surveys, "EARSHOT_ADDR": "127.0.0.1:0", "EARSHOT_SECRET": "a secret of this test only"}[name]
		return v, ok
	})
	if err != nil {
		t.Fatal(err)
	}
	surveys, err := loadSurveys(c.Surveys)
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.NewTextHandler(testWriter{t}, &slog.HandlerOptions{Level: slog.LevelWarn}))
	st, err := openStore(ctx, c, true, log)
	if err != nil {
		t.Fatal(err)
	}
	c.BaseURL = "http://localhost:8080"
	p, err := assemble(ctx, c, surveys, st, log)
	if err != nil {
		t.Fatal(err)
	}
	defer p.close()
	p.drain(t, time.Now().Add(2*time.Minute)) // past every lease
	for _, id := range l.asked {
		if _, err := st.Invitations().Get(ctx, id); err != nil {
			t.Errorf("acknowledged interaction lost: invitation %s: %v", id, err)
		}
		if n := len(letters(t, l.b.data, "invitation", id)); n != 1 {
			t.Errorf("invitation %s was mailed %d times", id, n)
		}
	}
	l.checkResponses(t, st)
}

func (l *load) checkResponses(t *testing.T, st store.Store) {
	t.Helper()
	for id, comment := range l.said {
		r, err := st.Responses().Get(context.Background(), id)
		if err != nil {
			t.Errorf("acknowledged response lost: %s: %v", id, err)
			continue
		}
		kept := r.Comment == comment
		for _, v := range r.Versions {
			kept = kept || v.Comment == comment
		}
		if !kept {
			t.Errorf("response %s has lost the acknowledged comment %q", id, comment)
		}
		if n := len(letters(t, l.b.data, "alert", id)); n != 1 {
			t.Errorf("response %s alerted %d times", id, n)
		}
	}
}

// drain does all work that is due at now.
func (p *program) drain(t *testing.T, now time.Time) {
	t.Helper()
	for busy := true; busy; {
		busy = false
		for _, j := range p.jobs() {
			n, err := j.Do(context.Background(), now)
			if err != nil {
				t.Fatalf("%s: %v", j.Name, err)
			}
			busy = busy || n > 0
		}
	}
}

// TestTwoServices starts a second service on a folder that is in use.
func TestTwoServices(t *testing.T) {
	b := newBinary(t)
	first := b.start(t)
	defer b.kill(t, first)
	second := *b
	second.addr = freePort(t)
	out, code := second.run(t, "serve")
	if code != 1 || !strings.Contains(out, "in use") || !strings.Contains(out, b.data) {
		t.Errorf("a second service exits with %d and says %q", code, out)
	}
	if out, code := b.run(t, "key", "list"); code != 0 || !strings.Contains(out, "crash") {
		t.Errorf("key list beside a running service exits with %d: %s", code, out)
	}
}
