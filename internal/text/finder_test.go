package text

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// TestFinder: what is found is what comparing all with all finds.
func TestFinder(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	words := func() string {
		var s strings.Builder
		for range random.IntN(30) {
			fmt.Fprintf(&s, "W%d ", random.IntN(4))
		}
		return s.String()
	}
	known := []string{"", "one", "W1 W2 W1 W2"}
	for range 20 {
		known = append(known, words())
	}
	for _, least := range []float64{.1, .5, 1} {
		finder := NewFinder(known, 2, least)
		for range 300 {
			s := words()
			found := map[int]float64{}
			finder.Find(s, func(i int, similarity float64) { found[i] = similarity })
			for i, k := range known {
				want := Jaccard(Shingles(k, 2), Shingles(s, 2))
				if want < least || k == "" || s == "" {
					want = 0
				}
				if found[i] != want {
					t.Errorf("%q, %q at %v: %v, want %v", k, s, least, found[i], want)
				}
			}
		}
	}
}
