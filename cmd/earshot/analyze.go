package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"

	"earshot/internal/sentiment"

	"github.com/spf13/cobra"
)

func analyzeCommand() *cobra.Command {
	return &cobra.Command{
		Use: "analyze", Short: "Understand comments: one a line in, one JSON object a line out, in order",
		Example: `  echo "Sam was lovely, but the refund took three weeks." | earshot analyze`,
		Args:    exactly(0, "no arguments: comments come on standard input, one a line"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			engine, err := sentiment.New(sentiment.Options{})
			if err != nil {
				return fmt.Errorf("load the sentiment engine: %w", err)
			}
			return analyze(cmd.Context(), engine, cmd.InOrStdin(), cmd.OutOrStdout())
		},
	}
}

// The JSON of one comment.
type (
	analysis struct {
		Text       string          `json:"text"`
		Language   string          `json:"language"`
		Label      string          `json:"label"`
		Polarity   float64         `json:"polarity"`
		Confidence float64         `json:"confidence"`
		Topics     []analysisTopic `json:"topics"`
		Evidence   []analysisSpan  `json:"evidence"`
	}
	analysisTopic struct {
		Topic    string   `json:"topic"`
		Label    string   `json:"label"`
		Polarity float64  `json:"polarity"`
		Evidence []string `json:"evidence"`
	}
	analysisSpan struct {
		Start  int     `json:"start"`
		End    int     `json:"end"`
		Weight float64 `json:"weight"`
	}
)

// maxLine is the longest comment that is read, in bytes.
const maxLine = 16 << 20

// analyze reads comments and writes their sentiment in the same order, on every core. A line is kept
// as it came, but for bytes that are not UTF-8.
func analyze(ctx context.Context, engine *sentiment.Engine, in io.Reader, out io.Writer) error {
	type job struct {
		text   string
		result chan []byte
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	work, order := make(chan job), make(chan job, 256)
	for range runtime.GOMAXPROCS(0) {
		go func() {
			for j := range work {
				j.result <- analyseLine(engine, j.text)
			}
		}()
	}
	lines := bufio.NewScanner(in)
	lines.Buffer(make([]byte, 64<<10), maxLine)
	go func() {
		defer close(order)
		defer close(work)
		for lines.Scan() {
			j := job{strings.ToValidUTF8(lines.Text(), "\uFFFD"), make(chan []byte, 1)}
			select {
			case order <- j:
			case <-ctx.Done():
				return
			}
			select {
			case work <- j:
			case <-ctx.Done():
				return
			}
		}
	}()
	w := bufio.NewWriterSize(out, 64<<10)
	for j := range order {
		select {
		case b := <-j.result:
			if _, err := w.Write(b); err != nil {
				return fmt.Errorf("write result: %w", err)
			}
		case <-ctx.Done():
			return ctx.Err()
		}
		if len(order) == 0 { // whoever reads along sees a result when nothing else waits
			if err := w.Flush(); err != nil {
				return fmt.Errorf("write result: %w", err)
			}
		}
	}
	if err := lines.Err(); err != nil {
		if errors.Is(err, bufio.ErrTooLong) {
			return fmt.Errorf("a line is longer than %d MiB; split it", maxLine>>20)
		}
		return fmt.Errorf("read comments: %w", err)
	}
	return w.Flush()
}

func analyseLine(engine *sentiment.Engine, text string) []byte {
	v := engine.Analyse(text, "")
	a := analysis{Text: text, Language: v.Language, Label: string(v.Label), Polarity: v.Polarity, Confidence: v.Confidence,
		Topics: []analysisTopic{}, Evidence: []analysisSpan{}}
	for _, t := range v.Topics {
		topic := analysisTopic{t.Topic, string(t.Label), t.Polarity, []string{}}
		for _, s := range t.Evidence {
			topic.Evidence = append(topic.Evidence, text[s.Start:s.End])
		}
		a.Topics = append(a.Topics, topic)
	}
	for _, s := range v.Evidence {
		a.Evidence = append(a.Evidence, analysisSpan(s))
	}
	b, err := json.Marshal(a)
	if err != nil { // only a number that is none could do this
		b, _ = json.Marshal(analysis{Text: text, Label: string(sentiment.Unsure), Topics: []analysisTopic{}, Evidence: []analysisSpan{}})
	}
	return append(b, '\n')
}
