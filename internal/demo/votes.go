package demo

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"strings"
	"time"

	"earshot/internal/collect"
	"earshot/internal/feedback"
	"earshot/internal/store"
)

// scannedDomain is where a few customers have their mailbox behind a scanner that follows every link.
const scannedDomain = "harbourbank.example"

// scannedEvery is the share of customers there: one in so many.
const scannedEvery = 25

const (
	desktopBrowser = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"
	scannerBrowser = "Mozilla/5.0 (Windows NT 10.0; Trident/7.0; rv:11.0) like Gecko"
)

// die is a number from 0 to n-1 that belongs to a name, so that the other dice fall as they did.
func die(name string, n uint32) int {
	h := fnv.New32a()
	_, _ = h.Write([]byte(name)) // never fails
	return int(h.Sum32() % n)
}

// voteOf invents how an answer came in.
func voteOf(name, comment string) feedback.Vote {
	slow := 1800 + die(name+"d", 9000)
	e := &feedback.Evidence{Dwell: slow, Visible: slow - 150, First: 600 + die(name+"f", 900)}
	v := feedback.Vote{Way: feedback.WayButton, Verdict: feedback.Human, Evidence: e}
	switch roll := die(name, 100); {
	case roll < 4:
		return feedback.Vote{Way: feedback.WayReply, Verdict: feedback.Human, Reasons: []string{collect.ReasonTyped}}
	case roll < 55:
		e.Moves, e.Spread = 9+die(name+"m", 60), 400+die(name+"s", 3000)
		v.Reasons = []string{collect.ReasonPointer, collect.ReasonDwell}
	default:
		e.Touches, e.Wheel = 1+die(name+"t", 3), die(name+"w", 12)
		v.Reasons = []string{collect.ReasonTouch, collect.ReasonDwell}
	}
	if comment == "" && die(name+"o", 10) < 7 {
		v.Way = feedback.WayOneClick
	} else if comment != "" {
		v.Reasons = append(v.Reasons, collect.ReasonTyped)
	}
	return v
}

// click invents what was clicked in a mail that was not answered: a scanner's burst, now and then a
// customer who went away again, mostly nothing.
func click(v *feedback.Invitation) {
	low, high, _ := v.Metric.Scale()
	if strings.HasSuffix(v.Customer.Email, "@"+scannedDomain) {
		for n := low; n <= high; n++ {
			v.AddIntent(v.SentAt.Add(time.Second+time.Duration(n-low)*200*time.Millisecond), n, scannerBrowser)
		}
		v.AddSign(v.SentAt.Add(time.Second), feedback.SignPrompt)
		v.AddSign(v.SentAt.Add(2*time.Second), feedback.SignBurst)
		return
	}
	if die(v.ID, 14) == 0 {
		v.AddIntent(v.SentAt.Add(time.Hour+time.Duration(die(v.ID+"c", 20))*time.Hour), max(high-1, low), desktopBrowser)
	}
}

// scan lets the scanner of one domain follow the hidden link of its latest mail, so that the domain is
// remembered.
func (s *Stage) scan(ctx context.Context, h *history, now time.Time) error {
	var last *feedback.Invitation
	for _, v := range h.invitations {
		if len(v.Signs) > 0 && (last == nil || v.SentAt.After(last.SentAt)) {
			last = v
		}
	}
	if last == nil {
		return nil
	}
	collector := collect.New(collect.Config{Store: s.config.Store, Catalog: s.config.Catalog, Zone: s.config.Zone})
	_, err := collector.Observe(ctx, &collect.View{Invitation: last}, collect.Click{Decoy: true, Client: collect.Client{Agent: scannerBrowser}}, now)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("scan a mail: %w", err)
	}
	return nil
}
