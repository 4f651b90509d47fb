package feedback

import "slices"

// What kind of thing went wrong, for reports that ask who can change it.
const (
	CauseControllable = "controllable" // the person who served could have done otherwise
	CausePolicy       = "policy"       // a rule or a price stood in the way
	CauseProduct      = "product"      // what was sold did not hold
	CauseWait         = "wait"         // nobody was there in time
	CauseElse         = "other"
)

// CauseGroup is one kind of cause with the causes of it, in the order in which they are offered.
type CauseGroup struct {
	Kind   string
	Causes []string
}

// CauseGroups returns the taxonomy of causes by kind.
func CauseGroups() []CauseGroup {
	return []CauseGroup{
		{CauseControllable, []string{"mistake", "attitude", "knowledge", "communication", "misunderstanding"}},
		{CausePolicy, []string{"policy", "price"}},
		{CauseProduct, []string{"product"}},
		{CauseWait, []string{"wait"}},
		{CauseElse, []string{"other"}},
	}
}

// Causes returns all causes that a resolution may name.
func Causes() []string {
	var out []string
	for _, g := range CauseGroups() {
		out = append(out, g.Causes...)
	}
	return out
}

// KindOfCause returns the kind of a cause; CauseElse for one that is not known.
func KindOfCause(cause string) string {
	for _, g := range CauseGroups() {
		if slices.Contains(g.Causes, cause) {
			return g.Kind
		}
	}
	return CauseElse
}

// Actions returns the taxonomy of what was done for the customer, in the order in which it is offered.
func Actions() []string {
	return []string{"apology", "explanation", "fix", "refund", "credit", "gift", "exception", "escalation", "none"}
}
