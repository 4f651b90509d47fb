package evaluate

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// Write prints the reports as tables in plain text: one of sets, the mean of
// every engine, one of a suite's tests where there is one.
func Write(w io.Writer, reports []Report) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "set\tengine\tn\ttwo-class\t95 %\tsurest 80 %\tsurest 50 %\tECE\tthree-class\tF1\trecall\t")
	for _, r := range reports {
		fmt.Fprintf(t, "%s\t%s\t%d\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t\n", r.Set, r.Engine, r.N, percent(r.Two), interval(r.Two),
			percent(r.Keep[2]), percent(r.Keep[5]), number(r.Error, r.Two.Of), percent(r.Three), number(r.F1, r.Three.Of), number(r.Recall, r.Three.Of))
	}
	for _, m := range means(reports) {
		fmt.Fprintf(t, "mean of sets\t%s\t\t%.1f\t\t%.1f\t%.1f\t%.3f\t\t\t\t\n", m.engine, m.two, m.surest, m.half, m.ece)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	return writeGroups(w, reports)
}

// mean is an engine's average over the sets with two classes, suites and aspects left out.
type mean struct {
	engine                 string
	two, surest, half, ece float64
	n                      float64
}

func means(reports []Report) []mean {
	var out []mean
	place := map[string]int{}
	for _, r := range reports {
		if r.Two.Of == 0 || len(r.Groups) > 0 || r.Aspects {
			continue
		}
		i, ok := place[r.Engine]
		if !ok {
			i = len(out)
			place[r.Engine] = i
			out = append(out, mean{engine: r.Engine})
		}
		m := &out[i]
		m.two += 100 * r.Two.Value()
		m.surest += 100 * r.Keep[2].Value()
		m.half += 100 * r.Keep[5].Value()
		m.ece += r.Error
		m.n++
	}
	for i := range out {
		m := &out[i]
		m.two, m.surest, m.half, m.ece = m.two/m.n, m.surest/m.n, m.half/m.n, m.ece/m.n
	}
	return out
}

// writeGroups prints failing rates, engines side by side.
func writeGroups(w io.Writer, reports []Report) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for i, r := range reports {
		if len(r.Groups) == 0 || i > 0 && reports[i-1].Set == r.Set {
			continue
		}
		var same []Report
		names := []string{}
		for _, o := range reports {
			if o.Set == r.Set {
				same = append(same, o)
				names = append(names, o.Engine)
			}
		}
		fmt.Fprintf(t, "\n%s: failures\tn\t%s\n", r.Set, strings.Join(names, "\t"))
		for g := range r.Groups {
			fmt.Fprintf(t, "%s\t%d", r.Groups[g].Name, r.Groups[g].Failed.Of)
			for _, o := range same {
				fmt.Fprintf(t, "\t%s", percent(o.Groups[g].Failed))
			}
			fmt.Fprintln(t)
		}
	}
	return t.Flush()
}

func percent(s Share) string {
	if s.Of == 0 {
		return "–"
	}
	return fmt.Sprintf("%.1f", 100*s.Value())
}

func interval(s Share) string {
	if s.Of == 0 {
		return "–"
	}
	return fmt.Sprintf("%.1f–%.1f", 100*s.Low, 100*s.High)
}

func number(v float64, of int) string {
	if of == 0 {
		return "–"
	}
	return fmt.Sprintf("%.3f", v)
}
