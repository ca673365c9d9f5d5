package assertion

import (
	"context"
	"errors"
	"fmt"

	"github.com/tunegate/tunegate/internal/maths"
	"github.com/tunegate/tunegate/internal/reference"
)

// MathsEqual compares the answer's mathematics with a value.
const MathsEqual = "maths-equal"

// attempts is how often a comparison that could not be decided is tried.
const attempts = 3

var mathsEqual = Type{
	Name: MathsEqual, About: "the answer's mathematics equals the value", Parse: oneText,
	Takes: value(reference.Scalar("text"), "15x^2", "The right answer, in LaTeX or plain ASCII."),
	Read: func(ctx context.Context, a Assert, checker Maths) (string, error) {
		compared, err := compare(ctx, checker, a.Values[0], a.Values[0])
		switch {
		case errors.Is(err, maths.ErrGold):
			return fmt.Sprintf("the grader cannot read %.80q as mathematics (hint: write LaTeX or plain ASCII, such as x^2 or \\frac{1}{2})", a.Values[0]), nil
		case err == nil && compared.Verdict == maths.Unknown:
			return fmt.Sprintf("the grader cannot decide %.80q, not even against itself: %s (hint: write a simpler form of it)", a.Values[0], compared.Why), nil
		}
		return "", err
	},
	Grade: func(ctx context.Context, a Assert, given Answer, checker Maths) (Result, error) {
		compared, err := compare(ctx, checker, a.Values[0], given.Text)
		switch {
		case err != nil:
			return Result{}, err
		case compared.Verdict == maths.Unknown:
			return Result{Unknown, compared.Why}, nil
		}
		return passIf(compared.Verdict == maths.Equal, compared.Why)
	},
}

// compare tries again what could not be decided.
func compare(ctx context.Context, checker Maths, value, answer string) (compared maths.Result, err error) {
	for range attempts {
		if compared, err = checker.Compare(ctx, value, answer); err != nil || compared.Verdict != maths.Unknown {
			break
		}
	}
	return compared, err
}
