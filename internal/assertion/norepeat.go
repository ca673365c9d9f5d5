package assertion

import (
	"context"
	"errors"
	"fmt"

	"github.com/tunegate/tunegate/internal/reference"
	"github.com/tunegate/tunegate/internal/text"
)

// NoRepeat bounds the share of the answer's word n-grams that stand in the
// previous answer.
const NoRepeat = "no-repeat"

const (
	repeatWords   = 3    // n
	defaultRepeat = 0.35 // the share that passes when the suite names none
	previous      = "previous"
)

var noRepeat = Type{
	Name: NoRepeat, About: "the answer does not repeat the previous one", NeedsPrevious: true,
	Takes: []reference.Key{
		{Path: "of", Type: reference.OneOf(previous), Required: true, Example: previous, About: "The answer to compare with: that of the turn before."},
		{Path: "threshold", Type: reference.Share(), Default: defaultRepeat, Example: defaultRepeat, About: "Largest share of its three-word sequences that the previous answer may contain."},
	},
	Parse: func(given Given, a *Assert) error {
		a.Of, a.Threshold = given.Of, defaultRepeat
		if given.Threshold != nil {
			a.Threshold = *given.Threshold
		}
		switch {
		case given.HasValue:
			return errors.New("no-repeat takes no `value` (hint: remove it; `threshold` is the share that may repeat)")
		case a.Of != previous:
			return errors.New("no-repeat needs `of: previous`")
		case !(a.Threshold >= 0 && a.Threshold <= 1):
			return fmt.Errorf("no-repeat: threshold %v is a share from 0 to 1", a.Threshold)
		}
		return nil
	},
	Grade: func(_ context.Context, a Assert, given Answer, _ Maths) (Result, error) {
		share := text.Repetition(given.Text, given.Previous, repeatWords)
		return passIf(share <= a.Threshold, fmt.Sprintf("%.0f %% of it repeats the previous answer", 100*share))
	},
}
