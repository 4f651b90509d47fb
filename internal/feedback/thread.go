package feedback

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"strings"
)

// Thread is what kind of row an answer by mail leads to.
type Thread string

// The kinds of threads.
const (
	SurveyThread Thread = "s" // an invitation
	CaseThread   Thread = "c" // a case
)

// threadMAC is how many bytes of the HMAC a thread's mark carries: 96 bits. A mark must fit the part of an
// address before the @, of which 64 characters are allowed (RFC 5321, 4.5.3.1.1), beside the mailbox's own name.
const threadMAC = 12

// ThreadLen is how many characters a mark has.
const ThreadLen = 1 + 45

// Mark returns the word by which the answer to a mail finds its row again: in the address that it is
// sent to and in the ids of the mail that it answers. Only this installation can make one, and it
// survives mail programs that write addresses in lower case.
func (t Tokens) Mark(kind Thread, id string) string {
	raw, err := hex.DecodeString(id)
	if err != nil || len(raw) != 16 {
		return ""
	}
	return string(kind) + marks().EncodeToString(append(raw, t.threadSum(kind, raw)...))
}

// OpenMark returns what a mark leads to, or ErrToken.
func (t Tokens) OpenMark(mark string) (kind Thread, id string, err error) {
	mark = strings.ToLower(mark)
	if len(mark) != ThreadLen {
		return "", "", ErrToken
	}
	kind = Thread(mark[:1])
	raw, err := marks().DecodeString(mark[1:])
	if err != nil || len(raw) != 16+threadMAC || (kind != SurveyThread && kind != CaseThread) {
		return "", "", ErrToken
	}
	if !hmac.Equal(raw[16:], t.threadSum(kind, raw[:16])) {
		return "", "", ErrToken
	}
	return kind, hex.EncodeToString(raw[:16]), nil
}

func marks() *base32.Encoding {
	return base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)
}

func (t Tokens) threadSum(kind Thread, id []byte) []byte {
	m := hmac.New(sha256.New, t.secret)
	m.Write([]byte("reply " + string(kind) + "\x00"))
	m.Write(id)
	return m.Sum(nil)[:threadMAC]
}
