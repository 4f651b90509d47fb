package feedback

import (
	"slices"
	"time"
)

// Person is what is known about a customer over all interactions: whether they want surveys, and
// when they were asked. Its ID is PersonID.
//
// One human being may have several rows: addresses that a source calls the same customer, or that
// somebody merged. Then all but one are names only, with MergedInto set, and what holds for the human
// being stands in the one row that is left. What holds for an address, Blocked, stays with the address.
type Person struct {
	Record
	Email    string
	Name     string
	OptedOut time.Time // zero: surveys are welcome
	// Blocked says why no mail may be sent to the address (hard bounce, complaint); empty: deliverable.
	Blocked   string
	BlockedAt time.Time
	Asked     []Slot
	// MergedInto is the ID of the row that this one is another name of; empty for a row of its own.
	MergedInto string
	// Names are the IDs of the rows that were merged into this one.
	Names []string
}

// Slot is a moment at which a person is asked, reserved by an invitation.
type Slot struct {
	Invitation string
	At         time.Time
	Matter     string    // MatterOf the interaction's subject
	Ended      time.Time // when the interaction ended
}

// IDs lists the person's own ID and those of all rows merged into it.
func (p *Person) IDs() []string { return append([]string{p.ID}, p.Names...) }

// Reserve takes the slot of an invitation at a moment no nearer than rest to any other slot,
// starting from at. It returns the moment it took. Reserving again for the same invitation moves
// its slot. Slots that lie more than two rests and 400 days before at are forgotten.
func (p *Person) Reserve(invitation string, at time.Time, rest time.Duration) time.Time {
	at = UTC(at)
	own := Slot{Invitation: invitation}
	kept := p.Asked[:0:0]
	for _, s := range p.Asked {
		switch {
		case s.Invitation == invitation:
			own = s
		case at.Sub(s.At) < 2*rest+400*24*time.Hour:
			kept = append(kept, s)
		}
	}
	for moved := true; moved; {
		moved = false
		for _, s := range kept {
			if gap := at.Sub(s.At); gap.Abs() < rest {
				at, moved = s.At.Add(rest), true
			}
		}
	}
	own.At = at
	p.Asked = append(kept, own)
	return at
}

// About writes down what the invitation's slot is about.
func (p *Person) About(invitation, matter string, ended time.Time) {
	for i, s := range p.Asked {
		if s.Invitation == invitation {
			p.Asked[i].Matter, p.Asked[i].Ended = matter, UTC(ended)
		}
	}
}

// AskedAbout returns the slot of another invitation about the same matter, whose interaction ended
// within the given time of ended. Nothing is the same matter as an interaction without a subject.
func (p *Person) AskedAbout(invitation, matter string, ended time.Time, within time.Duration) (Slot, bool) {
	for _, s := range p.Asked {
		if matter != "" && s.Matter == matter && s.Invitation != invitation && ended.Sub(s.Ended).Abs() <= within {
			return s, true
		}
	}
	return Slot{}, false
}

// Release gives the slot of an invitation back.
func (p *Person) Release(invitation string) {
	kept := p.Asked[:0:0]
	for _, s := range p.Asked {
		if s.Invitation != invitation {
			kept = append(kept, s)
		}
	}
	p.Asked = kept
}

// Absorb takes over what is known of another row of the same human being: its slots, its other names,
// and an opt-out. Doing it again changes nothing.
func (p *Person) Absorb(other *Person) {
	for _, s := range other.Asked {
		if !slices.ContainsFunc(p.Asked, func(mine Slot) bool { return mine.Invitation == s.Invitation }) {
			p.Asked = append(p.Asked, s)
		}
	}
	for _, id := range other.IDs() {
		if id != p.ID && !slices.Contains(p.Names, id) {
			p.Names = append(p.Names, id)
		}
	}
	p.OptedOut = Earliest(p.OptedOut, other.OptedOut)
	if p.Name == "" {
		p.Name = other.Name
	}
}
