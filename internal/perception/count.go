package perception

import (
	"math"

	"earshot/internal/feedback"
)

// counter adds rows to a tally. Votes on another scale than the tally's are left out: they can only
// come from a definition whose metric was changed in the course of the day, and two scales are never
// counted together.
type counter struct {
	metric feedback.Metric
	tally  *feedback.Tally
}

// response counts the vote, the comment and its topics.
func (c counter) response(r *feedback.Response) {
	t := c.tally
	vote := r.Scored && r.Metric == c.metric && r.Metric.CheckScore(r.Score) == ""
	if vote {
		t.Scores[r.Score]++
		t.Versions = bump(t.Versions, r.Version)
		if r.Channel != "" {
			ch := t.Channels[r.Channel]
			ch.Scores[r.Score]++
			t.Channels = put(t.Channels, r.Channel, ch)
		}
		c.parts(r)
	}
	if !r.Commented() {
		return
	}
	t.Comments++
	if !r.Analysed || r.Sentiment == nil {
		return
	}
	t.Labels = bump(t.Labels, r.Sentiment.Label)
	if vote {
		t.Spoken[r.Score]++
	}
	c.topics(r, vote)
}

// topics counts each topic of a comment once, by the first verdict on it.
func (c counter) topics(r *feedback.Response, vote bool) {
	seen := map[string]bool{}
	for _, topic := range r.Sentiment.Topics {
		if topic.Topic == "" || seen[topic.Topic] {
			continue
		}
		seen[topic.Topic] = true
		tt := c.tally.Topics[topic.Topic]
		switch topic.Label {
		case feedback.Positive:
			tt.Positive++
		case feedback.Negative:
			tt.Negative++
		default:
			tt.Other++
		}
		if vote {
			tt.Scores[r.Score]++
			switch topic.Label {
			case feedback.Positive:
				tt.Praised[r.Score]++
			case feedback.Negative:
				tt.Blamed[r.Score]++
			}
		}
		c.tally.Topics = put(c.tally.Topics, topic.Topic, tt)
	}
}

// invitation counts a survey that was sent, and whether it was answered.
func (c counter) invitation(v *feedback.Invitation) {
	if v.SentAt.IsZero() {
		return
	}
	answered := int64(0)
	if !v.AnsweredAt.IsZero() {
		answered = 1
	}
	c.tally.Asked++
	c.tally.Answered += answered
	if v.Channel != "" {
		ch := c.tally.Channels[v.Channel]
		ch.Asked++
		ch.Answered += answered
		c.tally.Channels = put(c.tally.Channels, v.Channel, ch)
	}
	for _, k := range customerKeys(v.Customer, v.Tags) {
		p := c.tally.Parts[k.by][k.name]
		p.Asked++
		p.Answered += answered
		c.part(k, p)
	}
}

// kase counts how far a recovery got and how long each step took since the case was opened.
func (c counter) kase(k *feedback.Case) {
	t := &c.tally.Cases
	t.Opened++
	if !k.AcknowledgedAt.IsZero() {
		t.Acknowledged++
		t.AcknowledgeSeconds += seconds(k, k.AcknowledgedAt)
	}
	if !k.ContactedAt.IsZero() {
		t.Contacted++
		t.ContactSeconds += seconds(k, k.ContactedAt)
		t.ContactedInTime += inTime(k.ContactedAt, k.ContactBy)
	}
	if !k.ResolvedAt.IsZero() {
		t.Resolved++
		t.ResolveSeconds += seconds(k, k.ResolvedAt)
		t.ResolvedInTime += inTime(k.ResolvedAt, k.ResolveBy)
	}
	switch {
	case k.State == feedback.CaseConfirmed:
		t.Confirmed++
	case !k.Resurvey.AnsweredAt.IsZero():
		t.NotConfirmed++
	}
	if !k.ResolvedAt.IsZero() {
		t.Causes, t.Actions = mend(t.Causes, k.Cause, k), mend(t.Actions, k.Action, k)
	}
	worth := int64(math.Round(max(0, k.Customer.Value) * 100))
	t.Value += worth
	switch {
	case k.State == feedback.CaseConfirmed:
		t.KeptValue += worth
	case k.State.Working():
		t.OpenValue += worth
	}
}

// mend counts a resolved case under its cause or action.
func mend(to map[string]feedback.MendTally, name string, k *feedback.Case) map[string]feedback.MendTally {
	if name == "" {
		return to
	}
	m := to[name]
	m.Resolved++
	switch {
	case k.State == feedback.CaseConfirmed:
		m.Confirmed++
	case !k.Resurvey.AnsweredAt.IsZero():
		m.NotConfirmed++
	}
	return put(to, name, m)
}

// addParents collects the sums above a leaf, for what it counted before and what it counts now: a
// topic that is gone from the leaf has to leave the topic's sum too.
func addParents(to map[string]feedback.Rollup, leaf *feedback.Rollup, tallies ...feedback.Tally) {
	add := func(scope, name string) {
		r := sumOf(leaf, scope, name)
		to[r.ID] = r
	}
	add(feedback.ScopeAll, "")
	if leaf.Team != "" {
		add(feedback.ScopeTeam, leaf.Team)
	}
	for _, t := range tallies {
		for name := range t.Channels {
			add(feedback.ScopeChannel, name)
		}
		for name := range t.Topics {
			add(feedback.ScopeTopic, name)
		}
		for by := range t.Parts {
			add(by, "")
		}
	}
}

// sumOf is the empty sum of a scope for the survey and day of a leaf.
func sumOf(leaf *feedback.Rollup, scope, name string) feedback.Rollup {
	return feedback.Rollup{
		Record: feedback.Record{ID: feedback.RollupID(scope, name, "", leaf.Survey, leaf.Day)},
		Scope:  scope, Name: name, Survey: leaf.Survey, Metric: leaf.Metric, Day: leaf.Day,
	}
}

// addLeaf adds the part of a leaf that belongs to a scope.
func addLeaf(t *feedback.Tally, scope, name string, leaf *feedback.Rollup) {
	switch scope {
	case feedback.ScopeAll:
		t.Add(withoutParts(leaf.Tally))
	case feedback.ScopeTeam:
		if leaf.Team == name {
			t.Add(withoutParts(leaf.Tally))
		}
	case feedback.ScopeChannel:
		if ch, ok := leaf.Tally.Channels[name]; ok {
			t.Add(channelTally(ch))
		}
	case feedback.ScopeTopic:
		if topic, ok := leaf.Tally.Topics[name]; ok {
			t.Add(topicTally(topic))
		}
	default:
		if parts, ok := leaf.Tally.Parts[scope]; ok {
			t.Add(feedback.Tally{Parts: map[string]map[string]feedback.ChannelTally{scope: parts}})
		}
	}
}

// withoutParts leaves the dimensions out: they have sums of their own, so that a reader of a score does
// not pay for them.
func withoutParts(t feedback.Tally) feedback.Tally {
	t.Parts = nil
	return t
}

// channelTally is a channel's part of a leaf as figures of its own.
func channelTally(c feedback.ChannelTally) feedback.Tally {
	return feedback.Tally{Asked: c.Asked, Answered: c.Answered, Scores: c.Scores}
}

// topicTally is a topic's part of a leaf as figures of its own: comments that named it, by what they
// said about it, and the votes beside them.
func topicTally(c feedback.TopicTally) feedback.Tally {
	t := feedback.Tally{Comments: c.Positive + c.Negative + c.Other, Scores: c.Scores, Labels: map[string]int64{}}
	for label, n := range map[string]int64{feedback.Positive: c.Positive, feedback.Negative: c.Negative, feedback.Neutral: c.Other} {
		if n > 0 {
			t.Labels[label] = n
		}
	}
	return t
}
