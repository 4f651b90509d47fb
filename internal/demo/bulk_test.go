package demo

import (
	"testing"
	"time"
)

// TestSharesAddUp spreads exactly as many answers as were asked for.
func TestSharesAddUp(t *testing.T) {
	w := &world{now: time.Date(2026, 11, 22, 15, 0, 0, 0, time.UTC), zone: time.UTC}
	for _, n := range []int{1, 999, 1000, 10_000_000} {
		sum, most := 0, 0
		for _, k := range w.shares(n, 90) {
			if k < 0 {
				t.Fatalf("a day has %d answers", k)
			}
			sum, most = sum+k, max(most, k)
		}
		if sum != n || most > n/20+1 {
			t.Errorf("of %d answers %d are spread, %d on one day", n, sum, most)
		}
	}
}
