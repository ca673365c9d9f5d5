package assertion

import (
	"context"
	"strings"

	"github.com/tunegate/tunegate/internal/reference"
)

// Contains looks for a text in the answer.
const Contains = "contains"

var contains = Type{
	Name: Contains, About: "the answer contains the value", Negatable: true, Parse: oneText,
	Takes: value(reference.Scalar("text"), "Step 1:", "The text to look for."),
	Grade: func(_ context.Context, a Assert, given Answer, _ Maths) (Result, error) {
		return passIf(strings.Contains(given.Text, a.Values[0]), "the text is not in the answer")
	},
}
