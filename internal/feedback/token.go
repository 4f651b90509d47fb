package feedback

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
)

// ErrToken means that a token was not made with this installation's secret.
var ErrToken = errors.New("not a token of ours")

// Tokens makes and checks the tokens in customers' links. A token is the invitation's 128-bit ID and
// the first 128 bits of an HMAC-SHA256 over it (RFC 2104), in base64url: nothing about it needs to be
// stored, the same row gives the same link on every retry, and guessing one means guessing 128 bits.
type Tokens struct {
	secret []byte
}

// NewTokens derives the key of the links from the installation's secret.
func NewTokens(secret []byte) Tokens {
	m := hmac.New(sha256.New, secret)
	m.Write([]byte("earshot survey link"))
	return Tokens{m.Sum(nil)}
}

// Mint returns the token for an invitation. The ID is one that InvitationID returned.
func (t Tokens) Mint(invitation string) string {
	id, err := hex.DecodeString(invitation)
	if err != nil {
		id = []byte(invitation)
	}
	return base64.RawURLEncoding.EncodeToString(append(id, t.sum(id)...))
}

// Open returns the invitation's ID, or ErrToken.
func (t Tokens) Open(token string) (string, error) {
	b, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil || len(b) != 32 || len(token) != base64.RawURLEncoding.EncodedLen(32) { // the decoder skips line ends
		return "", ErrToken
	}
	if !hmac.Equal(b[16:], t.sum(b[:16])) {
		return "", ErrToken
	}
	return hex.EncodeToString(b[:16]), nil
}

func (t Tokens) sum(id []byte) []byte {
	m := hmac.New(sha256.New, t.secret)
	m.Write(id)
	return m.Sum(nil)[:16]
}

// Veil is a name for a person who was erased: whoever knows the person and has the secret recognises
// them in it, and nobody can read them back from it. 32 hexadecimal digits of an HMAC-SHA256.
func (t Tokens) Veil(person string) string {
	m := hmac.New(sha256.New, t.secret)
	m.Write([]byte("erased person\x00" + person))
	return hex.EncodeToString(m.Sum(nil)[:16])
}
