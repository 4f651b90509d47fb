package web

import (
	"fmt"
	"strings"

	"earshot/internal/collect"
	"earshot/internal/feedback"
)

// wayWords say how a score came in.
func wayWords(way string) string {
	words := map[string]string{
		feedback.WayOneClick: "One click in the mail", feedback.WayButton: "The button of the page", feedback.WayProgram: "A program",
		feedback.WayReply: "A reply to the mail", feedback.WayImport: "Imported", feedback.WayAdmin: "Counted by an administrator",
	}
	if w, ok := words[way]; ok {
		return w
	}
	return "Not recorded" // answers from before this was kept
}

// whyWords say what decided.
func whyWords(reason string) string {
	words := map[string]string{
		collect.ReasonPointer: "The pointer moved", collect.ReasonTouch: "A finger touched the page", collect.ReasonKeyboard: "Keys were pressed",
		collect.ReasonScroll: "The page was scrolled", collect.ReasonDwell: "The page was looked at first", collect.ReasonTyped: "Words were written",
		collect.ReasonNoPage: "It came from no page of ours", collect.ReasonNoScript: "Scripts are off", collect.ReasonEarly: "Pressed before anybody could read",
		collect.ReasonNobody: "Nothing moved", collect.ReasonScanned: "Machines follow this domain's mail",
		feedback.SignDecoy: "A hidden link was followed", feedback.SignBurst: "Several scores within seconds", feedback.SignScanner: "A known mail scanner",
		feedback.SignPrompt: "Within seconds of the delivery", feedback.SignPress: "A button was pressed at once", feedback.SignTool: "A program for fetching pages",
		feedback.SignAdmin: "An administrator said so",
	}
	if w, ok := words[reason]; ok {
		return w
	}
	return title(reason)
}

func verdictTone(verdict string) string {
	switch verdict {
	case feedback.Human:
		return "good"
	case feedback.Machine:
		return "bad"
	}
	return ""
}

// seenWords puts the evidence into a line.
func seenWords(e *feedback.Evidence) string {
	if e == nil {
		return ""
	}
	parts := []string{fmt.Sprintf("%.1f s on the page, %.1f s in front", float64(e.Dwell)/1000, float64(e.Visible)/1000)}
	for _, p := range []struct {
		n    int
		what string
	}{{e.Moves, "moves"}, {e.Touches, "touches"}, {e.Keys, "keys"}, {e.Wheel, "turns of the wheel"}} {
		if p.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", p.n, p.what))
		}
	}
	return strings.Join(parts, ", ")
}
