package assertion

import (
	"context"
	"errors"
	"fmt"
	"regexp"

	"github.com/tunegate/tunegate/internal/reference"
)

// Regex looks for what an RE2 expression describes.
const Regex = "regex"

var regex = Type{
	Name: Regex, About: "the expression matches somewhere in the answer", Negatable: true,
	Takes: value(reference.Scalar("RE2 expression"), `\bx\^2\b`, "The expression: RE2, without lookahead and backreferences."),
	Parse: func(given Given, a *Assert) error {
		if err := onlyValue(given); err != nil {
			return err
		}
		if len(a.Values) != 1 {
			return errors.New("regex needs one `value`")
		}
		if _, err := regexp.Compile(a.Values[0]); err != nil {
			return fmt.Errorf("regex: %w (hint: expressions are RE2: no lookahead, no backreference)", err)
		}
		return nil
	},
	Grade: func(_ context.Context, a Assert, given Answer, _ Maths) (Result, error) {
		expression, err := regexp.Compile(a.Values[0])
		if err != nil {
			return Result{}, err
		}
		return passIf(expression.MatchString(given.Text), "the expression does not match")
	},
}
