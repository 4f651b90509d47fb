package invite

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/store"
)

func TestOnePersonWithTwoAddresses(t *testing.T) {
	w := newWorld(t, definition)
	ask := func(id, email string) *feedback.Interaction {
		in := w.contact(noon(t))
		in.Customer = feedback.Customer{ID: id, Email: email}
		return w.accept(in, noon(t))
	}
	first := ask("c-77", "mara@example.com")
	second := ask("c-77", "mara@work.example")
	if second.Decision.Rule != "ask.rest" || second.Person != first.Person {
		t.Errorf("the same customer under another address: %+v, person %q", second.Decision, second.Person)
	}
	if third := ask("", "Mara+x@work.example"); third.Person != first.Person || third.Decision.Rule != "ask.rest" {
		t.Errorf("by the second address alone: %+v", third)
	}
	if other := ask("c-78", "lena@example.com"); other.Person == first.Person || other.Decision.Outcome != feedback.Asked {
		t.Errorf("another customer: %+v", other.Decision)
	}
	if _, err := w.OptOut(t.Context(), w.Tokens.Mint(first.Decision.Invitation), noon(t)); err != nil {
		t.Fatal(err)
	}
	if d := ask("c-77", "mara@third.example").Decision; d.Rule != "person.opted_out" {
		t.Errorf("opted out under one address: %+v", d)
	}
}

func TestExplicitMerge(t *testing.T) {
	w := newWorld(t, definition)
	ask := func(email string) *feedback.Interaction {
		in := w.contact(noon(t))
		in.Customer.Email = email
		return w.accept(in, noon(t))
	}
	first, second := ask("mara@example.com"), ask("lind@example.org")
	if second.Decision.Outcome != feedback.Asked {
		t.Fatal(second.Decision)
	}
	if _, err := w.OptOut(t.Context(), w.Tokens.Mint(second.Decision.Invitation), noon(t)); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := w.Merge(t.Context(), "mara@example.com", "Lind@example.org", noon(t)); err != nil {
			t.Fatal(err)
		}
	}
	w.work(noon(t).Add(time.Hour))
	if w.mails() != "" || w.invitation(first).State != feedback.Cancelled || w.invitation(second).State != feedback.Cancelled {
		t.Errorf("one of the two opted out, and %q was sent", w.mails())
	}
	p, err := store.PersonOf(t.Context(), w.Store.People(), "lind@example.org")
	if err != nil || p.ID != "mara@example.com" || len(p.Names) != 1 {
		t.Errorf("%+v, %v", p, err)
	}
	if err := w.Merge(t.Context(), "mara", "lind@example.org", noon(t)); err == nil {
		t.Error("merged with something that is no address")
	}
}

// An id that many addresses share is an account or a default, not a person.
func TestSharedCustomerID(t *testing.T) {
	w := newWorld(t, definition)
	asked := 0
	for i := range 20 {
		in := w.contact(noon(t))
		in.Customer = feedback.Customer{ID: "shop", Email: fmt.Sprintf("c%d@example.com", i)}
		if d := w.accept(in, noon(t)).Decision; d.Outcome == feedback.Asked {
			asked++
		}
	}
	if asked != 16 {
		t.Errorf("%d of 20 were asked; five addresses are one person", asked)
	}
}

// However the addresses of one customer arrive, at once and twice: one survey goes out.
func TestConcurrentIdentities(t *testing.T) {
	w := newWorld(t, definition)
	var wg sync.WaitGroup
	for i := range 16 {
		in := w.contact(noon(t))
		in.Customer = feedback.Customer{ID: "c-77", Email: fmt.Sprintf("mara%d@example.com", i%4)}
		wg.Go(func() {
			if _, _, err := w.Accept(t.Context(), in, noon(t)); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	w.work(noon(t).Add(40 * time.Minute))
	root, err := store.PersonOf(t.Context(), w.Store.People(), "id:desk:c-77")
	if err != nil {
		t.Fatal(err)
	}
	for i := range 4 {
		p, err := store.PersonOf(t.Context(), w.Store.People(), fmt.Sprintf("mara%d@example.com", i))
		if err != nil || p.ID != root.ID {
			t.Errorf("mara%d is %v, want %s, %v", i, p, root.ID, err)
		}
	}
	if w.mails() != "invitation" {
		t.Errorf("sent: %q", w.mails())
	}
}

func TestBounceOfOneAddressLeavesTheOther(t *testing.T) {
	w := newWorld(t, definition)
	in := w.contact(noon(t))
	in.Customer = feedback.Customer{ID: "c-77", Email: "mara@example.com"}
	row := w.accept(in, noon(t))
	w.work(noon(t).Add(time.Hour))
	if err := w.Bounced(t.Context(), row.Decision.Invitation, noon(t).Add(time.Hour), ""); err != nil {
		t.Fatal(err)
	}
	next := w.contact(noon(t).Add(40 * day))
	next.Customer = feedback.Customer{ID: "c-77", Email: "mara@work.example"}
	if d := w.accept(next, next.EndedAt).Decision; d.Outcome != feedback.Asked {
		t.Errorf("under the address that works: %+v", d)
	}
	dead := w.contact(noon(t).Add(80 * day))
	dead.Customer = feedback.Customer{ID: "c-77", Email: "mara@example.com"}
	if d := w.accept(dead, dead.EndedAt).Decision; d.Rule != "person.blocked" {
		t.Errorf("under the address that bounced: %+v", d)
	}
}
