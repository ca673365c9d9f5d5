package eval

import (
	"context"
	"fmt"
	"testing"

	"github.com/tunegate/tunegate/internal/maths"
)

// fakeMaths knows one right answer, is in doubt about one and refuses one value.
type fakeMaths struct{}

func (fakeMaths) Compare(_ context.Context, gold, answer string) (maths.Result, error) {
	switch {
	case gold == "no maths":
		return maths.Result{}, fmt.Errorf("%q is %w", gold, maths.ErrGold)
	case answer == "5^5^5^5":
		return maths.Result{Verdict: maths.Unknown, Why: "took too long"}, nil
	case answer == gold:
		return maths.Result{Verdict: maths.Equal}, nil
	default:
		return maths.Result{Verdict: maths.Different, Why: "not the same value"}, nil
	}
}

func TestDecide(t *testing.T) {
	t.Parallel()
	result := func(name string, weight float64) AssertResult { return AssertResult{Result: name, Weight: weight} }
	yes, no := true, false
	tests := map[string]struct {
		results []AssertResult
		want    *bool
	}{
		"all pass":                  {[]AssertResult{result(Pass, 1), result(Pass, 2)}, &yes},
		"one fails":                 {[]AssertResult{result(Pass, 1), result(Fail, 1)}, &no},
		"a weightless fail":         {[]AssertResult{result(Pass, 1), result(Fail, 0)}, &yes},
		"unknown":                   {[]AssertResult{result(Pass, 1), result(Unknown, 1)}, nil},
		"unknown beside a fail":     {[]AssertResult{result(Unknown, 1), result(Fail, 1)}, &no},
		"a weightless unknown":      {[]AssertResult{result(Pass, 1), result(Unknown, 0)}, &yes},
		"only weightless asserts":   {[]AssertResult{result(Fail, 0)}, &yes},
		"unknown and fail reversed": {[]AssertResult{result(Fail, 1), result(Unknown, 1)}, &no},
	}
	for name, test := range tests {
		got := decide(test.results)
		if (got == nil) != (test.want == nil) || got != nil && *got != *test.want {
			t.Errorf("%s: got %v, want %v", name, got, test.want)
		}
	}
}
