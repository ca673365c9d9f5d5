package assertion

import (
	"context"
	"fmt"

	"github.com/tunegate/tunegate/internal/reference"
)

// FinishReason asks that the answer ended by itself.
const FinishReason = "finish-reason"

// stop is the only reason that can pass: an answer that ends otherwise is no
// evidence.
const stop = "stop"

var finishReason = Type{
	Name: FinishReason, About: "the answer ended by itself",
	Takes: value(reference.OneOf(stop), stop, "The only reason that can pass."),
	Parse: func(given Given, a *Assert) error {
		if err := oneText(given, a); err != nil {
			return err
		}
		if a.Values[0] != stop {
			return fmt.Errorf("finish-reason %q can never pass: an answer that does not end with stop is excluded (hint: write value: stop)", a.Values[0])
		}
		return nil
	},
	Grade: func(_ context.Context, a Assert, given Answer, _ Maths) (Result, error) {
		return passIf(given.DoneReason == a.Values[0], "the answer ended with "+given.DoneReason)
	},
}
