package web

import (
	"earshot/internal/feedback"
	"earshot/internal/perception"

	"github.com/gofiber/fiber/v2"
)

// diagnosisPage is what pages/board_diagnosis.html shows: which operational figures go with the score.
type diagnosisPage struct {
	boardTop
	Factors []factorView
}

// factorView is one operational figure.
type factorView struct {
	Label, Split, Effect, Range, Tone, Share string
	Table                                    *unitTable
	Places                                   []placeRow
}

// placeRow is one team that stands apart in it.
type placeRow struct{ Team, Share, Gap, Tone string }

// factorWords are how a figure, its levels and much of it are called.
type factorWords struct{ label, column, split, much string }

func wordsOf(by string) factorWords {
	switch by {
	case feedback.ByWait:
		return factorWords{"Waiting", "Wait", "15 minutes or more against less", "waited 15 minutes or more"}
	case feedback.ByTransfers:
		return factorWords{"Being passed on", "Transfers", "passed on against never", "were passed on"}
	case feedback.ByReopens:
		return factorWords{"Coming back open", "Reopens", "reopened against never", "saw the matter come back"}
	}
	return factorWords{"Having to ask again", "Contacts in the week before", "contacted in the week before against first contact", "had contacted us in the week before"}
}

// GET /board/diagnosis: where perception is bad, and what goes with it.
func (a *app) showBoardDiagnosis(c *fiber.Ctx) error {
	v, notice := a.boardViewOf(c, "/board/diagnosis")
	o, top, err := a.readBoard(c, v, notice)
	if err != nil {
		return err
	}
	p := &diagnosisPage{boardTop: top}
	if o.Main.Survey == "" {
		return a.page(c, "board_diagnosis", p)
	}
	factors, err := a.Perception.Diagnosis(c.UserContext(), v.query(a.Now(), a.Zone), o.Main)
	if err != nil {
		return err
	}
	for _, f := range factors {
		p.Factors = append(p.Factors, factorOf(v, o, f))
	}
	return a.page(c, "board_diagnosis", p)
}

func factorOf(v boardView, o *perception.Overview, f perception.Factor) factorView {
	w := wordsOf(f.By)
	view := factorView{Label: w.label, Split: w.split, Effect: "too few answers", Share: percent(int64(10*f.Much.Value+0.5), 1000) + " of answering customers " + w.much}
	if f.Effect.Known {
		view.Effect = "no clear difference"
		view.Range = pointsText(f.Effect.Value) + " points, 95 % interval " + pointsText(f.Effect.Low) + " to " + pointsText(f.Effect.High)
	}
	switch {
	case f.Side < 0:
		view.Effect, view.Tone = "▼ "+magnitude(f.Effect.Value)+" lower", "bad"
	case f.Side > 0:
		view.Effect, view.Tone = "▲ "+magnitude(f.Effect.Value)+" higher", "good"
	}
	var units []perception.Unit
	for _, l := range f.Levels {
		units = append(units, perception.Unit{Name: l.Name, Label: l.Name, Score: l.Score})
	}
	if view.Table = unitsOf(w.label, w.column, o.Main.Metric, o.Main.Now, units, nil); view.Table != nil {
		view.Table.Ordered, view.Table.Plain = true, true
	}
	for _, place := range f.Places {
		if v.ask.agent != "" || v.ask.team != "" && place.Team != v.ask.team {
			continue
		}
		row := placeRow{Team: place.Team, Share: percent(int64(10*place.Share.Value+0.5), 1000), Tone: "good",
			Gap: pointsText(place.Gap.Value) + " points against the other teams (" + pointsText(place.Gap.Low) + " to " + pointsText(place.Gap.High) + ")"}
		if place.Gap.Value > 0 {
			row.Tone = "bad"
		}
		view.Places = append(view.Places, row)
	}
	return view
}
