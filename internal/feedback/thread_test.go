package feedback

import (
	"errors"
	"strings"
	"testing"
)

func TestMarks(t *testing.T) {
	tokens, id := NewTokens([]byte("a secret of this test")), InvitationID("a", "csat")
	for _, kind := range []Thread{SurveyThread, CaseThread} {
		mark := tokens.Mark(kind, id)
		if len(mark) != ThreadLen || mark != strings.ToLower(mark) {
			t.Fatalf("mark %q", mark)
		}
		gotKind, gotID, err := tokens.OpenMark(strings.ToUpper(mark))
		if err != nil || gotKind != kind || gotID != id {
			t.Errorf("opened %q %q, %v", gotKind, gotID, err)
		}
		other := "c"
		if kind == CaseThread {
			other = "s"
		}
		for _, bad := range []string{"", mark[:20], other + mark[1:], "x" + mark[1:], mark[:10] + "a" + mark[11:] + "a", tokens.Mint(id)} {
			if _, _, err := tokens.OpenMark(bad); !errors.Is(err, ErrToken) {
				t.Errorf("%q was opened: %v", bad, err)
			}
		}
	}
	if _, _, err := NewTokens([]byte("another")).OpenMark(tokens.Mark(SurveyThread, id)); !errors.Is(err, ErrToken) {
		t.Errorf("another installation's mark was opened: %v", err)
	}
	if tokens.Mark(SurveyThread, "no id") != "" {
		t.Error("something that is no row's id got a mark")
	}
}
