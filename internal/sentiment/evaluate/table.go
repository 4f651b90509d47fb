package evaluate

import (
	"fmt"
	"io"
	"math"
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
	if err := writeAbstention(w, reports); err != nil {
		return err
	}
	if err := writeCalibration(w, reports); err != nil {
		return err
	}
	return writeGroups(w, reports)
}

// comments tells whether a report is about whole comments with two classes: no suite, no aspects.
func (r Report) comments() bool { return r.Two.Of > 0 && len(r.Groups) == 0 && !r.Aspects }

// pooled gathers the reports of each engine that are about comments, engines in order of appearance.
func pooled(reports []Report) (engines []string, of map[string][]Report) {
	of = map[string][]Report{}
	for _, r := range reports {
		if !r.comments() {
			continue
		}
		if of[r.Engine] == nil {
			engines = append(engines, r.Engine)
		}
		of[r.Engine] = append(of[r.Engine], r)
	}
	return engines, of
}

// writeAbstention prints what is right of the answers given when the least sure ones are left out, as the
// mean over sets.
func writeAbstention(w io.Writer, reports []Report) error {
	engines, of := pooled(reports)
	if len(engines) == 0 {
		return nil
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(t, "\nanswers given\t%s\t\n", strings.Join(engines, "\t"))
	for k := range (Report{}).Keep {
		fmt.Fprintf(t, "%d %%", 100-10*k)
		for _, e := range engines {
			sum := 0.0
			for _, r := range of[e] {
				sum += 100 * r.Keep[k].Value()
			}
			fmt.Fprintf(t, "\t%.1f", sum/float64(len(of[e])))
		}
		fmt.Fprintln(t, "\t")
	}
	return t.Flush()
}

// writeCalibration prints how many answers of each confidence are right, over all sets together.
func writeCalibration(w io.Writer, reports []Report) error {
	engines, of := pooled(reports)
	for _, e := range engines {
		t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
		fmt.Fprintf(t, "\n%s says\tis right\tanswers\t95 %%\t\n", e)
		distance, all := 0.0, 0
		for i, b := range sumOfBins(of[e]) {
			if b.N == 0 {
				continue
			}
			right := wilson(int(math.Round(b.Right)), b.N)
			distance, all = distance+math.Abs(b.Right-b.Confidence), all+b.N
			fmt.Fprintf(t, "%d–%d %%: %.1f\t%.1f\t%d\t%s\t\n", 50+5*i, 55+5*i, 100*b.Confidence/float64(b.N), 100*right.Value(), b.N, interval(right))
		}
		if err := t.Flush(); err != nil {
			return err
		}
		if _, err := fmt.Fprintf(w, "  calibration error over all answers: %.3f\n", distance/float64(max(all, 1))); err != nil {
			return err
		}
	}
	return nil
}

// sumOfBins adds up calibration curves; Confidence and Right of the result are sums.
func sumOfBins(reports []Report) []Bin {
	out := make([]Bin, 10)
	for _, r := range reports {
		for i, b := range r.Bins {
			out[i].N += b.N
			out[i].Confidence += b.Confidence * float64(b.N)
			out[i].Right += b.Right * float64(b.N)
		}
	}
	return out
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
		if !r.comments() {
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
