package assertion

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/maths"
)

// fakeMaths knows one right answer, is in doubt about one and refuses one value.
type fakeMaths struct{}

func (fakeMaths) Compare(_ context.Context, value, answer string) (maths.Result, error) {
	switch {
	case value == "no maths":
		return maths.Result{}, fmt.Errorf("%q is %w", value, maths.ErrGold)
	case value == "no grader":
		return maths.Result{}, errors.New("the child does not start")
	case answer == "5^5^5^5":
		return maths.Result{Verdict: maths.Unknown, Why: "took too long"}, nil
	case answer == value:
		return maths.Result{Verdict: maths.Equal}, nil
	default:
		return maths.Result{Verdict: maths.Different, Why: "not the same value"}, nil
	}
}

func TestGrade(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		assert Assert
		given  Answer
		want   string
	}{
		"contains":            {Assert{Type: Contains, Values: []string{"Step 1"}}, Answer{Text: "Step 1: add"}, Pass},
		"contains minds":      {Assert{Type: Contains, Values: []string{"step 1"}}, Answer{Text: "Step 1: add"}, Fail},
		"icontains":           {Assert{Type: IContains, Values: []string{"step 1"}}, Answer{Text: "Step 1: add"}, Pass},
		"any of two":          {Assert{Type: IContainsAny, Values: []string{"sine", "COS"}}, Answer{Text: "cos x"}, Pass},
		"none of two":         {Assert{Type: IContainsAny, Values: []string{"sine", "tan"}}, Answer{Text: "cos x"}, Fail},
		"not contains":        {Assert{Type: "not-contains", Values: []string{"Step 1"}}, Answer{Text: "Step 1: add"}, Fail},
		"contains no more":    {Assert{Type: "not-contains", Values: []string{"Step 1"}}, Answer{Text: "Just add"}, Pass},
		"regex":               {Assert{Type: Regex, Values: []string{`x\^\d`}}, Answer{Text: "3x^2"}, Pass},
		"no regex":            {Assert{Type: Regex, Values: []string{`^x`}}, Answer{Text: "3x^2"}, Fail},
		"equals, outer space": {Assert{Type: Equals, Values: []string{"4"}}, Answer{Text: " 4\n"}, Pass},
		"equals":              {Assert{Type: Equals, Values: []string{"4"}}, Answer{Text: "44"}, Fail},
		"finish reason":       {Assert{Type: FinishReason, Values: []string{"stop"}}, Answer{DoneReason: "stop"}, Pass},
		"cut":                 {Assert{Type: FinishReason, Values: []string{"stop"}}, Answer{DoneReason: "length"}, Fail},
		"repeats":             {Assert{Type: NoRepeat, Threshold: 0.35}, Answer{Text: "one two three four", Previous: "one two three four"}, Fail},
		"goes on":             {Assert{Type: NoRepeat, Threshold: 0.35}, Answer{Text: "five six seven eight", Previous: "one two three four"}, Pass},
		"maths":               {Assert{Type: MathsEqual, Values: []string{"4"}}, Answer{Text: "4"}, Pass},
		"wrong maths":         {Assert{Type: MathsEqual, Values: []string{"4"}}, Answer{Text: "5"}, Fail},
		"undecided maths":     {Assert{Type: MathsEqual, Values: []string{"4"}}, Answer{Text: "5^5^5^5"}, Unknown},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := test.assert.Grade(t.Context(), test.given, fakeMaths{})
			if err != nil || got.Outcome != test.want {
				t.Errorf("got %+v (%v), want %s", got, err, test.want)
			}
			if (got.Outcome == Pass) != (got.Why == "") {
				t.Errorf("the reason %q", got.Why)
			}
		})
	}
	for _, a := range []Assert{{Type: MathsEqual, Values: []string{"no maths"}}, {Type: "similar"}} {
		if got, err := a.Grade(t.Context(), Answer{}, fakeMaths{}); err == nil {
			t.Errorf("%s: graded %+v", a.Type, got)
		}
	}
}

func TestRead(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		assert        Assert
		mistake, fail string
	}{
		"a value":              {Assert{Type: MathsEqual, Values: []string{"4"}}, "", ""},
		"one that is none":     {Assert{Type: MathsEqual, Values: []string{"no maths"}}, `the grader cannot read "no maths" as mathematics (hint: `, ""},
		"one without an end":   {Assert{Type: MathsEqual, Values: []string{"5^5^5^5"}}, `the grader cannot decide "5^5^5^5", not even against itself: took too long (hint: `, ""},
		"no grader":            {Assert{Type: MathsEqual, Values: []string{"no grader"}}, "", "the child does not start"},
		"not for this grader":  {Assert{Type: Contains, Values: []string{"no maths"}}, "", ""},
		"of a type that isn't": {Assert{Type: "similar"}, "", ""},
	} {
		mistake, err := test.assert.Read(t.Context(), fakeMaths{})
		if test.mistake == "" && mistake != "" || !strings.HasPrefix(mistake, test.mistake) || fmt.Sprint(err) != map[bool]string{true: "<nil>", false: test.fail}[test.fail == ""] {
			t.Errorf("%s: %q, %v", name, mistake, err)
		}
	}
}

// The bytes are part of the evaluation's key: answers that are kept would be
// asked for again.
func TestAssertsKeepTheirJSON(t *testing.T) {
	t.Parallel()
	data, err := json.Marshal(Assert{Type: NoRepeat, Values: []string{"x"}, Of: "previous", Threshold: 0.35, Weight: 1, Line: 7})
	if want := `{"Type":"no-repeat","Values":["x"],"Of":"previous","Threshold":0.35,"Weight":1}`; err != nil || string(data) != want {
		t.Errorf("%s, %v, want %s", data, err, want)
	}
}

func TestParse(t *testing.T) {
	t.Parallel()
	number := func(n float64) *float64 { return &n }
	for _, test := range []struct {
		given Given
		want  string // the assert, or the beginning of its mistake
	}{
		{Given{Type: Contains, Values: []string{"x"}, Weight: number(0)}, "contains [x]  0 0"},
		{Given{Type: "not-" + Regex, Values: []string{"x"}}, "not-regex [x]  0 1"},
		{Given{Type: NoRepeat, Of: "previous"}, "no-repeat [] previous 0.35 1"},
		{Given{Type: NoRepeat, Of: "previous", Threshold: number(0)}, "no-repeat [] previous 0 1"},
		{Given{Type: "not-" + MathsEqual, Values: []string{"4"}}, "maths-equal cannot be negated (hint: remove the not-)"},
		{Given{Type: "not-containz", Values: []string{"4"}}, `unknown assertion "not-containz"`},
		{Given{Type: IContainsAny, Values: []string{""}}, "icontains-any: an empty text is in every answer"},
	} {
		parsed, err := Parse(test.given)
		got := fmt.Sprint(parsed.Type, " ", parsed.Values, " ", parsed.Of, " ", parsed.Threshold, " ", parsed.Weight)
		if err != nil {
			got = err.Error()
		}
		if !strings.HasPrefix(got, test.want) || err == nil && got != test.want {
			t.Errorf("%+v: %s, want %s", test.given, got, test.want)
		}
	}
}
