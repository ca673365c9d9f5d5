package export

import (
	"math"
	"testing"
)

func sampleFactors(rank, out, in int) factors {
	return factors{
		a: random(1, "a", "F32", rank, in).values, b: random(2, "b", "F32", out, rank).values,
		rank: rank, in: in, scale: 1.7,
	}
}

func TestNormAndEntry(t *testing.T) {
	t.Parallel()
	const rank, out, in = 5, 13, 9
	f := sampleFactors(rank, out, in)
	var square float64
	for row := range out {
		for col := range in {
			var sum, size float64
			for k := range rank {
				term := float64(f.b[row*rank+k]) * float64(f.a[k*in+col])
				sum, size = sum+term, size+math.Abs(term)
			}
			if value, got := f.entry(row, col); value != sum || got != size {
				t.Fatalf("entry %d, %d: %v, %v; want %v, %v", row, col, value, got, sum, size)
			}
			square += sum * sum
		}
	}
	if got := f.norm(); !near(got, math.Sqrt(square), 1e-12*got) {
		t.Errorf("norm %v, want %v", got, math.Sqrt(square))
	}
}
