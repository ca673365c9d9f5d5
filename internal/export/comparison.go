package export

import (
	"math"
	"sync"

	"github.com/tunegate/tunegate/internal/gguf"
)

// ChangedTensor is a tensor in which a candidate differs from NAME-base.
type ChangedTensor struct {
	Name        string  `json:"name"`         // in the GGUF
	Module      string  `json:"module"`       // in the trainer
	Norm        float64 `json:"norm"`         // Frobenius norm of s*B*A
	WrittenNorm float64 `json:"written_norm"` // of candidate - base, after rounding
	MaxAbs      float64 `json:"max_abs"`      // of candidate - base
	Entries     int     `json:"entries"`      // how many differ
}

// roundingShare widens the rounding bound of a type by the earlier float32
// rounding of W + s*B*A, which is at most 2^-12 of it.
const roundingShare = 1 + 0x1p-10

// comparison collects how a written tensor differs from the base's.
type comparison struct {
	patch *patch
	kind  *gguf.Type
	exact bool // the base's values were not rounded when they were written
	total difference
}

func newComparison(t gguf.Tensor, p *patch) comparison {
	return comparison{patch: p, kind: t.Type, exact: p != nil && p.stored == t.Type}
}

// difference holds sums over entries of a tensor.
type difference struct {
	entries  int     // that differ
	maxAbs   float64 // largest difference
	square   float64 // sum of the squared differences
	rounding float64 // sum of the squared largest possible rounding errors
}

// partSize is in bytes. The parts, and therefore the order of summation, do not depend
// on the number of processors.
const partSize = 256 << 10

// add compares a tensor's next chunk, whole blocks from a byte offset, and checks the
// trainer's samples in it.
func (c *comparison) add(old, written []byte, offset int64) error {
	size := max(1, partSize/c.kind.Bytes) * c.kind.Bytes
	parts := make([]difference, (len(old)+size-1)/size)
	var group sync.WaitGroup
	for i := range parts {
		begin, end := i*size, min((i+1)*size, len(old))
		group.Go(func() { parts[i] = c.compare(old[begin:end], written[begin:end]) })
	}
	group.Wait()
	for _, p := range parts {
		c.total.entries += p.entries
		c.total.maxAbs = max(c.total.maxAbs, p.maxAbs)
		c.total.square += p.square
		c.total.rounding += p.rounding
	}
	block := c.newValues(c.kind.Elements)
	for _, s := range c.patch.entries {
		element := s.Row*c.patch.delta.in + s.Col
		at := int64(c.kind.Size(element)) - offset
		if at < 0 || at >= int64(len(old)) {
			continue
		}
		c.decode(block, old[at:], written[at:])
		i := element % c.kind.Elements
		got, before := float64(block.after[i]), float64(block.before[i])
		if !near(got, before+s.Value, s.slack+roundingShare*float64(block.bound[i])) {
			return fail(ChangeDiffers, notMerged, "%s row %d, column %d: %.6g in the base and a change of %.6g became %.6g",
				c.patch.tensor, s.Row, s.Col, before, s.Value, got)
		}
	}
	return nil
}

const notMerged = "the written file is not base plus change: report this with the run's folder"

// values are elements of a tensor in both files, with bounds on how far rounding can
// have changed their difference.
type values struct {
	before, after, bound []float32
	baseBound            []float32 // what of bound is the base's; nil: nothing
}

func (c *comparison) newValues(n int) values {
	v := values{before: make([]float32, n), after: make([]float32, n), bound: make([]float32, n)}
	if !c.exact {
		v.baseBound = make([]float32, n)
	}
	return v
}

func (v values) first(n int) values {
	return values{v.before[:n], v.after[:n], v.bound[:n], v.baseBound[:min(n, len(v.baseBound))]}
}

// decode fills v from the first blocks of old and written.
func (c *comparison) decode(v values, old, written []byte) {
	c.kind.Decode(v.before, old)
	c.kind.Decode(v.after, written)
	c.kind.Bound(v.bound, written)
	c.kind.Bound(v.baseBound, old)
	for i, bound := range v.baseBound {
		v.bound[i] += bound
	}
}

func (c *comparison) compare(old, written []byte) difference {
	var d difference
	all := c.newValues(max(1, 1024/c.kind.Elements) * c.kind.Elements)
	for len(old) > 0 {
		v := all.first(min(len(old)/c.kind.Bytes*c.kind.Elements, len(all.before)))
		c.decode(v, old, written)
		for i, a := range v.before {
			change := float64(v.after[i]) - float64(a)
			if change != 0 {
				d.entries++
			}
			if size := math.Abs(change); size > d.maxAbs {
				d.maxAbs = size
			}
			d.square += float64(change * change)
			d.rounding += float64(float64(v.bound[i]) * float64(v.bound[i]))
		}
		size := c.kind.Size(len(v.before))
		old, written = old[size:], written[size:]
	}
	return d
}

// result compares the whole tensor's change with s*B*A. Rounding can change its norm by
// at most the norm of all rounding errors.
func (c *comparison) result() (ChangedTensor, error) {
	p := c.patch
	written := math.Sqrt(c.total.square)
	if c.total.entries == 0 {
		return ChangedTensor{}, fail(NoChange, "train longer or with a higher learning rate",
			"%s equals the base's: a change of norm %.6g is lost in rounding to %s", p.tensor, p.norm, c.kind)
	}
	if slack := tolerance*p.norm + roundingShare*math.Sqrt(c.total.rounding); !near(written, p.norm, slack) {
		return ChangedTensor{}, fail(ChangeDiffers, notMerged, "%s: the written change has norm %.6g, the adapter's is %.6g, rounding explains %.6g",
			p.tensor, written, p.norm, slack)
	}
	return ChangedTensor{
		Name: p.tensor, Module: p.delta.change.Module, Norm: p.norm,
		WrittenNorm: written, MaxAbs: c.total.maxAbs, Entries: c.total.entries,
	}, nil
}
