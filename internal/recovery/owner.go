package recovery

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/store"
)

// CalendarRow is a calendar as it is kept and typed in. Team and Agent are both empty for the organisation's.
type CalendarRow struct {
	Hours   string // such as mon-fri 09:00-18:00; empty: the wider calendar's
	Zone    string // IANA; likewise
	Days    []feedback.DayOff
	Away    []feedback.Absence
	Deputy  string
	MaxOpen int
}

// Calendars of whom.
const (
	OfOrganisation = "org"
	OfTeam         = "team"
	OfPerson       = "person"
)

func calendarID(of, name string) string { return "calendar/" + of + "/" + strings.ToLower(name) }

// Calendar reads the calendar of the organisation, a team or a person; an empty one when none was written.
func (s *Service) Calendar(ctx context.Context, of, name string) (CalendarRow, error) {
	var c CalendarRow
	row, err := s.Store.Settings().Get(ctx, calendarID(of, name))
	if errors.Is(err, store.ErrNotFound) {
		return c, nil
	}
	if err == nil {
		err = json.Unmarshal(row.Value, &c)
	}
	return c, err
}

// ChangeCalendar changes a calendar. *feedback.Invalid for what cannot be.
func (s *Service) ChangeCalendar(ctx context.Context, of, name string, change func(*CalendarRow)) error {
	return changeSetting(ctx, s.Store, calendarID(of, name), func(c *CalendarRow) error {
		change(c)
		if _, err := c.parse(); err != nil {
			return err
		}
		if c.Deputy = strings.ToLower(c.Deputy); c.Deputy != "" {
			if u, err := s.Store.Users().Get(ctx, c.Deputy); err != nil || !u.Active() {
				return feedback.Refuse("deputy", "is not somebody who can sign in")
			}
		}
		if of == OfPerson && strings.EqualFold(c.Deputy, name) {
			return feedback.Refuse("deputy", "cannot be the same person")
		}
		return nil
	})
}

// parse turns what was typed into a calendar.
func (c CalendarRow) parse() (feedback.Calendar, error) {
	out := feedback.Calendar{Days: c.Days, Away: c.Away, Deputy: c.Deputy, MaxOpen: c.MaxOpen}
	if c.Hours != "" {
		h, err := feedback.ParseHours(c.Hours)
		if err != nil {
			return out, feedback.Refuse("hours", err.Error())
		}
		out.Hours, out.HasHours = h, true
	}
	if c.Zone != "" {
		z, err := time.LoadLocation(c.Zone)
		if err != nil {
			return out, feedback.Refuse("zone", "is not a time zone of the IANA database, such as Europe/Berlin")
		}
		out.Zone = z
	}
	for _, a := range c.Away {
		if _, err := time.Parse(time.DateOnly, a.From); err != nil || a.To < a.From {
			return out, feedback.Refuse("absence", "must be from a date to the same or a later one")
		}
	}
	if c.MaxOpen < 0 || c.MaxOpen > 10_000 {
		return out, feedback.Refuse("open cases", "must be a number from 0 on")
	}
	return out, nil
}

// workOf is the calendar by which a person's clock runs: their own, over the team's, over the
// organisation's, over the working hours of the survey.
func (s *Service) workOf(ctx context.Context, a feedback.Agent, rules feedback.Recover) (feedback.Calendar, error) {
	whole := feedback.Calendar{}
	for _, who := range []struct{ of, name string }{{OfPerson, a.Email}, {OfTeam, a.Team}, {OfOrganisation, ""}} {
		if who.name == "" && who.of != OfOrganisation {
			continue
		}
		row, err := s.Calendar(ctx, who.of, who.name)
		if err != nil {
			return whole, err
		}
		c, err := row.parse()
		if err != nil {
			return whole, fmt.Errorf("calendar of %s %s: %w", who.of, who.name, err)
		}
		whole = whole.Over(c)
	}
	return whole.Over(feedback.Calendar{Hours: rules.Hours, HasHours: true, Zone: s.Zone}), nil
}

// route finds who gets a case: the frozen owner of the interaction; when they are gone, away or have too
// much open, their deputy; when that one cannot either, the lead of the team, or an administrator. Nobody
// at all leaves it with the frozen owner. why says for people why it is not the owner.
func (s *Service) route(ctx context.Context, a feedback.Agent, rules feedback.Recover, now time.Time) (owner feedback.Agent, why string, err error) {
	if a.Email != "" {
		work, err := s.workOf(ctx, a, rules)
		if err != nil {
			return a, "", err
		}
		if why, err = s.prevented(ctx, a, work, rules, now); err != nil || why == "" {
			return a, "", err
		}
		if deputy, ok, err := s.deputy(ctx, work.Deputy, rules, now); err != nil || ok {
			return deputy, why, err
		}
	} else {
		why = "nobody is known to have served the customer"
	}
	above, err := s.above(ctx, a.Team, "lead")
	if err != nil || len(above) == 0 {
		return a, "", err
	}
	return above[0].Agent(), why, nil
}

// deputy returns who stands in, if they can.
func (s *Service) deputy(ctx context.Context, email string, rules feedback.Recover, now time.Time) (feedback.Agent, bool, error) {
	if email == "" {
		return feedback.Agent{}, false, nil
	}
	u, err := s.Store.Users().Get(ctx, email)
	if errors.Is(err, store.ErrNotFound) {
		return feedback.Agent{}, false, nil
	}
	if err != nil {
		return feedback.Agent{}, false, err
	}
	work, err := s.workOf(ctx, u.Agent(), rules)
	if err != nil {
		return feedback.Agent{}, false, err
	}
	why, err := s.prevented(ctx, u.Agent(), work, rules, now)
	return u.Agent(), why == "", err
}

// prevented says why a person cannot take a case now; empty when they can. Somebody whose day begins only
// after the case has to be acknowledged cannot.
func (s *Service) prevented(ctx context.Context, a feedback.Agent, work feedback.Calendar, rules feedback.Recover, now time.Time) (string, error) {
	u, err := s.Store.Users().Get(ctx, a.Email)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return "", err
	}
	if err == nil && !u.Active() {
		return a.DisplayName() + " is no longer here", nil
	}
	if away, ok := work.AwayOn(now); ok {
		return fmt.Sprintf("%s is away until %s", a.DisplayName(), away.To), nil
	}
	team, err := s.workOf(ctx, feedback.Agent{Team: a.Team}, rules)
	if err != nil {
		return "", err
	}
	if by := team.Add(now, rules.Acknowledge); rules.Acknowledge > 0 && !work.CanSee(now, by) {
		return a.DisplayName() + " does not work until it has to be taken", nil
	}
	if work.MaxOpen == 0 {
		return "", nil
	}
	open, err := s.Store.Cases().List(ctx, store.CaseFilter{Owner: a.Email, States: workingStates()}, store.Page{Limit: min(work.MaxOpen, 1000)})
	if err == nil && len(open.Items) >= work.MaxOpen {
		return fmt.Sprintf("%s has %d cases open already", a.DisplayName(), len(open.Items)), nil
	}
	return "", err
}

func workingStates() []feedback.CaseState {
	return []feedback.CaseState{feedback.CaseOpen, feedback.CaseAcknowledged, feedback.CaseContacted}
}

// start sets the clock of a new case by the calendar of whoever owns it.
func (s *Service) start(ctx context.Context, c *feedback.Case, rules feedback.Recover, now time.Time) error {
	work, err := s.workOf(ctx, c.Owner, rules)
	if err != nil {
		return err
	}
	c.AcknowledgeBy, c.ContactBy, c.ResolveBy = work.Add(now, rules.Acknowledge), work.Add(now, rules.Contact), work.Add(now, rules.Resolve)
	for i := range c.Watches {
		c.Watches[i].At = endOf(c, c.Watches[i].After)
	}
	c.Plan()
	return nil
}

// again is the clock of a case that goes back to work, in its owner's calendar.
func (s *Service) again(ctx context.Context, c *feedback.Case, rules feedback.Recover, now time.Time) (contactBy, resolveBy time.Time, err error) {
	work, err := s.workOf(ctx, c.Owner, rules)
	return work.Add(now, rules.Contact), work.Add(now, rules.Resolve), err
}
