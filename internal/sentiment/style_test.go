package sentiment

import (
	"os"
	"slices"
	"strings"
	"testing"
)

// TestStyles reads written examples of all languages, each labelled by hand before the lists saw it, and
// holds precision and recall over all statements. The figures stand in the log.
func TestStyles(t *testing.T) {
	styles, err := NewStyles()
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile("testdata/styles.tsv")
	if err != nil {
		t.Fatal(err)
	}
	right, wrong, missed := 0, 0, 0
	for _, line := range strings.Split(strings.Trim(string(data), "\n"), "\n") {
		if strings.HasPrefix(line, "#") {
			continue
		}
		f := strings.Split(line, "\t")
		if len(f) != 3 {
			t.Fatalf("want three columns: %q", line)
		}
		var want, got []string
		if f[2] != "" {
			want = strings.Split(f[2], ",")
		}
		for _, m := range styles.Read(f[1], f[0]) {
			name := m.Kind
			if m.Against {
				name = "-" + name
			}
			got = append(got, name)
			for _, s := range m.Evidence {
				if s.Start < 0 || s.End > len(f[1]) || s.Start >= s.End {
					t.Errorf("%q: evidence %v", f[1], s)
				}
			}
		}
		for _, g := range got {
			if slices.Contains(want, g) {
				right++
			} else {
				wrong++
				t.Logf("%s: %q: found %s", f[0], f[1], g)
			}
		}
		for _, w := range want {
			if !slices.Contains(got, w) {
				missed++
				t.Logf("%s: %q: missed %s", f[0], f[1], w)
			}
		}
	}
	precision, recall := float64(right)/float64(right+wrong), float64(right)/float64(right+missed)
	t.Logf("%d statements found rightly, %d wrongly, %d missed: precision %.2f, recall %.2f", right, wrong, missed, precision, recall)
	if precision < 0.9 || recall < 0.75 {
		t.Errorf("precision %.2f, recall %.2f", precision, recall)
	}
	for _, odd := range []string{"", "\xff\xfe", strings.Repeat("!", 100_000), strings.Repeat("listened ", 50_000)} {
		styles.Read(odd, "en")
	}
	if styles.Read("listened", "xx") != nil {
		t.Error("an unknown language has mindsets")
	}
}
