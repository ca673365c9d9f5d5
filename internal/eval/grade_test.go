package eval

import (
	"context"
	"fmt"
	"testing"

	"github.com/tunegate/tunegate/internal/maths"
	"github.com/tunegate/tunegate/internal/suite"
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

func TestGrade(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		assert suite.Assert
		given  answer
		want   string
	}{
		"contains":            {suite.Assert{Type: suite.Contains, Values: []string{"Step 1"}}, answer{text: "Step 1: add"}, Pass},
		"contains minds":      {suite.Assert{Type: suite.Contains, Values: []string{"step 1"}}, answer{text: "Step 1: add"}, Fail},
		"icontains":           {suite.Assert{Type: suite.IContains, Values: []string{"step 1"}}, answer{text: "Step 1: add"}, Pass},
		"any of two":          {suite.Assert{Type: suite.IContainsAny, Values: []string{"sine", "COS"}}, answer{text: "cos x"}, Pass},
		"none of two":         {suite.Assert{Type: suite.IContainsAny, Values: []string{"sine", "tan"}}, answer{text: "cos x"}, Fail},
		"regex":               {suite.Assert{Type: suite.Regex, Values: []string{`x\^\d`}}, answer{text: "3x^2"}, Pass},
		"no regex":            {suite.Assert{Type: suite.Regex, Values: []string{`^x`}}, answer{text: "3x^2"}, Fail},
		"equals, outer space": {suite.Assert{Type: suite.Equals, Values: []string{"4"}}, answer{text: " 4\n"}, Pass},
		"equals":              {suite.Assert{Type: suite.Equals, Values: []string{"4"}}, answer{text: "44"}, Fail},
		"finish reason":       {suite.Assert{Type: suite.FinishReason, Values: []string{"stop"}}, answer{doneReason: "stop"}, Pass},
		"cut":                 {suite.Assert{Type: suite.FinishReason, Values: []string{"stop"}}, answer{doneReason: "length"}, Fail},
		"repeats":             {suite.Assert{Type: suite.NoRepeat, Threshold: 0.35}, answer{text: "one two three four", previous: "one two three four"}, Fail},
		"goes on":             {suite.Assert{Type: suite.NoRepeat, Threshold: 0.35}, answer{text: "five six seven eight", previous: "one two three four"}, Pass},
		"maths":               {suite.Assert{Type: suite.MathsEqual, Values: []string{"4"}}, answer{text: "4"}, Pass},
		"wrong maths":         {suite.Assert{Type: suite.MathsEqual, Values: []string{"4"}}, answer{text: "5"}, Fail},
		"undecided maths":     {suite.Assert{Type: suite.MathsEqual, Values: []string{"4"}}, answer{text: "5^5^5^5"}, Unknown},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, why, err := grade(t.Context(), test.assert, test.given, fakeMaths{})
			if err != nil || got != test.want {
				t.Errorf("got %s (%s, %v), want %s", got, why, err, test.want)
			}
			if got != Pass && why == "" {
				t.Error("no reason is given")
			}
		})
	}
	if _, _, err := grade(t.Context(), suite.Assert{Type: suite.MathsEqual, Values: []string{"no maths"}}, answer{}, fakeMaths{}); err == nil {
		t.Error("a value that is no maths was graded")
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
