package assertion

import (
	"context"
	"strings"

	"github.com/tunegate/tunegate/internal/reference"
)

// Equals compares the whole answer with a text, outer white space aside.
const Equals = "equals"

var equals = Type{
	Name: Equals, About: "the whole answer is the value", Negatable: true, Parse: oneText,
	Takes: value(reference.Scalar("text"), "Yes.", "The answer; white space around it does not count."),
	Grade: func(_ context.Context, a Assert, given Answer, _ Maths) (Result, error) {
		return passIf(strings.TrimSpace(given.Text) == strings.TrimSpace(a.Values[0]), "the answer differs from the value")
	},
}
