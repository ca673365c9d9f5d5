package export

import (
	"math"
	"slices"

	"github.com/tunegate/tunegate/internal/gguf"
)

// delta is the change s*B*A of a module; its factors are read when needed.
type delta struct {
	change  Change // as the trainer measured it
	a, b    gguf.Array
	in, out int
	rank    int
	scale   float64
	norm    float64  // Frobenius norm of s*B*A, set by check
	entries []sample // the trainer's samples, set by check
}

// sample is an entry of a change and how far float32 may deviate from it.
type sample struct {
	Sample
	slack float64
}

// newDelta returns the change of a module whose matrix has in columns and out rows.
func newDelta(p pair, config adapterConfig, change Change, in, out int) (*delta, error) {
	d := &delta{change: change, a: p.a, b: p.b, in: in, out: out, rank: config.Rank, scale: config.scale()}
	if !slices.Equal(p.a.Shape, []int{d.rank, in}) || !slices.Equal(p.b.Shape, []int{out, d.rank}) || change.Shape != [2]int{out, in} {
		return nil, fail(RankMismatch, "the adapter's files come from different runs: train again",
			"%s: rank %d and the base's %dx%d require lora_A %dx%d and lora_B %dx%d; they are %v and %v, the measured change %v", change.Module,
			d.rank, out, in, d.rank, in, out, d.rank, p.a.Shape, p.b.Shape, change.Shape)
	}
	return d, nil
}

func (d *delta) load() (factors, error) {
	f := factors{
		a: make([]float32, d.a.Len()), b: make([]float32, d.b.Len()),
		rank: d.rank, in: d.in, scale: float32(d.scale),
	}
	if err := d.a.Float32s(f.a, 0); err != nil {
		return f, err
	}
	return f, d.b.Float32s(f.b, 0)
}

// check proves the delta against the trainer's measurement, in float64.
func (d *delta) check() error {
	f, err := d.load()
	if err != nil {
		return err
	}
	for _, factor := range []struct {
		name   string
		values []float32
	}{{d.b.Name, f.b}, {d.a.Name, f.a}} {
		if !finite(factor.values) {
			return fail(NotFinite, "lower the learning rate and train again", "%s holds a NaN or an infinity", factor.name)
		}
		if !slices.ContainsFunc(factor.values, func(v float32) bool { return v != 0 }) {
			return fail(DeadAdapter, "training changed nothing in this module: check the trainer's log, then train again", "%s is all zeros", factor.name)
		}
	}
	const hint = "alpha, rank or the file does not match the training: train again"
	d.norm = d.scale * f.norm()
	if !near(d.norm, d.change.Norm, tolerance*max(d.norm, d.change.Norm)) {
		return fail(ChangeDiffers, hint, "%s: the adapter's change has norm %.6g, the trainer measured %.6g", d.change.Module, d.norm, d.change.Norm)
	}
	for _, s := range d.change.Samples {
		value, size := f.entry(s.Row, s.Col)
		slack := tolerance * d.scale * size
		if !near(d.scale*value, s.Value, slack) {
			return fail(ChangeDiffers, hint, "%s row %d, column %d: the adapter's change is %.6g, the trainer measured %.6g (norms %.6g and %.6g)",
				d.change.Module, s.Row, s.Col, d.scale*value, s.Value, d.norm, d.change.Norm)
		}
		d.entries = append(d.entries, sample{s, slack})
	}
	return nil
}

// near reports |a-b| <= slack; a NaN is never near.
func near(a, b, slack float64) bool { return math.Abs(a-b) <= slack }

func finite(values []float32) bool {
	return !slices.ContainsFunc(values, func(v float32) bool { return v-v != 0 })
}
