package feedback

import (
	"regexp"
	"strings"
)

// replyPrefix is what mail programs put before a subject when it is answered or forwarded, in the
// languages of the surveys and their neighbours.
var replyPrefix = regexp.MustCompile(`^(?:(?:re|fw|fwd|aw|wg|tr|rv|res|enc|rif|inoltra|i|antw|doorst|sv|vs|vb|odp|ynt|رد|إعادة توجيه)\s*(?:\[\d+\])?\s*[:：]\s*)+`)

// ticketMark is how helpdesks number their mails: [#123], (Case 00123), ticket #123, ##123##.
var ticketMark = regexp.MustCompile(`[\[(][^\])]*#?\d{2,}[^\])]*[\])]|#+\s*[\w-]*\d+#*|\b(?:ticket|case|request|fall|vorgang|anfrage)\s*(?:no|nr|id)?[.:]?\s*\d+\b`)

// MatterOf names what an interaction was about, as its subject tells it: interactions of one person with
// the same name are one matter. Case, blanks, Re: and the like, and a helpdesk's numbers do not count.
// Empty when the subject says nothing.
func MatterOf(subject string) string {
	s := strings.ToLower(strings.TrimSpace(subject))
	for {
		before := s
		s = strings.TrimSpace(ticketMark.ReplaceAllString(s, " "))
		s = strings.TrimSpace(replyPrefix.ReplaceAllString(s, ""))
		if s == before {
			break
		}
	}
	s = strings.Join(strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(" \t\r\n.,;:!?-–—_\"'“”„…", r) }), " ")
	if s == "" {
		return ""
	}
	return key("matter", s)
}
