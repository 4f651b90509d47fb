package main

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"earshot/internal/config"

	"github.com/spf13/cobra"
)

var update = flag.Bool("update", false, "write the README's tables anew from the code")

const readme = "../../README.md"

// TestREADMETablesEqualTheCode holds the README's tables of commands and settings to the code.
func TestREADMETablesEqualTheCode(t *testing.T) {
	b, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	text := string(b)
	for name, want := range map[string]string{"commands": commandTable(), "configuration": configTable()} {
		open, end := "<!-- "+name+" -->\n", "<!-- /"+name+" -->"
		before, rest, ok1 := strings.Cut(text, open)
		got, after, ok2 := strings.Cut(rest, end)
		if !ok1 || !ok2 {
			t.Fatalf("the README has no table between %q and %q", open, end)
		}
		if got != want && !*update {
			t.Errorf("the README's table of %s differs from the code; run 'go test ./cmd/earshot -run README -update'. Want:\n%s", name, want)
		}
		text = before + open + want + end + after
	}
	if *update {
		if err := os.WriteFile(readme, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func configTable() string {
	var b strings.Builder
	b.WriteString("| variable | default | meaning |\n|---|---|---|\n")
	for _, v := range config.Variables() {
		def := "–"
		if v.Default != "" {
			def = "`" + v.Default + "`"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", v.Name, def, v.Meaning)
	}
	return b.String()
}

func commandTable() string {
	var b strings.Builder
	b.WriteString("| command | does |\n|---|---|\n")
	var walk func(c *cobra.Command)
	walk = func(c *cobra.Command) {
		if c.Hidden || c.Name() == "help" || c.Name() == "completion" {
			return
		}
		if !c.HasAvailableSubCommands() {
			fmt.Fprintf(&b, "| `%s` | %s |\n", strings.TrimPrefix(c.UseLine(), "earshot "), c.Short)
			return
		}
		for _, sub := range c.Commands() {
			walk(sub)
		}
	}
	walk(rootCommand())
	return b.String()
}

// TestEveryCommandHasAnExample keeps --help useful.
func TestEveryCommandHasAnExample(t *testing.T) {
	var walk func(c *cobra.Command)
	walk = func(c *cobra.Command) {
		if c.Example == "" || c.Short == "" {
			t.Errorf("%s has no example or no description", c.CommandPath())
		}
		for _, sub := range c.Commands() {
			walk(sub)
		}
	}
	walk(rootCommand())
}
