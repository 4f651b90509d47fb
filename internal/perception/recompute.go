package perception

import (
	"maps"
	"slices"
	"time"

	"earshot/internal/feedback"
)

// Recompute counts all rollups from all rows in one pass, by rollup ID. It needs everything in
// memory and knows nothing of dirty marks, leases or sums, which is what makes it a witness for them.
// Rollups in which nothing is counted are left out.
func Recompute(responses []*feedback.Response, invitations []*feedback.Invitation, cases []*feedback.Case, zone *time.Location) map[string]feedback.Tally {
	all := recount{}
	for _, r := range responses {
		for _, leaf := range r.Leaves(zone) {
			all.add(leaf, func(c counter) { c.response(r) })
		}
	}
	for _, v := range invitations {
		for _, leaf := range v.Leaves(zone) {
			all.add(leaf, func(c counter) { c.invitation(v) })
		}
	}
	for _, k := range cases {
		for _, leaf := range k.Leaves(zone) {
			all.add(leaf, func(c counter) { c.kase(k) })
		}
	}
	return all
}

type recount map[string]feedback.Tally

// add counts one row into its leaf and into every scope above it.
func (all recount) add(leaf feedback.Rollup, count func(counter)) {
	var one feedback.Tally
	count(counter{metric: leaf.Metric, tally: &one})
	leaf.Tally = one
	scopes := map[string]feedback.Rollup{leaf.ID: leaf}
	addParents(scopes, &leaf, one)
	for id, r := range scopes {
		part := one
		if r.Scope != feedback.ScopeAgent {
			part = feedback.Tally{}
			addLeaf(&part, r.Scope, r.Name, &leaf)
		}
		t := all[id]
		t.Add(part)
		all[id] = t
	}
}

func bump(m map[string]int64, key string) map[string]int64 { return put(m, key, m[key]+1) }

func put[V any](m map[string]V, key string, v V) map[string]V {
	if m == nil {
		m = map[string]V{}
	}
	m[key] = v
	return m
}

func values[K ~string, V any](m map[K]V) []V {
	out := make([]V, 0, len(m))
	for _, k := range slices.Sorted(maps.Keys(m)) {
		out = append(out, m[k])
	}
	return out
}

func seconds(k *feedback.Case, at time.Time) int64 {
	return max(0, int64(at.Sub(k.OpenedAt)/time.Second))
}

// inTime is 1 for a step that kept its clock; without a clock there is nothing to miss.
func inTime(at, by time.Time) int64 {
	if !by.IsZero() && at.After(by) {
		return 0
	}
	return 1
}
