package text

import (
	"math"
	"testing"
)

func TestJaccard(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		a, b string
		want float64
	}{
		{"", "", 1},
		{"", "one", 0},
		{"one two", "One, two!", 0},
		{"one two", "One, two.", 1},
		{"a b c d", "a b c d", 1},
		{"a b c d", "a b c e", 1. / 3},
		{"a b c a b c", "a b c a b", 1},
		{"a b c d e f", "a b c d e f g", 4. / 5},
		{"a b", "a b c", 0},
	} {
		a, b := Shingles(test.a, 3), Shingles(test.b, 3)
		if got := Jaccard(a, b); math.Abs(got-test.want) > 1e-12 || got != Jaccard(b, a) {
			t.Errorf("%q, %q: %v and back %v, want %v", test.a, test.b, got, Jaccard(b, a), test.want)
		}
		for _, threshold := range []float64{.2, 1. / 3, .5, .8, .85, 1} {
			if got := alike(a, b, threshold); got != (Jaccard(a, b) >= threshold) {
				t.Errorf("%q, %q alike at %v: %v", test.a, test.b, threshold, got)
			}
		}
	}
}

func TestRepetition(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		a, b string
		want float64
	}{
		{"", "The answer is 4.", 0},
		{"...", "...", 0},
		{"The answer is $4$.", "", 0},
		{"The answer is $4$.", "the answer IS $4$", 1},
		{"Step one: the answer is 4", "The answer is 4", 2. / 4},
		{"no no no no", "no no no", 1},
		{"$4$.", "The answer is $4$.", 1},
		{"is 4", "The answer is 4", 1},
		{"4 is", "The answer is 4", 0},
	} {
		if got := Repetition(test.a, test.b, 3); math.Abs(got-test.want) > 1e-12 {
			t.Errorf("Repetition(%q, %q) = %v, want %v", test.a, test.b, got, test.want)
		}
	}
}
