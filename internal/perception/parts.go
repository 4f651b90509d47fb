package perception

import (
	"slices"
	"strconv"
	"strings"

	"earshot/internal/feedback"
)

// partKey is one value of one dimension.
type partKey struct{ by, name string }

// maxTags is how many tags of one interaction are counted, the first by name: a source that tags with
// order numbers must not make the figures grow without end.
const maxTags = 10

// customerKeys are the values that an invitation knows already, so that a response rate can be given.
func customerKeys(c feedback.Customer, tags []string) []partKey {
	var out []partKey
	if c.Segment != "" {
		out = append(out, partKey{feedback.BySegment, c.Segment})
	}
	if l := localeOf(c.Locale); l != "" {
		out = append(out, partKey{feedback.ByLocale, l})
	}
	tags = slices.Compact(slices.Sorted(slices.Values(tags)))
	for _, t := range tags[:min(len(tags), maxTags)] {
		if t != "" {
			out = append(out, partKey{feedback.ByTag, t})
		}
	}
	return out
}

// journeyKeys are the values that are known once the response's journey was looked up.
func journeyKeys(j *feedback.Journey) []partKey {
	if j == nil {
		return nil
	}
	var out []partKey
	add := func(by, name string) {
		if name != "" {
			out = append(out, partKey{by, name})
		}
	}
	add(feedback.ByStage, string(j.Before))
	if w := j.Metrics.WaitSeconds; w != nil {
		add(feedback.ByWait, waitOf(*w))
	}
	if n := j.Metrics.Transfers; n != nil {
		add(feedback.ByTransfers, timesOf(*n))
	}
	if n := j.Metrics.Reopens; n != nil {
		add(feedback.ByReopens, timesOf(*n))
	}
	if j.Contacts > 0 {
		add(feedback.ByRepeats, timesOf(j.Repeats))
	}
	return out
}

// waits are the stretches of waiting that are told apart, by the seconds at which the next one begins.
// Names sort as the stretches do.
func waits() []struct {
	name  string
	below float64
} {
	return []struct {
		name  string
		below float64
	}{{"0-1 min", 60}, {"1-5 min", 300}, {"5-15 min", 900}, {"15-60 min", 3600}, {"1-4 h", 4 * 3600}, {"4-24 h", 24 * 3600}, {"over 24 h", 1e300}}
}

func waitOf(seconds float64) string {
	for _, w := range waits() {
		if seconds < w.below {
			return w.name
		}
	}
	return ""
}

// timesOf names a count: 0, 1, 2, or more.
func timesOf(n int) string {
	if n >= 3 {
		return "3+"
	}
	return strconv.Itoa(max(0, n))
}

// localeOf writes a BCP 47 tag in one manner: de, de-AT, zh-Hant-TW.
func localeOf(tag string) string {
	parts := strings.FieldsFunc(tag, func(r rune) bool { return r == '-' || r == '_' })
	for i, p := range parts {
		switch {
		case i == 0:
			parts[i] = strings.ToLower(p)
		case len(p) == 4:
			parts[i] = strings.ToUpper(p[:1]) + strings.ToLower(p[1:])
		default:
			parts[i] = strings.ToUpper(p)
		}
	}
	return strings.Join(parts, "-")
}

// parts counts a vote under each value that it has.
func (c counter) parts(r *feedback.Response) {
	for _, k := range append(customerKeys(r.Customer, r.Tags), journeyKeys(r.Journey)...) {
		p := c.tally.Parts[k.by][k.name]
		p.Scores[r.Score]++
		c.part(k, p)
	}
	if j := r.Journey; j != nil {
		switch from, to := j.Before.Rung(), j.After.Rung(); {
		case to > from:
			c.tally.Climbs++
		case to < from:
			c.tally.Falls++
		}
	}
}

func (c counter) part(k partKey, p feedback.ChannelTally) {
	if c.tally.Parts == nil {
		c.tally.Parts = map[string]map[string]feedback.ChannelTally{}
	}
	c.tally.Parts[k.by] = put(c.tally.Parts[k.by], k.name, p)
}
