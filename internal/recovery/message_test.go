package recovery

import (
	"testing"

	"earshot/internal/feedback"
)

func TestSegmentNeverContradictsTheLadder(t *testing.T) {
	for given, want := range map[string]string{"Occasional": "", "one-time": "", "loyal": "", "wholesale": "wholesale", "": ""} {
		if got := segment(feedback.Customer{Segment: given}); got != want {
			t.Errorf("segment %q is shown as %q, want %q", given, got, want)
		}
	}
}
