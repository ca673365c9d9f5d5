package page

import (
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/tunegate/tunegate/internal/report"
)

func TestLossCurve(t *testing.T) {
	t.Parallel()
	losses := []report.Loss{
		{Step: 3, Loss: new(0.5)}, {Step: 1, Loss: new(2.0)}, {Step: 2, Loss: new(9.0)},
		{Step: 2, Loss: new(1.0)}, // done again after a kill
		{Step: 3, EvalLoss: new(1.0)}, {Step: 2, EvalLoss: new(math.Inf(1))}, {Step: 1, EvalLoss: new(-1.0)},
	}
	want := &curve{
		Raw: "0.0,0.0 500.0,100.0 1000.0,150.0", Smooth: "0.0,0.0 500.0,100.0 1000.0,150.0", Validation: "1000.0,100.0",
		Dots:  []dot{{100, 50, "validation loss 1.0000 at step 3"}},
		Ticks: []tick{{At: 100, Label: "0"}, {At: 75, Label: "0.5"}, {At: 50, Label: "1"}, {At: 25, Label: "1.5"}, {At: 0, Label: "2"}},
		Steps: []tick{{0, "step 1", "start"}, {100, "3", "end"}},
		Words: "training loss from 2 at step 1 to 0.5 at step 3",
	}
	if diff := cmp.Diff(want, lossCurve(losses)); diff != "" {
		t.Error(diff)
	}
}

// Losses that are all 0 lie on the lower edge.
func TestCurveOfNoLoss(t *testing.T) {
	t.Parallel()
	c := lossCurve([]report.Loss{{Step: 1, Loss: new(0.0)}, {Step: 2, Loss: new(0.0)}})
	if c == nil || c.Raw != "0.0,200.0 1000.0,200.0" || len(c.Ticks) != 2 || c.Ticks[0].At != 100 {
		t.Errorf("%+v", c)
	}
}

func TestNoCurveOfOnePoint(t *testing.T) {
	t.Parallel()
	for _, losses := range [][]report.Loss{nil, {{Step: 1, Loss: new(1.0)}}, {{Step: 1, EvalLoss: new(1.0)}, {Step: 2, EvalLoss: new(1.0)}}} {
		if c := lossCurve(losses); c != nil {
			t.Errorf("%+v", c)
		}
	}
}

// Whatever the trainer reported, a curve is finite, inside its box and bounded.
func TestCurvesAreBounded(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var losses []report.Loss
		for range rapid.IntRange(0, 3000).Draw(t, "n") {
			l := report.Loss{Step: rapid.Int().Draw(t, "step"), Loss: new(rapid.Float64().Draw(t, "loss"))}
			if rapid.Bool().Draw(t, "validated") {
				l.EvalLoss = l.Loss
			}
			losses = append(losses, l)
		}
		c := lossCurve(losses)
		if c == nil {
			return
		}
		lines := c.Raw + c.Smooth + c.Validation
		if strings.Contains(lines, "NaN") || strings.Contains(lines, "Inf") || strings.Contains(lines, "-") {
			t.Fatal(lines)
		}
		if strings.Count(c.Raw, ",") > curvePoints || len(c.Dots) > curveDots || len(c.Ticks) > 12 {
			t.Fatalf("%d points, %d dots, %d ticks", strings.Count(c.Raw, ","), len(c.Dots), len(c.Ticks))
		}
	})
}
