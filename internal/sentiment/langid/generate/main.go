// Command generate writes letters.bin, the table the language detector reads,
// from the models that come with the module github.com/pemistahl/lingua-go
// (Apache-2.0). Run it from the module's root:
//
//	go run ./internal/sentiment/langid/generate
package main

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"log"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pemistahl/lingua-go/serialization"
	"google.golang.org/protobuf/proto"

	"earshot/internal/sentiment/langid/ngram"
)

const (
	source = "github.com/pemistahl/lingua-go"
	target = "internal/sentiment/langid/letters.bin"
)

// rarest is the smallest probability of a letter that counts as one of a
// language's own: below it are names and quotations.
const rarest = 2e-6

func main() {
	if err := run(); err != nil {
		log.Fatal(err)
	}
}

func run() error {
	// Ours first, then those that are only told apart from ours.
	languages := []string{"en", "de", "fr", "es", "pt", "it", "nl", "ar",
		"pl", "tr", "sv", "da", "nb", "fi", "cs", "hu", "ro", "id", "vi", "fa"}
	folder, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", source).Output()
	if err != nil {
		return fmt.Errorf("find %s: %w", source, err)
	}
	models, err := readAll(filepath.Join(strings.TrimSpace(string(folder)), "language-models"), languages)
	if err != nil {
		return err
	}
	content, err := pack(languages, models)
	if err != nil {
		return err
	}
	var file bytes.Buffer
	if err := ngram.Encode(&file, content); err != nil {
		return err
	}
	fmt.Printf("%d letters, %d runs, %d bytes\n", len(content.Letters), len(content.Rows), file.Len())
	return os.WriteFile(target, file.Bytes(), 0o644)
}

// model is one language: the probability of a run's last letter after the others.
type model map[string]float64

func readAll(folder string, languages []string) ([]model, error) {
	models := make([]model, len(languages))
	for i, code := range languages {
		models[i] = model{}
		for _, name := range []string{"unigrams", "bigrams", "trigrams"} {
			path := filepath.Join(folder, code, name+".pb.bin.zip")
			if err := models[i].read(path); err != nil {
				return nil, fmt.Errorf("read %s: %w", path, err)
			}
		}
		models[i].dropStrangers()
	}
	return models, nil
}

func (m model) read(path string) error {
	archive, err := zip.OpenReader(path)
	if err != nil {
		return err
	}
	defer archive.Close()
	file, err := archive.File[0].Open()
	if err != nil {
		return err
	}
	defer file.Close()
	data, err := io.ReadAll(file)
	if err != nil {
		return err
	}
	var stored serialization.SerializableLanguageModel
	if err := proto.Unmarshal(data, &stored); err != nil {
		return err
	}
	for _, set := range stored.NgramSets {
		for _, run := range set.Ngrams {
			m[run] = set.Probability
		}
	}
	return nil
}

// dropStrangers forgets the runs with letters the language hardly ever writes.
func (m model) dropStrangers() {
	for run := range m {
		for _, r := range run {
			if m[string(r)] < rarest {
				delete(m, run)
			}
		}
	}
}

func pack(languages []string, models []model) (ngram.Content, error) {
	content := ngram.Content{Languages: languages, Letters: letters(models)}
	if len(content.Letters) > ngram.MaxLetters {
		return content, fmt.Errorf("%d letters are too many", len(content.Letters))
	}
	rows := map[ngram.Key]*ngram.Row{}
	for l, m := range models {
		for run, probability := range m {
			var numbers [3]uint16 // of the last three letters
			for _, r := range run {
				at, _ := slices.BinarySearch(content.Letters, r)
				numbers = [3]uint16{numbers[1], numbers[2], uint16(at + 1)}
			}
			key := ngram.MakeKey(numbers[0], numbers[1], numbers[2])
			if rows[key] == nil {
				rows[key] = &ngram.Row{Key: key}
			}
			rows[key].Languages |= 1 << l // languages come in order, so costs do
			rows[key].Costs = append(rows[key].Costs, ngram.CostOf(probability))
		}
	}
	for _, key := range slices.Sorted(maps.Keys(rows)) {
		content.Rows = append(content.Rows, *rows[key])
	}
	return content, nil
}

// letters lists every letter of every language, ascending.
func letters(models []model) []rune {
	seen := map[rune]bool{}
	for _, m := range models {
		for run := range m {
			for _, r := range run {
				seen[r] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(seen))
}
