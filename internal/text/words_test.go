package text

import (
	"slices"
	"testing"
)

func TestWords(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		text string
		want []string
	}{
		{"", nil},
		{" \t\n ... ", nil},
		{"What is 4x + 6 = 26?", []string{"what", "is", "4x", "+", "6", "=", "26"}},
		{"Is it -3, or “5!”?", []string{"is", "it", "-3", "or", "5!"}},
		{"f(x)\u00a0=\u2028e^(i*pi).", []string{"f(x)", "=", "e^(i*pi)"}},
		{"Cafe\u0301 A\u200bB\ufeff", []string{"caf\u00e9", "ab"}},
	} {
		if got := Words(test.text); !slices.Equal(got, test.want) {
			t.Errorf("Words(%q) = %q, want %q", test.text, got, test.want)
		}
	}
}

func TestNormal(t *testing.T) {
	t.Parallel()
	for _, same := range [][]string{
		{"What is 2+2?", "what is 2 + 2", "  WHAT\tis 2 +2 ? ", "What is 2+2?.", "What\u00a0is 2\u200b + 2"},
		{"Cafe\u0301", "caf\u00c9", "cafe\u200b\u0301"},
		{"f ( x ) = 1", "f(x)=1."},
		{"", " ", "?."},
	} {
		for _, other := range same[1:] {
			if Normal(same[0]) != Normal(other) {
				t.Errorf("%q and %q differ: %q, %q", same[0], other, Normal(same[0]), Normal(other))
			}
		}
	}
	for _, different := range [][2]string{
		{"What is 12 - 9?", "What is 12 + 9?"},
		{"What is 1 1/2?", "What is 11/2?"},
		{"What is 5!?", "What is 5?"},
		{"What is x²?", "What is x2?"},
		{"What is 1.5?", "What is 15?"},
	} {
		if Normal(different[0]) == Normal(different[1]) {
			t.Errorf("%q and %q are both %q", different[0], different[1], Normal(different[0]))
		}
	}
}

func FuzzNormal(f *testing.F) {
	f.Add("What is 1 1/2 + 2 ?")
	f.Add("e\u200b\u0301 ..?\xff")
	f.Fuzz(func(t *testing.T, s string) {
		if Normal(s) != Normal("\t"+s+" ?") {
			t.Errorf("white space and a question mark around %q matter", s)
		}
		if share := Repetition(s, s, 3); share != 0 && share != 1 {
			t.Errorf("%q repeats %v of itself", s, share)
		}
	})
}
