package perception

import (
	"time"

	"earshot/internal/feedback"
)

// Count makes the rollups of rows at once, from the rows instead of from the store: for who writes many
// rows of the past and the figures with them. Rollups of the same ID from several calls add up.
func Count(responses []*feedback.Response, invitations []*feedback.Invitation, cases []*feedback.Case, zone *time.Location) []*feedback.Rollup {
	tallies := Recompute(responses, invitations, cases, zone)
	shapes := map[string]feedback.Rollup{}
	know := func(leaves []feedback.Rollup) {
		for _, leaf := range leaves {
			if _, known := shapes[leaf.ID]; !known {
				shapes[leaf.ID] = leaf
				addParents(shapes, &leaf, tallies[leaf.ID])
			}
		}
	}
	for _, r := range responses {
		know(r.Leaves(zone))
	}
	for _, v := range invitations {
		know(v.Leaves(zone))
	}
	for _, c := range cases {
		know(c.Leaves(zone))
	}
	var out []*feedback.Rollup
	for id, tally := range tallies {
		r := shapes[id]
		r.Tally = tally
		out = append(out, &r)
	}
	return out
}
