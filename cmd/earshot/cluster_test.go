package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/mail/mailtest"
	"earshot/internal/store/mongodb"
	"earshot/internal/store/mongotest"
	"earshot/internal/worker"
)

// clusterVariable is how many invitations two instances send under faults; the short form is for CI.
const clusterVariable = "EARSHOT_TEST_CLUSTER"

// TestTwoInstancesOnMongoDBUnderFaults lets two workers on one database send invitations through a
// local Resend while they are stopped, continued and killed at random: none twice, none lost.
func TestTwoInstancesOnMongoDBUnderFaults(t *testing.T) {
	mongotest.Wanted(t)
	n, err := strconv.Atoi(os.Getenv(clusterVariable))
	if err != nil {
		n = 1500
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d, %d invitations", seed, n)
	uri := mongotest.Start(t).URI(t)
	provider := mailtest.NewResend(100_000)
	b := newBinary(t)
	env := append(b.env(), "EARSHOT_STORE="+uri, "EARSHOT_ROLES=worker", "EARSHOT_MAIL=resend", "RESEND_API_KEY="+mailtest.ResendKey,
		"RESEND_BASE_URL="+provider.Serve(t), "EARSHOT_FROM=Acme <surveys@acme.test>", "EARSHOT_BASE_URL=http://localhost:8080")
	st, err := mongodb.Open(context.Background(), uri, mongodb.Options{})
	must(t, err)
	defer st.Close()
	scheduleMany(t, st, b, n)

	dice := rand.New(rand.NewPCG(seed, 1))
	workers := []*exec.Cmd{workFor(t, b, env), workFor(t, b, env)}
	defer func() {
		for _, w := range workers {
			b.kill(t, w)
		}
	}()
	began := time.Now()
	for left := n; left > 0; left = unsent(t, st) {
		if time.Since(began) > 5*time.Minute+time.Duration(n)*20*time.Millisecond {
			t.Fatalf("%d of %d invitations were not sent", left, n)
		}
		<-time.After(time.Duration(100+dice.IntN(500)) * time.Millisecond)
		if time.Since(began) > time.Minute+time.Duration(n)*5*time.Millisecond {
			continue // enough faults: what is left waits for leases of the dead
		}
		i := dice.IntN(len(workers))
		if dice.IntN(3) == 0 {
			b.kill(t, workers[i])
			workers[i] = workFor(t, b, env)
			continue
		}
		_ = workers[i].Process.Signal(syscall.SIGSTOP)
		<-time.After(time.Duration(50+dice.IntN(300)) * time.Millisecond)
		_ = workers[i].Process.Signal(syscall.SIGCONT)
	}
	checkDelivered(t, provider, n)
}

func workFor(t *testing.T, b *binary, env []string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(b.path, "serve")
	cmd.Env = append(env, "EARSHOT_DATA="+t.TempDir())
	log, err := os.Create(filepath.Join(t.TempDir(), "log"))
	must(t, err)
	cmd.Stdout, cmd.Stderr = log, log
	must(t, cmd.Start())
	return cmd
}

// scheduleMany writes n invitations that are due, as the service writes them.
func scheduleMany(t *testing.T, st *mongodb.Store, b *binary, n int) {
	t.Helper()
	surveys, err := loadSurveys(b.surveys)
	must(t, err)
	var csat feedback.Survey
	for _, s := range surveys {
		if s.ID == "csat" {
			csat = s
		}
	}
	d := &feedback.Definition{Survey: csat.ID, Version: csat.Version, Source: csat.Source}
	d.ID = feedback.DefinitionID(csat.ID, csat.Version)
	must(t, st.Definitions().Insert(context.Background(), d))
	numbers := make([]int, n)
	for i := range numbers {
		numbers[i] = i
	}
	now := feedback.UTC(time.Now())
	must(t, worker.Each(numbers, 32, func(i int) error {
		v := &feedback.Invitation{Interaction: fmt.Sprint(i), Survey: "csat", Version: csat.Version, Metric: feedback.CSAT, State: feedback.Scheduled,
			Language: "en", Person: fmt.Sprintf("c%d@example.com", i), Customer: feedback.Customer{Email: fmt.Sprintf("c%d@example.com", i)},
			Agent: feedback.Agent{Email: "sam@acme.test"}, CreatedAt: now, SendAt: now, ExpiresAt: now.Add(24 * time.Hour)}
		v.ID, v.Due = feedback.InvitationID(fmt.Sprint(i), "csat"), now
		return st.Invitations().Insert(context.Background(), v)
	}))
}

// unsent counts the invitations that are still scheduled.
func unsent(t *testing.T, st *mongodb.Store) int {
	t.Helper()
	left := 0
	must(t, scanAll[feedback.Invitation](context.Background(), st.Invitations(), "", func(rows []*feedback.Invitation) error {
		for _, v := range rows {
			if v.State == feedback.Scheduled {
				left++
			}
			if v.State == feedback.Failed {
				return fmt.Errorf("invitation %s failed: %+v", v.ID, v.Ledger)
			}
		}
		return nil
	}))
	return left
}

func checkDelivered(t *testing.T, provider *mailtest.Resend, n int) {
	t.Helper()
	seen := map[string]int{}
	for _, d := range provider.Delivered(t) {
		seen[d.To]++
	}
	for to, times := range seen {
		if times != 1 {
			t.Errorf("%s got %d mails", to, times)
		}
	}
	if len(seen) != n {
		t.Errorf("%d customers got a mail, %d were to be asked", len(seen), n)
	}
}
