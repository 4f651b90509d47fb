package invite

import (
	"time"

	"earshot/internal/feedback"
	"earshot/internal/holiday"
)

// clock knows when a customer may be written to: the rules of asking that look at the time of day.
type clock struct {
	zone     *time.Location // the organisation's
	holidays *holiday.Calendar
}

// of is the zone of the recipient's clock: their own, else the organisation's.
func (k clock) of(c feedback.Customer) *time.Location {
	if c.Timezone != "" {
		if zone, err := time.LoadLocation(c.Timezone); err == nil {
			return zone
		}
	}
	return k.zone
}

// allowed returns the first moment from t on at which the definition lets a mail go to the customer,
// and the rule that moved it; nil when none did.
func (k clock) allowed(ask feedback.Ask, c feedback.Customer, t time.Time) (time.Time, *refusal) {
	local := t.In(k.of(c))
	var moved *refusal
	for range 60 { // holidays and nights in a row: more than any country has
		if day := k.holiday(ask, local); day != "" {
			moved = &refusal{"ask.holidays", "It is a holiday where the customer is (" + day + "); the mail waits until it is over."}
			local = feedback.NextDay(local)
			continue
		}
		if !ask.Quiet.Contains(local) {
			break
		}
		if moved == nil {
			moved = &refusal{"ask.quiet", "It is night for the customer; the mail waits until the morning."}
		}
		local = ask.Quiet.Next(local)
	}
	if moved == nil {
		return t, nil
	}
	return feedback.UTC(local), moved
}

func (k clock) holiday(ask feedback.Ask, local time.Time) string {
	if !ask.Holidays {
		return ""
	}
	return k.holidays.On(local)
}

// free finds the first moment from wish on that neither the rest period nor the recipient's clock
// forbids, and takes it in the person's row.
func (k clock) free(p *feedback.Person, c feedback.Customer, ask feedback.Ask, invitation string, wish time.Time) time.Time {
	at, _ := k.allowed(ask, c, wish)
	for range 60 {
		taken := p.Reserve(invitation, at, ask.Rest)
		var moved *refusal
		if at, moved = k.allowed(ask, c, taken); moved == nil {
			return taken
		}
	}
	return feedback.UTC(at)
}
