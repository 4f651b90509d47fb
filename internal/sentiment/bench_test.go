package sentiment

import "testing"

// sixty is a comment of sixty words, twenty its first twenty.
const (
	sixty = "I called on Monday because the router you sent me keeps losing its connection every evening. Sam was really friendly and explained everything twice, " +
		"but the replacement he promised never arrived, and now I have been waiting for two weeks. Nobody answers my emails. I like the product, I just want somebody to take care of this at last please."
	twenty = "I called on Monday because the router you sent me keeps losing its connection every evening. Sam was really friendly."
)

func BenchmarkAnalyse(b *testing.B) {
	for _, c := range []struct {
		name string
		e    *Engine
		text string
	}{
		{"lexicon/20words", lexiconEngine(b), twenty}, {"lexicon/60words", lexiconEngine(b), sixty},
		{"encoder/20words", encoderEngine(b), twenty}, {"encoder/60words", encoderEngine(b), sixty},
	} {
		b.Run(c.name, func(b *testing.B) {
			c.e.Analyse(c.text, "en") // models are loaded at the first text
			for b.Loop() {
				c.e.Analyse(c.text, "en")
			}
		})
	}
}
