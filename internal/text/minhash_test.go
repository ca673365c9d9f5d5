package text

import (
	"math"
	"math/rand/v2"
	"testing"
)

// The signature's estimate stays within the error that theory allows.
func TestSignatureEstimatesJaccard(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	var squares float64
	const pairs = 1000
	for range pairs {
		a, b := overlapping(random, 40+random.IntN(400), random.Float64())
		signA, signB := sign(a), sign(b)
		agree := 0
		for i := range signA {
			if signA[i] == signB[i] {
				agree++
			}
		}
		miss := float64(agree)/lanes - Jaccard(a, b)
		squares += miss * miss
	}
	if rmse := math.Sqrt(squares / pairs); rmse > .045 {
		t.Errorf("the estimate is off by %.4f (root mean square), more than 0.045", rmse)
	}
}

// Pairs at and above the threshold share a band, also when they are short.
func TestBandsFindPairs(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(3, 4))
	for _, test := range []struct {
		size      int
		threshold float64
	}{{13, .85}, {40, .85}, {200, .85}, {1000, .85}, {60, .5}, {60, .95}} {
		rows := bandRows(test.threshold)
		missed, above := 0, 0
		for above < 1000 {
			a, b := overlapping(random, test.size, test.threshold+random.Float64()*.05)
			if Jaccard(a, b) < test.threshold {
				continue
			}
			above++
			if !meet(sign(a).appendBands(nil, rows), sign(b).appendBands(nil, rows)) {
				missed++
			}
		}
		if missed > above/200 {
			t.Errorf("size %d, threshold %v: %d of %d pairs share no band of %d lanes", test.size, test.threshold, missed, above, rows)
		}
	}
}

func TestBandRows(t *testing.T) {
	t.Parallel()
	for threshold, want := range map[float64]int{1: 128, .95: 12, .85: 7, .5: 2, .05: 1} {
		if got := bandRows(threshold); got != want {
			t.Errorf("threshold %v: %d lanes a band, want %d", threshold, got, want)
		}
	}
}

func meet(a, b []uint64) bool {
	for i := range a {
		if a[i] == b[i] {
			return true
		}
	}
	return false
}

// overlapping makes two sets of about that similarity.
func overlapping(random *rand.Rand, size int, similarity float64) (a, b Set) {
	common := int(math.Round(2 * float64(size) * similarity / (1 + similarity)))
	for i := range 2*size - common {
		hash := random.Uint64()
		if i < size {
			a = append(a, hash)
		}
		if i >= size-common {
			b = append(b, hash)
		}
	}
	return sorted(a), sorted(b)
}
