package assertion

import (
	"context"
	"fmt"
	"slices"

	"github.com/tunegate/tunegate/internal/reference"
)

// IContainsAny looks for one of several texts in the answer, ignoring case.
const IContainsAny = "icontains-any"

var iContainsAny = Type{
	Name: IContainsAny, About: "the answer contains one of the values, ignoring case", Negatable: true,
	Takes: value(reference.Either(reference.Scalar("text"), reference.ListOf("texts", reference.Scalar("text")).NotEmpty()), []string{"cos", "sin"}, "The texts to look for."),
	Parse: func(given Given, a *Assert) error {
		if err := onlyValue(given); err != nil {
			return err
		}
		switch {
		case len(a.Values) == 0:
			return fmt.Errorf("%s needs a list of texts as `value`", a.Type)
		case slices.Contains(a.Values, ""):
			return fmt.Errorf("%s: an empty text is in every answer", a.Type)
		}
		return nil
	},
	Grade: func(_ context.Context, a Assert, given Answer, _ Maths) (Result, error) {
		found := slices.ContainsFunc(a.Values, func(value string) bool { return containsFold(given.Text, value) })
		return passIf(found, "none of the texts is in the answer")
	},
}
