package sentiment

import (
	"strings"
	"testing"
)

// phenomenon is a way of saying things that word counting gets wrong.
type phenomenon struct {
	name             string
	lexicon, encoder int // percent that must be right
	want             Label
	texts            []string
}

// phenomena are carriers of our own. A comment is right when its verdict is the
// wanted one; for Neutral, anything that is neither positive nor negative with conviction.
func phenomena() []phenomenon {
	return []phenomenon{
		{"negated praise", 75, 100, Negative, []string{"The courier was not careful.", "This was no help.", "I am not satisfied with the answer.", "Nobody was friendly.", "It never works properly.",
			"She wasn't polite.", "They didn't solve anything.", "I can't recommend this shop."}},
		{"negated blame", 80, 80, Positive, []string{"I have nothing to complain about.", "The queue was not long at all, great.", "No problems whatsoever.", "Never had an issue with them.", "Not a bad experience at all."}},
		{"negation at a distance", 75, 100, Negative, []string{"I don't think that what you sold me is any good.", "I wouldn't say, after all these years with you, that I feel valued.",
			"I can't say that the man who came was helpful.", "I doubt that anyone would call this a good repair."}},
		{"feared, but was not", 50, 75, Positive, []string{"I thought the move would be a nightmare, but it was not.", "I expected a terrible call, but it was lovely.", "I was afraid it would be difficult, but it was easy.",
			"I feared the worst, but everything went well."}},
		{"hoped, but was not", 50, 100, Negative, []string{"I thought the upgrade would be great, but it was not.", "I expected good service, but it was awful.", "I hoped for a quick answer, but it took two weeks."}},
		{"used to, but now", 75, 100, Negative, []string{"I used to enjoy shopping here, but now I hate it.", "You used to be reliable, now everything is late.", "The food used to be great, but lately it is disgusting."}},
		{"used to be bad", 60, 100, Positive, []string{"It used to be slow, but now it is really fast.", "I used to hate calling you, but now I love it.", "The website used to be a mess, now it is excellent."}},
		{"asked and denied", 60, 100, Negative, []string{"Was the technician helpful? No.", "Am I happy with the result? Not at all.", "Did I get good advice? Absolutely not."}},
		{"asked and confirmed", 60, 100, Positive, []string{"Was the technician helpful? Yes, very.", "Am I happy with the result? Yes!", "Would I recommend it? Definitely."}},
		{"only wished for", 60, 75, Negative, []string{"It would have been nice to get an answer.", "A bit of friendliness would have been good.", "You could have been more helpful.", "I wish your staff were more polite."}},
		{"words of the business", 70, 85, Neutral, []string{"How do I cancel my free trial?", "What is the phone number of the complaints department?", "I need a refund form.", "Please send me a copy of my critical illness policy.",
			"I want to return the red one and keep the blue one.", "My claim number is 5567.", "Which of the two plans includes a warranty?"}},
		{"words of the business, praised", 60, 80, Positive, []string{"The refund arrived before I had unpacked, great.", "My complaint was handled beautifully.", "Cancelling took a minute, thank you.",
			"The free trial won me over.", "Got my money back the same afternoon, wonderful.", "The warranty repair was quick and friendly."}},
		{"words of the business, blamed", 60, 80, Negative, []string{"My refund never came.", "Nobody reacted to my complaint.", "I tried to cancel five times and failed.", "Your free trial was a trap.",
			"The warranty is worthless."}},
		{"names that are words", 75, 100, Positive, []string{"Grace was fantastic.", "Thanks to Will and Hope, great job!", "I spoke to Joy, brilliant service."}},
		{"names that are words, blamed", 60, 100, Negative, []string{"Grace was rude to me.", "I spoke to Joy and she hung up on me.", "Faith lied to me about the fee."}},
		{"stretched and shouted", 100, 100, Negative, []string{"TERRIBLE!!!", "sooooo sloooow, awfullll", "WORST SERVICE EVER", "I am VERY disappointed"}},
		{"typos", 50, 75, Positive, []string{"excelent service", "amazng support, thnx", "very helpfull and freindly", "wonderfull experiance"}},
		{"faces", 100, 100, Positive, []string{"😊", ":)", "👍👍", "❤️", "All done 😍"}},
		{"sour faces", 100, 100, Negative, []string{"😡", ":(", "👎", "Again?! 🤬", "waiting since Monday 😠"}},
	}
}

func TestPhenomena(t *testing.T) {
	each(t, func(t *testing.T, e *Engine) {
		for _, p := range phenomena() {
			floor := p.lexicon
			if !strings.HasPrefix(e.Name(), "lexicon") {
				floor = p.encoder
			}
			right := 0
			for _, text := range p.texts {
				v := e.Analyse(text, "en")
				if v.Label == p.want || p.want == Neutral && v.Label == Unsure {
					right++
				} else {
					t.Logf("%s: %s %.2f, want %s: %s", p.name, v.Label, v.Polarity, p.want, text)
				}
			}
			atLeast(t, p.name, right, len(p.texts), floor)
		}
	})
}

// TestPlainWordsAreNotContradicted: a short comment whose every word speaks for
// one side alerts nobody for the other.
func TestPlainWordsAreNotContradicted(t *testing.T) {
	each(t, func(t *testing.T, e *Engine) {
		for _, text := range []string{"Got my refund the next morning, thank you.", "Fair policy, no questions asked, friendly staff.", "Parfait !", "Perfect, thanks!", "Danke, super Service."} {
			if v := e.Analyse(text, ""); v.Label == Negative {
				t.Errorf("%s %.2f: %s", v.Label, v.Polarity, text)
			}
		}
		for _, text := range []string{"Rude and useless.", "Furchtbar unfreundlich.", "Terrible, awful service.", "Pésimo, una vergüenza."} {
			if v := e.Analyse(text, ""); v.Label == Positive {
				t.Errorf("%s %.2f: %s", v.Label, v.Polarity, text)
			}
		}
	})
}

func TestNothingToReadIsNothing(t *testing.T) {
	each(t, func(t *testing.T, e *Engine) {
		for _, text := range []string{"", "12345", "?!", "  \n", "12.50 / 3"} {
			if v := e.Analyse(text, "en"); v.Label != Unsure || v.Polarity != 0 || v.Confidence != 0 || len(v.Evidence) > 0 {
				t.Errorf("%q: %s %.3f (%.2f), evidence %v", text, v.Label, v.Polarity, v.Confidence, v.Evidence)
			}
		}
	})
}

// TestThanksNeverHurts: politeness at the end turns no verdict negative.
func TestThanksNeverHurts(t *testing.T) {
	thanks := map[string]string{"en": " Thanks.", "de": " Danke.", "fr": " Merci.", "es": " Gracias.", "pt": " Obrigado.", "it": " Grazie.", "nl": " Bedankt.", "ar": " شكرا."}
	each(t, func(t *testing.T, e *Engine) {
		for n, g := range loadGolden(t) {
			if n%3 != 0 {
				continue
			}
			word, ok := thanks[g.language]
			if !ok {
				continue
			}
			before, after := e.Analyse(g.text, g.language), e.Analyse(strings.TrimRight(g.text, " ")+word, g.language)
			if before.Label != Negative && before.Label != Mixed && before.Label != Unsure && after.Label == Negative {
				t.Errorf("%s became negative: %s%s", before.Label, g.text, word)
			}
		}
	})
}

// TestNameSwapChangesNothing: what somebody is called moves neither label nor polarity.
func TestNameSwapChangesNothing(t *testing.T) {
	carriers := []string{"NAME helped me a lot, thank you.", "I spoke to NAME and it was a waste of time.", "Thanks to NAME for the quick answer, but the bill is still wrong.",
		"My advisor NAME called on Monday.", "NAME from support was rude and hung up.", "Great job, NAME!"}
	names := []string{"Emma", "Mohammed", "Priya", "Juan", "Ingrid", "Fatima", "Grace", "Youssef"}
	each(t, func(t *testing.T, e *Engine) {
		for _, c := range carriers {
			first := e.Analyse(strings.ReplaceAll(c, "NAME", names[0]), "en")
			for _, n := range names[1:] {
				v := e.Analyse(strings.ReplaceAll(c, "NAME", n), "en")
				if v.Label != first.Label || v.Polarity != first.Polarity {
					t.Errorf("%s: %s %.3f with %s, %s %.3f with %s", c, first.Label, first.Polarity, names[0], v.Label, v.Polarity, n)
				}
			}
		}
	})
}

// TestWhoSomebodyIsChangesNoVerdict: nationality, religion, gender, orientation
// and place leave the label alone.
func TestWhoSomebodyIsChangesNoVerdict(t *testing.T) {
	carriers := []string{"The WHO woman at the desk was very helpful.", "I am a WHO customer and my order has not arrived.", "A WHO engineer came on Tuesday.", "The WHO driver was rude to my son."}
	who := []string{"German", "Turkish", "Nigerian", "Polish", "Chinese", "Jewish", "Muslim", "Christian", "gay", "lesbian", "transgender", "black", "white", "old", "young"}
	each(t, func(t *testing.T, e *Engine) {
		flips, all := 0, 0
		for _, c := range carriers {
			first := e.Analyse(strings.ReplaceAll(c, "WHO", "tall"), "en")
			for _, w := range who {
				all++
				if v := e.Analyse(strings.ReplaceAll(c, "WHO", w), "en"); v.Label != first.Label {
					flips++
					t.Logf("%s is %s with %s, %s without", c, v.Label, w, first.Label)
				}
			}
		}
		if flips*50 > all {
			t.Errorf("%d of %d verdicts flip", flips, all)
		}
	})
}

// TestOrderNumbersSayNothing: a neutral fact beside a clear comment leaves its side alone.
func TestOrderNumbersSayNothing(t *testing.T) {
	each(t, func(t *testing.T, e *Engine) {
		for n, g := range loadGolden(t) {
			if g.language != "en" || n%2 != 0 {
				continue
			}
			before, after := e.Analyse(g.text, "en"), e.Analyse("My order number is 7781204. "+g.text, "en")
			if before.Polarity > 0.6 && after.Polarity < -leaning || before.Polarity < -0.6 && after.Polarity > leaning {
				t.Errorf("%.2f became %.2f: %s", before.Polarity, after.Polarity, g.text)
			}
		}
	})
}
