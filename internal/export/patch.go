package export

import (
	"math"
	"slices"

	"github.com/tunegate/tunegate/internal/gguf"
)

// patch is the change s*B*A of one tensor; its factors are read when needed.
type patch struct {
	tensor  string // GGUF name
	change  Change // as the trainer measured it
	a, b    gguf.Array
	in, out int
	rank    int
	scale   float64
	norm    float64  // Frobenius norm of s*B*A, set by check
	entries []sample // the trainer's samples, set by check
}

// sample is an entry of the change and how far from it float32 may lie.
type sample struct {
	Sample
	slack float64
}

func newPatch(p pair, config adapterConfig, change Change, base *gguf.File) (*patch, error) {
	tensor, ok := tensorOf(change.Module)
	t, found := base.Find(tensor)
	if !ok || !found || t.Type != gguf.F16 || len(t.Dims) != 2 {
		return nil, fail(UnknownTensor, "was it trained on another base model?",
			"the base has no F16 matrix for the adapter's module %s", change.Module)
	}
	out := &patch{
		tensor: tensor, change: change, a: p.a, b: p.b,
		in: int(t.Dims[0]), out: int(t.Dims[1]), rank: config.Rank, scale: config.scale(),
	}
	if !slices.Equal(p.a.Shape, []int{out.rank, out.in}) || !slices.Equal(p.b.Shape, []int{out.out, out.rank}) ||
		change.Shape != [2]int{out.out, out.in} {
		return nil, fail(RankMismatch, "the adapter's files are not of one run: train again",
			"%s: rank %d and the base's %dx%d want lora_A %dx%d and lora_B %dx%d; they are %v and %v, the measured change %v", change.Module,
			out.rank, out.out, out.in, out.rank, out.in, out.out, out.rank, p.a.Shape, p.b.Shape, change.Shape)
	}
	return out, nil
}

func (p *patch) load() (factors, error) {
	f := factors{
		a: make([]float32, p.a.Len()), b: make([]float32, p.b.Len()),
		rank: p.rank, in: p.in, scale: float32(p.scale),
	}
	if err := p.a.Float32s(f.a, 0); err != nil {
		return f, err
	}
	return f, p.b.Float32s(f.b, 0)
}

// check proves the patch against the trainer's measurement, in float64.
func (p *patch) check() error {
	f, err := p.load()
	if err != nil {
		return err
	}
	for _, factor := range []struct {
		name   string
		values []float32
	}{{p.b.Name, f.b}, {p.a.Name, f.a}} {
		if !finite(factor.values) {
			return fail(NotFinite, "lower the learning rate and train again", "%s holds a NaN or an infinity", factor.name)
		}
		if !slices.ContainsFunc(factor.values, func(v float32) bool { return v != 0 }) {
			return fail(DeadAdapter, "the training changed nothing there: look at its log, then train again", "%s is zero throughout", factor.name)
		}
	}
	const hint = "alpha, rank or the file is not the training's: train again"
	p.norm = p.scale * f.norm()
	if !near(p.norm, p.change.Norm, tolerance*max(p.norm, p.change.Norm)) {
		return fail(ChangeDiffers, hint, "%s: the adapter's change has norm %.6g, the trainer measured %.6g", p.change.Module, p.norm, p.change.Norm)
	}
	for _, s := range p.change.Samples {
		value, size := f.entry(s.Row, s.Col)
		slack := tolerance * p.scale * size
		if !near(p.scale*value, s.Value, slack) {
			return fail(ChangeDiffers, hint, "%s row %d, column %d: the adapter's change is %.6g, the trainer measured %.6g (norms %.6g and %.6g)",
				p.change.Module, s.Row, s.Col, p.scale*value, s.Value, p.norm, p.change.Norm)
		}
		p.entries = append(p.entries, sample{s, slack})
	}
	return nil
}

// near reports |a-b| <= slack; a NaN is near nothing.
func near(a, b, slack float64) bool { return math.Abs(a-b) <= slack }

func finite(values []float32) bool {
	return !slices.ContainsFunc(values, func(v float32) bool { return v-v != 0 })
}
