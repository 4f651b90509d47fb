package outbox

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"strings"
	"time"

	"earshot/internal/mail"
)

// timeLayout is RFC 3339 in UTC with milliseconds: always 24 bytes, so that names sort by time.
const timeLayout = "2006-01-02T15:04:05.000Z"

// maxRef is the length in bytes of a row's name inside a file name; file systems take 255 in all.
const maxRef = 120

// fileName is the name of m's file, with suffix before the extension.
func fileName(m mail.Message, suffix string) string {
	return fmt.Sprintf("%s-%s-%s%s.eml", m.Date.UTC().Format(timeLayout), safe(string(m.Kind)), safe(m.Ref), suffix)
}

// safe leaves letters, digits and a few marks of s and writes every other byte as %XX, so that
// different rows never share a name. What is too long ends in a digest.
func safe(s string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '-', c == '_', c == '.', c == '@':
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	if b.Len() <= maxRef {
		return b.String()
	}
	sum := sha256.Sum256([]byte(s))
	return b.String()[:maxRef-17] + "~" + hex.EncodeToString(sum[:8])
}

// namePattern is what fileName makes, and the only thing a reader opens.
var namePattern = regexp.MustCompile(`^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)-[A-Za-z0-9._@%~-]+\.eml$`)

// nameTime returns the time in a file's name; ok is false for a name that is not ours.
func nameTime(name string) (at time.Time, ok bool) {
	if len(name) > 255 {
		return time.Time{}, false
	}
	parts := namePattern.FindStringSubmatch(name)
	if parts == nil {
		return time.Time{}, false
	}
	at, err := time.Parse(timeLayout, parts[1])
	return at, err == nil
}
