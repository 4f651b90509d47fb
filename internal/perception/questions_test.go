package perception

import (
	"math"
	"math/rand/v2"
	"testing"

	"earshot/internal/feedback"
)

func TestBegs(t *testing.T) {
	for _, text := range []string{
		"If you get a survey, please give me five stars.", "I would appreciate a 10/10.", "Please leave a good rating, it is for my bonus.",
		"Über 5 Sterne würde ich mich freuen, bitte geben Sie 5 Sterne.", "Bitte geben Sie eine gute Bewertung.", "Merci de mettre 5 étoiles.",
		"Por favor, ponga 10 puntos en la encuesta.", "Por favor dê 5 estrelas.", "Le sarei grato di 5 stelle.", "Geef alstublieft een goede beoordeling.",
		"من فضلك أعطني خمس نجوم",
	} {
		if Begs(text) == "" {
			t.Errorf("not noticed: %s", text)
		}
	}
	for _, text := range []string{
		"I have refunded 5 items; they arrive in ten days.", "Thank you for your feedback.", "Ihre fünf Artikel sind unterwegs.",
		"We value your honest score, whatever it is.", "Bitte geben Sie mir Ihre Kundennummer.", "Merci pour votre patience.", "Le mando 5 punti di raccolta persi.",
		"Por favor, envíe 5 fotos.", "Bedankt, ik geef het door.", "شكرًا على صبرك",
	} {
		if words := Begs(text); words != "" {
			t.Errorf("%q is noticed in: %s", words, text)
		}
	}
}

// TestQuestionsAreSeldomWithoutReason draws teams of forty who all behave alike: a question must be rare,
// and somebody who skips half of the surveys must be asked about nearly always.
func TestQuestionsAreSeldomWithoutReason(t *testing.T) {
	dice := rand.New(rand.NewPCG(1, 2))
	var people []feedback.Agent
	for i := range 40 {
		people = append(people, feedback.Agent{Email: string(rune('a' + i))})
	}
	draw := func(p float64, of int) portion {
		s := portion{of: of}
		for range of {
			if dice.Float64() < p {
				s.n++
			}
		}
		return s
	}
	alike, noticed := 0, 0
	const rounds = 300
	for range rounds {
		shares := map[string]portion{}
		for _, p := range people {
			shares[p.Email] = draw(0.6, 100)
		}
		alike += len(differing(AskedLess, people, shares, false))
		shares[people[7].Email] = draw(0.3, 100)
		for _, q := range differing(AskedLess, people, shares, false) {
			if q.Agent == people[7] {
				noticed++
			}
		}
	}
	if rate := float64(alike) / (rounds * 40); rate > 0.01 {
		t.Errorf("%.4f of the people who are like the others are asked about", rate)
	}
	if float64(noticed)/rounds < 0.97 {
		t.Errorf("who skips half is noticed in %d of %d rounds", noticed, rounds)
	}
	if gap, z := contrast(portion{0, 0}, portion{1, 2}); gap != 0 || z != 0 || math.IsNaN(z) {
		t.Error("nothing is compared with something")
	}
}
