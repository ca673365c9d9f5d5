package export

import (
	"encoding/binary"
	"math"
	"sync"

	"github.com/tunegate/tunegate/internal/gguf"
)

// ChangedTensor is a tensor in which a candidate differs from NAME-base.
type ChangedTensor struct {
	Name        string  `json:"name"`         // in the GGUF
	Module      string  `json:"module"`       // in the trainer
	Norm        float64 `json:"norm"`         // Frobenius norm of s*B*A
	WrittenNorm float64 `json:"written_norm"` // of candidate - base, after rounding to F16
	MaxAbs      float64 `json:"max_abs"`      // of candidate - base
	Entries     int     `json:"entries"`      // how many differ
}

// roundingShare widens a half's rounding bound by the earlier float32 rounding
// of W + s*B*A, which is at most 2^-12 of it.
const roundingShare = 1 + 0x1p-10

// comparison gathers how a written tensor differs from the base's.
type comparison struct {
	patch *patch
	total difference
}

// difference sums over entries of a tensor.
type difference struct {
	entries  int     // that differ
	maxAbs   float64 // largest difference
	square   float64 // sum of the squared differences
	rounding float64 // sum of the squared largest possible rounding errors
}

// partSize is in bytes. The parts, and so the order of summation, do not depend
// on the number of processors.
const partSize = 256 << 10

// add compares the next block of a tensor, little-endian F16 from byte offset
// on, and checks the trainer's samples that lie in it.
func (c *comparison) add(old, written []byte, offset int64) error {
	parts := make([]difference, (len(old)+partSize-1)/partSize)
	var group sync.WaitGroup
	for i := range parts {
		begin, end := i*partSize, min((i+1)*partSize, len(old))
		group.Go(func() { parts[i] = compare(old[begin:end], written[begin:end]) })
	}
	group.Wait()
	for _, p := range parts {
		c.total.entries += p.entries
		c.total.maxAbs = max(c.total.maxAbs, p.maxAbs)
		c.total.square += p.square
		c.total.rounding += p.rounding
	}
	for _, s := range c.patch.entries {
		at := 2*(int64(s.Row)*int64(c.patch.in)+int64(s.Col)) - offset
		if at < 0 || at >= int64(len(old)) {
			continue
		}
		half := binary.LittleEndian.Uint16(written[at:])
		got, before := float64(gguf.F16ToF32(half)), float64(gguf.F16ToF32(binary.LittleEndian.Uint16(old[at:])))
		if !near(got, before+s.Value, s.slack+roundingShare*math.Sqrt(roundingSquare(half))) {
			return fail(ChangeDiffers, notMerged, "%s row %d, column %d: %.6g in the base and a change of %.6g became %.6g",
				c.patch.tensor, s.Row, s.Col, before, s.Value, got)
		}
	}
	return nil
}

const notMerged = "the written file is not base and change: report this with the run's folder"

func compare(old, written []byte) difference {
	var d difference
	var before, after [1 << 10]float32
	for len(old) > 0 {
		n := min(len(old)/2, len(before))
		gguf.DecodeF16(before[:n], old)
		gguf.DecodeF16(after[:n], written)
		for i, a := range before[:n] {
			change := float64(after[i]) - float64(a)
			if change != 0 {
				d.entries++
			}
			if size := math.Abs(change); size > d.maxAbs {
				d.maxAbs = size
			}
			d.square += float64(change * change)
			d.rounding += roundingSquare(binary.LittleEndian.Uint16(written[2*i:]))
		}
		old, written = old[2*n:], written[2*n:]
	}
	return d
}

// roundingSquare returns the square of half a unit in the last place of a half:
// the unit is 2^(e-25), where e is the biased exponent, at least 1.
func roundingSquare(half uint16) float64 {
	e := uint64(max(half>>10&31, 1))
	return math.Float64frombits((1023 + 2*(e-26)) << 52)
}

// result holds the whole tensor's change against s*B*A. Rounding can lengthen or
// shorten it by no more than the norm of all rounding errors.
func (c *comparison) result() (ChangedTensor, error) {
	p := c.patch
	written := math.Sqrt(c.total.square)
	if c.total.entries == 0 {
		return ChangedTensor{}, fail(NoChange, "train longer or with a higher learning rate",
			"%s equals the base's: a change of norm %.6g is lost in rounding to F16", p.tensor, p.norm)
	}
	if slack := tolerance*p.norm + roundingShare*math.Sqrt(c.total.rounding); !near(written, p.norm, slack) {
		return ChangedTensor{}, fail(ChangeDiffers, notMerged, "%s: the written change has norm %.6g, the adapter's is %.6g, rounding explains %.6g",
			p.tensor, written, p.norm, slack)
	}
	return ChangedTensor{
		Name: p.tensor, Module: p.change.Module, Norm: p.norm,
		WrittenNorm: written, MaxAbs: c.total.maxAbs, Entries: c.total.entries,
	}, nil
}
