package assertion

import (
	"context"
	"strings"

	"github.com/tunegate/tunegate/internal/reference"
)

// IContains looks for a text in the answer, ignoring case.
const IContains = "icontains"

var iContains = Type{
	Name: IContains, About: "the answer contains the value, ignoring case", Negatable: true, Parse: oneText,
	Takes: value(reference.Scalar("text"), "pythagoras", "The text to look for."),
	Grade: func(_ context.Context, a Assert, given Answer, _ Maths) (Result, error) {
		return passIf(containsFold(given.Text, a.Values[0]), "the text is not in the answer")
	},
}

func containsFold(s, part string) bool {
	return strings.Contains(strings.ToLower(s), strings.ToLower(part))
}
