package langid_test

import (
	"bufio"
	"compress/gzip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pemistahl/lingua-go"

	"earshot/internal/sentiment/langid"
)

// dataFolder names the variable with the folder of public review texts that the
// large comparison reads.
const dataFolder = "EARSHOT_DATA"

// reference is the detector our table was cut from, in its fast mode.
func reference() lingua.LanguageDetector {
	return lingua.NewLanguageDetectorBuilder().FromLanguages(
		lingua.English, lingua.German, lingua.French, lingua.Spanish, lingua.Portuguese,
		lingua.Italian, lingua.Dutch, lingua.Arabic, lingua.Polish, lingua.Turkish,
		lingua.Swedish, lingua.Danish, lingua.Bokmal, lingua.Finnish, lingua.Czech,
		lingua.Hungarian, lingua.Romanian, lingua.Indonesian, lingua.Vietnamese, lingua.Persian,
	).WithLowAccuracyMode().Build()
}

func referenceGuess(d lingua.LanguageDetector, text string) langid.Guess {
	best := d.ComputeLanguageConfidenceValues(text)[0]
	return langid.Guess{Language: strings.ToLower(best.Language().IsoCode639_1().String()), Confidence: best.Value()}
}

// score counts what a detector gets right, and how sure it is of that.
type score struct {
	right, sure, sureRight, likely, likelyRight int
}

func (s *score) add(g langid.Guess, want string) {
	ok := 0
	if g.Language == want {
		ok = 1
	}
	s.right += ok
	if g.Confidence > 0.9 {
		s.sure++
		s.sureRight += ok
	}
	if g.Confidence > 0.6 {
		s.likely++
		s.likelyRight += ok
	}
}

// compare runs both detectors over texts of one language.
func compare(texts []string, want string, d lingua.LanguageDetector) (ours, theirs score) {
	for _, text := range texts {
		if guesses := langid.Detect(text); guesses != nil {
			ours.add(guesses[0], want)
		}
		theirs.add(referenceGuess(d, text), want)
	}
	return ours, theirs
}

func TestReviewsAsWellAsTheReference(t *testing.T) {
	folder := os.Getenv(dataFolder)
	if folder == "" {
		t.Skip(dataFolder + " is not set")
	}
	d := reference()
	for name, language := range map[string]string{
		"train/umsab_fr_train": "fr", "train/umsab_ge_train": "de", "train/umsab_sp_train": "es",
		"train/umsab_pt_train": "pt", "train/umsab_it_train": "it", "train/umsab_en_train": "en",
		"train/hotel_de_train": "de", "train/opener_es_sent_train": "es",
	} {
		for _, words := range []int{5, 40} {
			texts := reviews(t, filepath.Join(folder, name+".tsv.gz"), words)
			ours, theirs := compare(texts, language, d)
			t.Logf("%-28s %2d words, %d texts: ours %+v, reference %+v", name, words, len(texts), ours, theirs)
			if ours.right*100 < (theirs.right*100 - len(texts)) {
				t.Errorf("%s at %d words: %d of %d right, the reference has %d", name, words, ours.right, len(texts), theirs.right)
			}
		}
	}
}

// reviews reads up to 400 texts, cut to a number of words.
func reviews(t *testing.T, path string, words int) []string {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	unpacked, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	for lines := bufio.NewScanner(unpacked); lines.Scan() && len(texts) < 400; {
		line := lines.Text()
		all := strings.Fields(line[strings.LastIndexByte(line, '\t')+1:])
		kept := all[:0]
		for _, w := range all { // what is in no language helps neither
			if !strings.HasPrefix(w, "@") && !strings.HasPrefix(w, "http") && !strings.HasPrefix(w, "#") {
				kept = append(kept, w)
			}
		}
		if len(kept) >= 3 {
			texts = append(texts, strings.Join(kept[:min(words, len(kept))], " "))
		}
	}
	return texts
}
