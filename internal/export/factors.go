package export

import "math"

// factors are A (rank x in) and B (out x rank), row by row.
type factors struct {
	a, b     []float32
	rank, in int
	scale    float32
}

// norm returns the Frobenius norm of B*A without forming it: the square is the
// sum over j, k of (B'B)[j,k] * (AA')[j,k].
func (f factors) norm() float64 {
	var square float64
	for j := range f.rank {
		for k := range f.rank {
			var bb, aa float64
			for row := 0; row < len(f.b); row += f.rank {
				bb += float64(f.b[row+j]) * float64(f.b[row+k])
			}
			for i, v := range f.a[j*f.in:][:f.in] {
				aa += float64(v) * float64(f.a[k*f.in+i])
			}
			square += float64(bb * aa)
		}
	}
	return math.Sqrt(max(square, 0))
}

// entry returns (B*A)[row, col] and the sum of its terms' absolute values.
func (f factors) entry(row, col int) (value, size float64) {
	for k := range f.rank {
		term := float64(f.b[row*f.rank+k]) * float64(f.a[k*f.in+col])
		value += term
		size += math.Abs(term)
	}
	return value, size
}

// addRow adds row number row of the change to weights; sum is scratch. Each
// entry sums its products in order of the rank, and every product is rounded to
// float32 before it is added (the conversions prevent fused multiply-add), so that all
// machines give the same bits.
func (f factors) addRow(weights, sum []float32, row int) {
	clear(sum)
	b := f.b[row*f.rank:][:f.rank]
	k := 0
	for ; k+4 <= f.rank; k += 4 {
		b0, b1, b2, b3 := b[k], b[k+1], b[k+2], b[k+3]
		a0, a1 := f.a[k*f.in:][:len(sum)], f.a[(k+1)*f.in:][:len(sum)]
		a2, a3 := f.a[(k+2)*f.in:][:len(sum)], f.a[(k+3)*f.in:][:len(sum)]
		for i, s := range sum {
			s += float32(b0 * a0[i])
			s += float32(b1 * a1[i])
			s += float32(b2 * a2[i])
			s += float32(b3 * a3[i])
			sum[i] = s
		}
	}
	for ; k < f.rank; k++ {
		for i, a := range f.a[k*f.in:][:len(sum)] {
			sum[i] += float32(b[k] * a)
		}
	}
	for i, s := range sum {
		weights[i] += float32(f.scale * s)
	}
}
