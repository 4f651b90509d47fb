package sqlite

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"testing"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/store"
)

// crashFolder names the folder in which the child of TestKilled writes.
const crashFolder = "EARSHOT_TEST_CRASH_FOLDER"

// TestKilled kills a process that writes, at a random moment, and opens its store again: whatever it
// said was written is there.
func TestKilled(t *testing.T) {
	if folder := os.Getenv(crashFolder); folder != "" {
		writeUntilKilled(t, folder, os.Stdout)
		return
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, seed))
	folder := t.TempDir()
	acknowledged := map[string]int64{}
	for round := range 10 {
		before := len(acknowledged)
		kill(t, folder, 1+r.IntN(400), acknowledged)
		s := openAt(t, folder)
		for id, rev := range acknowledged {
			got, err := s.Responses().Get(context.Background(), id)
			if err != nil {
				t.Fatalf("round %d: an acknowledged row is gone: %v", round, err)
			}
			if got.Rev < rev || got.Score != int(got.Rev) {
				t.Fatalf("round %d: %s is at revision %d with score %d; revision %d was acknowledged", round, id, got.Rev, got.Score, rev)
			}
		}
		var sound string
		if err := s.readers.QueryRow("PRAGMA integrity_check").Scan(&sound); err != nil || sound != "ok" {
			t.Fatalf("round %d: integrity_check: %s, %v", round, sound, err)
		}
		closeStore(t, s)
		if len(acknowledged) == before {
			t.Errorf("round %d: nothing was acknowledged", round)
		}
	}
	t.Logf("%d rows survived", len(acknowledged))
}

// kill starts a child, kills it after it acknowledged n writes, and notes all that it acknowledged.
func kill(t *testing.T, folder string, n int, acknowledged map[string]int64) {
	t.Helper()
	child := exec.Command(os.Args[0], "-test.run=^TestKilled$")
	child.Env = append(os.Environ(), crashFolder+"="+folder)
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(out)
	for i := 0; ; i++ {
		if i == n {
			if err := child.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
		line, err := lines.ReadString('\n')
		if err != nil { // what the child had no time to finish was not said
			break
		}
		var id string
		var rev int64
		if _, err := fmt.Sscanf(line, "wrote %s %d\n", &id, &rev); err != nil {
			t.Fatalf("the child said %q: %v", line, err)
		}
		acknowledged[id] = max(acknowledged[id], rev)
	}
	if err := child.Wait(); err == nil {
		t.Fatal("the child ended by itself")
	}
}

// writeUntilKilled inserts responses and saves them, and says so after each acknowledgement.
func writeUntilKilled(t *testing.T, folder string, out io.Writer) {
	s := openAt(t, folder)
	ctx := context.Background()
	run := time.Now().UnixNano()
	for w := range 8 {
		go func() {
			for i := 0; ; i++ {
				row := lifelike(i)
				row.ID, row.Score = feedback.InteractionID(fmt.Sprint(run, w), fmt.Sprint(i)), 1
				if err := s.Responses().Insert(ctx, row); err != nil {
					t.Error(err)
					return
				}
				fmt.Fprintf(out, "wrote %s 1\n", row.ID)
				if _, err := store.Update(ctx, store.Table[feedback.Response](s.Responses()), row.ID, func(r *feedback.Response) error {
					r.Score++
					return nil
				}); err != nil {
					t.Error(err)
					return
				}
				fmt.Fprintf(out, "wrote %s 2\n", row.ID)
			}
		}()
	}
	select {}
}
