package feedback

import (
	"slices"
	"time"
)

// Role is what a person of the organisation may see and do.
type Role string

// The roles. An agent sees own cases; a lead the team's; an executive the board; an administrator
// everything.
const (
	RoleAgent     Role = "agent"
	RoleLead      Role = "lead"
	RoleExecutive Role = "executive"
	RoleAdmin     Role = "admin"
)

// Roles lists the roles from the narrowest to the widest.
func Roles() []Role { return []Role{RoleAgent, RoleLead, RoleExecutive, RoleAdmin} }

// Valid tells whether r is a role.
func (r Role) Valid() bool { return slices.Contains(Roles(), r) }

// User is a person who signs in. Its ID is the address in lower case.
type User struct {
	Record
	Email, Name, Team string
	Role              Role
	CreatedAt         time.Time
	Removed           time.Time // zero: may sign in

	// What the user chose for themselves.
	Language string // of pages and mails, a base language such as "de"; empty: the browser's, and English in mails
	Timezone string // IANA; empty: the organisation's
	OffWall  bool   // their praise is shown to nobody else
	NoThanks bool   // no weekly mail of thanks
	NoDigest bool   // no digests by mail
}

// Zone is the user's time zone, or the organisation's when they have chosen none.
func (u *User) Zone(organisation *time.Location) *time.Location {
	if u.Timezone != "" {
		if z, err := time.LoadLocation(u.Timezone); err == nil {
			return z
		}
	}
	return organisation
}

// Active tells whether the user may sign in.
func (u *User) Active() bool { return u.Removed.IsZero() }

// Agent returns the user as an agent.
func (u *User) Agent() Agent { return Agent{Email: u.Email, Name: u.Name, Team: u.Team} }

// SeesBoard tells whether the user may read the organisation's perception scores.
func (u *User) SeesBoard() bool {
	return u.Role == RoleExecutive || u.Role == RoleAdmin || u.Role == RoleLead
}

// Sees tells whether the user may read and work on a case.
func (u *User) Sees(c *Case) bool {
	switch u.Role {
	case RoleAdmin:
		return true
	case RoleLead:
		return c.Owner.Team == u.Team || c.Agent.Team == u.Team || c.Owner.Email == u.Email
	case RoleAgent:
		return c.Owner.Email == u.Email || c.Agent.Email == u.Email
	}
	return false
}

// Link is a one-time sign-in link. Its ID is the hexadecimal SHA-256 of the secret in it. It is due
// while its mail is to be sent.
type Link struct {
	Record
	User      string
	Nonce     string // from which the service, and nobody without its secret, makes the link's secret
	Next      string // path to open after signing in
	CreatedAt time.Time
	ExpiresAt time.Time
	UsedAt    time.Time
}

// Session is a signed-in browser. Its ID is the hexadecimal SHA-256 of the cookie's secret.
type Session struct {
	Record
	User      string
	CreatedAt time.Time
	SeenAt    time.Time
	ExpiresAt time.Time // absolute end
}

// APIKey is a machine's credential. Its ID stands in the key itself; Hash is the hexadecimal
// SHA-256 of the whole key, which is shown once and never stored.
type APIKey struct {
	Record
	Name      string
	Hash      string
	CreatedAt time.Time
	RevokedAt time.Time
}

// Setting is a small named value that every instance shares.
type Setting struct {
	Record
	Value []byte
}
