package eval

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"github.com/tunegate/tunegate/internal/maths"
	"github.com/tunegate/tunegate/internal/suite"
	"github.com/tunegate/tunegate/internal/text"
)

// The results of an assert. Unknown is neither: the maths checker could not
// decide within its limits.
const (
	Pass    = "pass"
	Fail    = "fail"
	Unknown = "unknown"
)

// repeatWords is the n of the word n-grams that no-repeat compares.
const repeatWords = 3

// answer is what one assert looks at.
type answer struct {
	text       string
	doneReason string
	previous   string // the answer of the turn before
}

// grade decides one assert. An error is the checker's own failure, or the
// suite's: a maths value that can not be read.
func grade(ctx context.Context, a suite.Assert, given answer, checker Maths) (result, why string, err error) {
	switch a.Type {
	case suite.Contains:
		return verdict(strings.Contains(given.text, a.Values[0]), "the text is not in the answer")
	case suite.IContains:
		return verdict(containsFold(given.text, a.Values[0]), "the text is not in the answer")
	case suite.IContainsAny:
		for _, value := range a.Values {
			if containsFold(given.text, value) {
				return Pass, "", nil
			}
		}
		return Fail, "none of the texts is in the answer", nil
	case suite.Regex:
		expression, err := regexp.Compile(a.Values[0])
		if err != nil {
			return "", "", err
		}
		return verdict(expression.MatchString(given.text), "the expression does not match")
	case suite.Equals:
		return verdict(strings.TrimSpace(given.text) == strings.TrimSpace(a.Values[0]), "the answer is another text")
	case suite.FinishReason:
		return verdict(given.doneReason == a.Values[0], "the answer ended with "+given.doneReason)
	case suite.NoRepeat:
		share := text.Repetition(given.text, given.previous, repeatWords)
		return verdict(share <= a.Threshold, fmt.Sprintf("%.0f %% of it stood in the previous answer", 100*share))
	case suite.MathsEqual:
		compared, err := compare(ctx, checker, a.Values[0], given.text)
		if err != nil {
			return "", "", err
		}
		switch compared.Verdict {
		case maths.Equal:
			return Pass, "", nil
		case maths.Different:
			return Fail, compared.Why, nil
		default:
			return Unknown, compared.Why, nil
		}
	default:
		return "", "", fmt.Errorf("no grader for assertion %q", a.Type)
	}
}

// compare tries again what could not be decided.
func compare(ctx context.Context, checker Maths, gold, answer string) (compared maths.Result, err error) {
	for range attempts {
		if compared, err = checker.Compare(ctx, gold, answer); err != nil || compared.Verdict != maths.Unknown {
			break
		}
	}
	return compared, err
}

func verdict(passed bool, why string) (string, string, error) {
	if passed {
		return Pass, "", nil
	}
	return Fail, why, nil
}

func containsFold(s, part string) bool {
	return strings.Contains(strings.ToLower(s), strings.ToLower(part))
}

// decide sums up the asserts with weight above 0: false when one failed, nil
// when one is unknown, else true.
func decide(results []AssertResult) *bool {
	passed := true
	unknown := false
	for _, r := range results {
		if r.Weight > 0 {
			passed = passed && r.Result != Fail
			unknown = unknown || r.Result == Unknown
		}
	}
	if passed && unknown {
		return nil
	}
	return &passed
}
