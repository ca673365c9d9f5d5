package page

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// brackets writes an answer with its differences in brackets.
func brackets(pieces []piece) string {
	var out strings.Builder
	for _, p := range pieces {
		if p.Differs {
			out.WriteString("[" + p.Text + "]")
		} else {
			out.WriteString(p.Text)
		}
	}
	return out.String()
}

func TestContrast(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ a, b, left, right string }{
		{"The answer is $15x^2$.", "The answer is $15x^3$.", "The answer is $15x^[2]$.", "The answer is $15x^[3]$."},
		{"Step 1: a.\nStep 2: b.", "Step 2: b.", "Step [1: a.\nStep ]2: b.", "Step 2: b."},
		{"one two three four", "one big cat four", "one [two three] four", "one [big cat] four"},
		{"same", "same", "same", "same"},
		{"", "", "", ""},
		{"", "all of it is new", "", "all of it is new"},
		{"nothing in common", "Ganz anderer Text!", "nothing in common", "Ganz anderer Text!"},
		{"naïve Σ = 3", "naïve Σ = 4", "naïve Σ = [3]", "naïve Σ = [4]"},
	} {
		left, right := contrast(test.a, test.b)
		if brackets(left) != test.left || brackets(right) != test.right {
			t.Errorf("%q, %q: got %s | %s, want %s | %s", test.a, test.b, brackets(left), brackets(right), test.left, test.right)
		}
	}
}

func TestContrastOfLongAnswersIsPlain(t *testing.T) {
	t.Parallel()
	a, b := strings.Repeat("a b ", contrastMost), strings.Repeat("b c ", contrastMost)
	left, right := contrast(a, b)
	if brackets(left) != a || brackets(right) != b {
		t.Errorf("%.80s | %.80s", brackets(left), brackets(right))
	}
}

// The pieces of an answer make up the answer, and those that do not differ are the same
// on both sides, white space aside.
func TestContrastLosesNothing(t *testing.T) {
	t.Parallel()
	text := rapid.StringOfN(rapid.RuneFrom([]rune("ab12 \n^.é")), 0, 60, -1)
	rapid.Check(t, func(t *rapid.T) {
		a, b := text.Draw(t, "a"), text.Draw(t, "b")
		left, right := contrast(a, b)
		whole := func(pieces []piece) (all, same string) {
			for _, p := range pieces {
				all += p.Text
				if !p.Differs {
					same += p.Text
				}
			}
			return all, strings.Join(strings.Fields(same), "")
		}
		allA, sameA := whole(left)
		allB, sameB := whole(right)
		marked := strings.Contains(brackets(left)+brackets(right), "[")
		if allA != a || allB != b || marked && sameA != sameB {
			t.Fatalf("%q, %q: %s | %s", a, b, brackets(left), brackets(right))
		}
	})
}
