package feedback

import (
	"maps"
	"strings"
	"time"
)

// Scopes of a rollup.
const (
	ScopeAll     = "all"
	ScopeTeam    = "team"
	ScopeAgent   = "agent"
	ScopeChannel = "channel"
	ScopeTopic   = "topic"
)

// Dimensions by which votes are told apart beside the scopes above. A dimension is a scope of its own:
// its one sum for each survey and day holds all of its values in Tally.Parts.
const (
	BySegment   = "segment"   // the organisation's word for the customer
	ByLocale    = "locale"    // of the customer
	ByTag       = "tag"       // of the interaction; one vote counts under each of its tags
	ByStage     = "stage"     // of the customer on the ladder, before the answer
	ByWait      = "wait"      // how long the customer waited
	ByTransfers = "transfers" // how often the customer was passed on
	ByReopens   = "reopens"   // how often the matter came back
	ByRepeats   = "repeats"   // contacts in the week before
)

// Dimensions lists them.
func Dimensions() []string {
	return []string{BySegment, ByLocale, ByTag, ByStage, ByWait, ByTransfers, ByReopens, ByRepeats}
}

// Rollup holds the figures of one scope, survey and day. The leaf is the agent (within a team);
// the other scopes are sums of leaves. Its ID is RollupID. A rollup is dirty while Due is set.
type Rollup struct {
	Record
	Scope  string // one of the scopes
	Name   string // agent's address, team, channel or topic; empty for all
	Team   string // the agent's team, in leaves
	Survey string
	Metric Metric
	Day    string // 2006-01-02 in the organisation's zone
	Tally  Tally
}

// RollupID is the key of the figures of one scope, survey and day.
func RollupID(scope, name, team, survey, day string) string {
	return strings.Join([]string{day, survey, scope, key(name, team)}, "/")
}

// Tally are figures that add up. Votes, comments and topics count on the day of the first vote;
// Asked and Answered on the day the invitation was sent, so that a rate never passes 100 %; cases
// on the day they were opened.
type Tally struct {
	Asked, Answered int64
	Scores          Votes            // votes by score
	Versions        map[string]int64 // votes by version of the wording
	Comments        int64
	Labels          map[string]int64 // comments by sentiment
	Topics          map[string]TopicTally
	Channels        map[string]ChannelTally
	Cases           CaseTally
	// Spoken are the votes beside comments that were understood: those that a topic is compared with.
	Spoken Votes
	// Climbs and Falls count answers that moved their customer up or down the ladder.
	Climbs, Falls int64
	// Parts are the figures by dimension and value, in leaves and in the sums of dimensions only.
	Parts map[string]map[string]ChannelTally
}

// Votes counts votes by score, 0..MaxScore.
type Votes [MaxScore + 1]int64

// N is the number of votes.
func (v Votes) N() int64 {
	var n int64
	for _, c := range v {
		n += c
	}
	return n
}

// Add adds the votes of other.
func (v *Votes) Add(other Votes) {
	for i, c := range other {
		v[i] += c
	}
}

// TopicTally counts what comments said about a topic, and the scores that stood beside it: all of them,
// and those beside praise and beside complaints.
type TopicTally struct {
	Positive, Negative, Other int64
	Scores, Praised, Blamed   Votes
}

// ChannelTally are the figures of one channel, or of one value of a dimension.
type ChannelTally struct {
	Asked, Answered int64
	Scores          Votes
}

// CaseTally are the figures of recovery, by the day a case was opened. The sums of seconds are over
// the cases that reached the step.
type CaseTally struct {
	Opened, Acknowledged, Contacted, Resolved, Confirmed, NotConfirmed int64
	ContactedInTime, ResolvedInTime                                    int64
	AcknowledgeSeconds, ContactSeconds, ResolveSeconds                 int64
	// What the customers of the cases are worth, in hundredths of the organisation's currency: of all,
	// of those confirmed, and of those still worked on.
	Value, KeptValue, OpenValue int64
	// Causes and Actions are the resolved cases by what was found and by what was done.
	Causes, Actions map[string]MendTally
}

// MendTally counts resolved cases, and what their customers said afterwards.
type MendTally struct {
	Resolved, Confirmed, NotConfirmed int64
}

// Add adds the figures of other.
func (t *Tally) Add(other Tally) {
	t.Asked += other.Asked
	t.Answered += other.Answered
	t.Comments += other.Comments
	t.Scores.Add(other.Scores)
	t.Versions = addCounts(t.Versions, other.Versions)
	t.Labels = addCounts(t.Labels, other.Labels)
	t.addTopics(other.Topics)
	t.Channels = addParts(t.Channels, other.Channels)
	t.Spoken.Add(other.Spoken)
	t.Climbs += other.Climbs
	t.Falls += other.Falls
	for by, parts := range other.Parts {
		if t.Parts == nil {
			t.Parts = map[string]map[string]ChannelTally{}
		}
		t.Parts[by] = addParts(t.Parts[by], parts)
	}
	t.Cases.Add(other.Cases)
}

func addCounts(to, from map[string]int64) map[string]int64 {
	if len(from) == 0 {
		return to
	}
	if to == nil {
		return maps.Clone(from)
	}
	for k, n := range from {
		to[k] += n
	}
	return to
}

func (t *Tally) addTopics(from map[string]TopicTally) {
	if t.Topics == nil && len(from) > 0 {
		t.Topics = map[string]TopicTally{}
	}
	for name, o := range from {
		mine := t.Topics[name]
		mine.Positive += o.Positive
		mine.Negative += o.Negative
		mine.Other += o.Other
		mine.Scores.Add(o.Scores)
		mine.Praised.Add(o.Praised)
		mine.Blamed.Add(o.Blamed)
		t.Topics[name] = mine
	}
}

func addParts(to, from map[string]ChannelTally) map[string]ChannelTally {
	if to == nil && len(from) > 0 {
		to = make(map[string]ChannelTally, len(from))
	}
	for name, o := range from {
		mine := to[name]
		mine.Asked += o.Asked
		mine.Answered += o.Answered
		mine.Scores.Add(o.Scores)
		to[name] = mine
	}
	return to
}

// Add adds the figures of other.
func (c *CaseTally) Add(o CaseTally) {
	c.Opened += o.Opened
	c.Acknowledged += o.Acknowledged
	c.Contacted += o.Contacted
	c.Resolved += o.Resolved
	c.Confirmed += o.Confirmed
	c.NotConfirmed += o.NotConfirmed
	c.ContactedInTime += o.ContactedInTime
	c.ResolvedInTime += o.ResolvedInTime
	c.AcknowledgeSeconds += o.AcknowledgeSeconds
	c.ContactSeconds += o.ContactSeconds
	c.ResolveSeconds += o.ResolveSeconds
	c.Value += o.Value
	c.KeptValue += o.KeptValue
	c.OpenValue += o.OpenValue
	c.Causes = addMends(c.Causes, o.Causes)
	c.Actions = addMends(c.Actions, o.Actions)
}

func addMends(to, from map[string]MendTally) map[string]MendTally {
	if to == nil && len(from) > 0 {
		to = make(map[string]MendTally, len(from))
	}
	for name, o := range from {
		mine := to[name]
		mine.Resolved += o.Resolved
		mine.Confirmed += o.Confirmed
		mine.NotConfirmed += o.NotConfirmed
		to[name] = mine
	}
	return to
}

// Day names the day of t on the clock of loc.
func Day(t time.Time, loc *time.Location) string { return t.In(loc).Format(time.DateOnly) }

// DayBounds returns the first instant of a day on the clock of loc, and of the next day.
func DayBounds(day string, loc *time.Location) (from, to time.Time, err error) {
	t, err := time.ParseInLocation(time.DateOnly+" 15", day+" 12", loc) // midnight may not exist
	if err != nil {
		return time.Time{}, time.Time{}, err
	}
	return UTC(clockTime(t, 0)), UTC(clockTime(noon(t, 1), 0)), nil
}

// LeafOf returns the empty leaf in which the votes, invitations and cases of an agent for a survey
// on a day are counted.
func LeafOf(agent Agent, survey string, metric Metric, day string) Rollup {
	return Rollup{
		Record: Record{ID: RollupID(ScopeAgent, agent.Email, agent.Team, survey, day)},
		Scope:  ScopeAgent, Name: agent.Email, Team: agent.Team, Survey: survey, Metric: metric, Day: day,
	}
}

// Leaves returns the leaf that counts the response, on the day of its first vote. Its invitation
// counts separately, on the day it was sent.
func (r *Response) Leaves(zone *time.Location) []Rollup {
	return []Rollup{LeafOf(r.Agent, r.Survey, r.Metric, Day(r.AnsweredAt, zone))}
}

// Leaves returns the leaf that counts the invitation; none before it was sent.
func (v *Invitation) Leaves(zone *time.Location) []Rollup {
	if v.SentAt.IsZero() {
		return nil
	}
	return []Rollup{LeafOf(v.Agent, v.Survey, v.Metric, Day(v.SentAt, zone))}
}

// Leaves returns the leaf that counts the case, on the day it was opened.
func (c *Case) Leaves(zone *time.Location) []Rollup {
	return []Rollup{LeafOf(c.Agent, c.Survey, c.Metric, Day(c.OpenedAt, zone))}
}
