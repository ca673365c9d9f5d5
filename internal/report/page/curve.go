package page

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/tunegate/tunegate/internal/report"
)

// The bounds of the loss curve, and its size in the units of its lines.
const (
	curvePoints = 400
	curveDots   = 50
	curveWidth  = 1000.0
	curveHeight = 200.0
	curveMost   = 1000 // nats; more is not a loss
)

// curve is the plot of the losses over the steps. Its lines are points of SVG
// polylines in curveWidth by curveHeight units.
type curve struct {
	Raw, Smooth, Validation string
	Dots                    []dot
	Ticks                   []tick // of the losses, from the top
	Steps                   []tick
	Words                   string // alternative text
}

// dot is a validation loss.
type dot struct {
	X, Y percent
	Said string
}

// measure is a loss at a step.
type measure struct{ step, loss float64 }

// lossCurve plots the losses; nil if fewer than two steps are known.
func lossCurve(steps []report.Loss) *curve {
	trained := thinned(measured(steps, func(l report.Loss) *float64 { return l.Loss }), curvePoints)
	validated := thinned(measured(steps, func(l report.Loss) *float64 { return l.EvalLoss }), curveDots)
	if len(trained) < 2 {
		return nil
	}
	all := slices.Concat(trained, validated)
	byStep := func(a, b measure) int { return cmp.Compare(a.step, b.step) }
	first, last := slices.MinFunc(all, byStep).step, slices.MaxFunc(all, byStep).step
	highest := slices.MaxFunc(all, func(a, b measure) int { return cmp.Compare(a.loss, b.loss) }).loss
	step := roundStep(highest / 4)
	top := step * max(1, math.Ceil(highest/step))

	x := func(m measure) float64 { return (m.step - first) / (last - first) }
	y := func(loss float64) float64 { return 1 - loss/top }
	points := func(line []measure) string {
		var out strings.Builder
		for _, m := range line {
			fmt.Fprintf(&out, "%.1f,%.1f ", curveWidth*x(m), curveHeight*y(m.loss))
		}
		return strings.TrimSpace(out.String())
	}
	c := &curve{
		Raw: points(trained), Smooth: points(smoothed(trained)), Validation: points(validated),
		Steps: []tick{
			{At: 0, Label: fmt.Sprintf("step %.0f", first), Anchor: "start"}, {At: 100, Label: fmt.Sprintf("%.0f", last), Anchor: "end"},
		},
		Words: fmt.Sprintf("training loss from %.3g at step %.0f to %.3g at step %.0f",
			trained[0].loss, trained[0].step, trained[len(trained)-1].loss, trained[len(trained)-1].step),
	}
	for loss := 0.0; loss < top+step/2; loss += step {
		c.Ticks = append(c.Ticks, tick{At: percent(100 * y(loss)), Label: fmt.Sprintf("%.3g", loss)})
	}
	for _, m := range validated {
		c.Dots = append(c.Dots, dot{percent(100 * x(m)), percent(100 * y(m.loss)), fmt.Sprintf("validation loss %.4f at step %.0f", m.loss, m.step)})
	}
	return c
}

// measured lists the losses of one kind by step; of two at a step, the later.
func measured(losses []report.Loss, of func(report.Loss) *float64) (line []measure) {
	byStep := make(map[int]float64)
	for _, l := range losses {
		if loss := of(l); loss != nil && *loss >= 0 && *loss <= curveMost {
			byStep[l.Step] = *loss
		}
	}
	for _, step := range slices.Sorted(maps.Keys(byStep)) {
		line = append(line, measure{float64(step), byStep[step]})
	}
	return line
}

// thinned reduces a line to at most the given number of points, each the mean of as many
// neighbours.
func thinned(line []measure, most int) (thin []measure) {
	size := max(1, (len(line)+most-1)/most)
	for part := range slices.Chunk(line, size) {
		var mean measure
		for _, m := range part {
			mean.step += m.step / float64(len(part))
			mean.loss += m.loss / float64(len(part))
		}
		thin = append(thin, mean)
	}
	return thin
}

// smoothed gives each step the mean of its neighbours, as many before as after
// it, a twentieth of the line in all.
func smoothed(line []measure) []measure {
	smooth := make([]measure, len(line))
	for i, m := range line {
		reach := min(len(line)/40, i, len(line)-1-i)
		var sum float64
		for _, near := range line[i-reach : i+reach+1] {
			sum += near.loss
		}
		smooth[i] = measure{m.step, sum / float64(2*reach+1)}
	}
	return smooth
}

// roundStep is the smallest of 1, 2 and 5 times a power of ten that reaches the
// least.
func roundStep(least float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(max(least, 1e-6))))
	for _, factor := range []float64{1, 2, 5} {
		if factor*power >= least {
			return factor * power
		}
	}
	return 10 * power
}
