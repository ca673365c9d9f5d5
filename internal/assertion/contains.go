package assertion

import (
	"context"
	"strings"
)

// Contains looks for a text in the answer.
const Contains = "contains"

var contains = Type{
	Name: Contains, About: "the value stands in the answer", Negatable: true, Parse: oneText,
	Grade: func(_ context.Context, a Assert, given Answer, _ Maths) (Result, error) {
		return passIf(strings.Contains(given.Text, a.Values[0]), "the text is not in the answer")
	},
}
