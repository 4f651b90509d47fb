package perception

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/store"
)

// Assets are the customers whose recovery is still open, as what they are worth to the organisation, in
// its own currency. Each customer counts once, however many cases are open.
type Assets struct {
	Value     float64
	Customers int
	Cases     int
	// Partial is set when there were more open cases than were read: the figures are then at least so
	// much.
	Partial bool
	Top     []Asset // most valuable first
}

// Asset is one customer at risk, by the case that was opened first. It names nobody.
type Asset struct {
	Value   float64
	Segment string
	Cases   int
	Case    *feedback.Case
}

// Bounds of AtRisk.
const (
	assetsRead  = 5000 // cases
	assetsShown = 20
)

// AtRisk adds up the customers with an open case as of now, of one team's or agent's cases when given.
func (s *Service) AtRisk(ctx context.Context, team, agent string) (Assets, error) {
	f := store.CaseFilter{
		States:    []feedback.CaseState{feedback.CaseOpen, feedback.CaseAcknowledged, feedback.CaseContacted},
		OwnerTeam: team, Agent: agent,
	}
	var a Assets
	byPerson := map[string]*Asset{}
	page := store.Page{Limit: 1000}
	for a.Cases < assetsRead {
		list, err := s.store.Cases().List(ctx, f, page)
		if err != nil {
			return a, fmt.Errorf("list open cases: %w", err)
		}
		for _, c := range list.Items {
			a.Cases++
			atRisk(byPerson, c)
		}
		if page.After = list.Next; page.After == "" {
			break
		}
		a.Partial = a.Cases >= assetsRead
	}
	for _, one := range byPerson {
		a.Value += one.Value
		a.Top = append(a.Top, *one)
	}
	a.Customers = len(a.Top)
	slices.SortFunc(a.Top, func(x, y Asset) int {
		return cmp.Or(cmp.Compare(y.Value, x.Value), x.Case.OpenedAt.Compare(y.Case.OpenedAt), cmp.Compare(x.Case.ID, y.Case.ID))
	})
	a.Top = a.Top[:min(len(a.Top), assetsShown)]
	return a, nil
}

func atRisk(byPerson map[string]*Asset, c *feedback.Case) {
	who := cmp.Or(c.Person, c.ID)
	one := byPerson[who]
	if one == nil {
		one = &Asset{Case: c}
		byPerson[who] = one
	}
	one.Cases++
	one.Value = max(one.Value, c.Customer.Value)
	one.Segment = cmp.Or(one.Segment, c.Customer.Segment)
	if c.OpenedAt.Before(one.Case.OpenedAt) {
		one.Case = c
	}
}

// Age is how long ago the asset's first open case was opened.
func (a Asset) Age(now time.Time) time.Duration { return max(0, now.Sub(a.Case.OpenedAt)) }
