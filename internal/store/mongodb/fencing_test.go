package mongodb_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/store"
	"earshot/internal/store/mongodb"
	"earshot/internal/store/mongotest"
)

// post is a mail service that recognises a message by its key, as the real one does.
type post struct {
	mu   sync.Mutex
	keys map[string]map[string]bool // by invitation
}

func (p *post) send(v *feedback.Invitation) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.keys[v.ID] == nil {
		p.keys[v.ID] = map[string]bool{}
	}
	p.keys[v.ID][fmt.Sprint(v.State, v.Started.UnixMilli())] = true
}

// TestFencing lets workers of two instances send invitations. Now and then one stalls with its
// invitations in hand until its leases have run out, and wakes; in between the primary is killed.
// Every invitation must go out, under one key, and be marked as sent exactly once.
func TestFencing(t *testing.T) {
	const n, workers = 1000, 12
	set := mongotest.StartReplicaSet(t, 3, mongotest.Quick)
	uri := set.URI(t)
	instances := [2]*mongodb.Store{open(t, uri), open(t, uri)}
	defer instances[0].Close()
	defer instances[1].Close()
	var rows []*feedback.Invitation
	for i := range n {
		v := &feedback.Invitation{State: feedback.Scheduled, Survey: "csat", SendAt: start()}
		v.ID, v.Rev, v.Due = feedback.InvitationID(fmt.Sprint(i), "csat"), 1, start()
		rows = append(rows, v)
	}
	if err := instances[0].Invitations().(*mongodb.Invitations).Put(context.Background(), rows); err != nil {
		t.Fatal(err)
	}
	f := fencing{post: post{keys: map[string]map[string]bool{}}, marked: map[string]int{}}
	f.clock.Store(start().UnixMilli())
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() { f.work(t, instances[w%2].Invitations(), fmt.Sprint("worker ", w)) })
	}
	primary, err := set.Primary(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	primary.Kill()
	wg.Wait()
	for _, v := range rows {
		if keys := len(f.post.keys[v.ID]); keys != 1 {
			t.Errorf("%s went out under %d keys", v.ID, keys)
		}
		if f.marked[v.ID] > 1 {
			t.Errorf("%s was marked as sent %d times", v.ID, f.marked[v.ID])
		}
		now, err := instances[1].Invitations().Get(context.Background(), v.ID)
		if err != nil || now.State != feedback.Sent {
			t.Errorf("%s is %v, %v", v.ID, now, err)
		}
	}
	t.Logf("%d invitations sent; %d were in a second worker's hands, %d late marks were refused", n, f.again.Load(), f.refused.Load())
}

type fencing struct {
	post           post
	clock          atomic.Int64 // milliseconds: the time of these workers, which passes when they say so
	again, refused atomic.Int64

	mu     sync.Mutex
	marked map[string]int
}

func (f *fencing) now() time.Time { return time.UnixMilli(f.clock.Load()).UTC() }

// work sends what is due until nothing is left to be done by anybody.
func (f *fencing) work(t *testing.T, q store.Invitations, holder string) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	for {
		rows, err := q.Claim(ctx, store.Claim{Holder: holder, Now: f.now(), Lease: time.Minute, Limit: 7})
		if errors.Is(err, store.ErrUnavailable) {
			continue
		}
		if err != nil {
			t.Errorf("Claim: %v", err)
			return
		}
		if len(rows) == 0 && f.finished(ctx, t, q) {
			return
		}
		for _, v := range rows {
			f.post.send(v)
		}
		if rand.IntN(4) == 0 {
			f.clock.Add(2 * time.Minute.Milliseconds()) // it stalls: every lease runs out
		}
		for _, v := range rows {
			f.mark(ctx, t, q, v)
		}
	}
}

// finished tells whether no row is due; where others hold leases it lets them run out.
func (f *fencing) finished(ctx context.Context, t *testing.T, q store.Invitations) bool {
	next, err := q.NextDue(ctx)
	if err != nil && !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("NextDue: %v", err)
		return true
	}
	if err == nil && next.After(f.now()) {
		f.clock.Add(10 * time.Second.Milliseconds())
	}
	return err == nil && next.IsZero()
}

func (f *fencing) mark(ctx context.Context, t *testing.T, q store.Invitations, v *feedback.Invitation) {
	if v.Attempts > 1 {
		f.again.Add(1)
	}
	v.State, v.SentAt = feedback.Sent, v.Started
	v.Next(time.Time{})
	err := q.Save(ctx, v)
	switch {
	case err == nil:
		f.mu.Lock()
		f.marked[v.ID]++
		f.mu.Unlock()
	case errors.Is(err, store.ErrConflict):
		f.refused.Add(1)
	case !errors.Is(err, store.ErrUnavailable): // the lease runs out, and the row is somebody's again
		t.Errorf("Save: %v", err)
	}
}
