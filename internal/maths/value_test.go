package maths

import (
	"strings"
	"testing"
)

func TestValue(t *testing.T) {
	t.Parallel()
	for answer, want := range map[string]string{
		"The answer is $15x^2$.":                       "15x^2",
		"First $a = 1$.\nSo it is \\(\\frac{1}{2}\\).": `\frac{1}{2}`,
		"$1$ and then $2$":                             "2",
		"Therefore \\boxed{42}.\n\n":                   "42",
		"It is $5$.\nDo you see why?":                  "",
		"No mathematics at all":                        "",
		"$" + strings.Repeat("x", maxValue+1) + "$":    "",
		"$" + strings.Repeat("x", 99) + "$, so $2$":    "2",
		"It is $$5$$.":                                 "5",
		`So \boxed{\frac{1}{2}}, or \(0.5\).`:          "0.5",
		`An \(open one and \frac{1}{2}`:                "",
		"$\\boxed{42}$":                                `\boxed{42}`,
		"":                                             "",
	} {
		if got, ok := Value(answer); ok != (want != "") || ok && got != want {
			t.Errorf("%q ends in %q, %v", answer, got, ok)
		}
	}
}
