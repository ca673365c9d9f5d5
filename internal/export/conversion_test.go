package export

import (
	"encoding/binary"
	"testing"

	"github.com/tunegate/tunegate/internal/gguf"
)

// TestConversion compares with the definition written out: float32, in order of the rank.
func TestConversion(t *testing.T) {
	t.Parallel()
	const out, in = 11, 7
	for _, rank := range []int{1, 3, 4, 6, 9} {
		f := sampleFactors(rank, out, in)
		base := random(3, "w", "F32", out, in).values
		block := make([]byte, 2*len(base))
		gguf.EncodeF16(block, base)
		want := make([]uint16, len(base))
		for row := range out {
			for col := range in {
				var sum float32
				for k := range rank {
					sum += float32(f.b[row*rank+k] * f.a[k*in+col])
				}
				w := gguf.F16ToF32(binary.LittleEndian.Uint16(block[2*(row*in+col):]))
				want[row*in+col] = gguf.F32ToF16(w + float32(f.scale*sum))
			}
		}
		// In two calls, as the blocks of a large tensor come.
		c := conversion{gguf.F16, gguf.F16, in, &f}
		if bad := c.rows(block[:2*in*4], block[:2*in*4], 0); bad >= 0 {
			t.Errorf("rank %d: row %d overflows", rank, bad)
		}
		c.rows(block[2*in*4:], block[2*in*4:], 4)
		for i, h := range want {
			if got := binary.LittleEndian.Uint16(block[2*i:]); got != h {
				t.Fatalf("rank %d, entry %d: %#04x, want %#04x", rank, i, got, h)
			}
		}
	}
}

func TestConversionOverflow(t *testing.T) {
	t.Parallel()
	c := conversion{gguf.F16, gguf.F16, 1, &factors{a: []float32{1e4}, b: []float32{0, 1, 7, 7, 1}, rank: 1, in: 1, scale: 1}}
	convert := func(rows, first int) int { return c.rows(make([]byte, 2*rows), make([]byte, 2*rows), first) }
	if got := convert(5, 0); got != 2 {
		t.Errorf("row %d, want 2, the first of two", got)
	}
	if got := convert(1, 3); got != 3 {
		t.Errorf("row %d, want 3", got)
	}
	if got := convert(1, 4); got != -1 {
		t.Errorf("row %d, want none", got)
	}
}
