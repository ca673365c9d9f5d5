package eval

import (
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/tunegate/tunegate/internal/assertion"
	"github.com/tunegate/tunegate/internal/chat"
	"github.com/tunegate/tunegate/internal/engine"
	"github.com/tunegate/tunegate/internal/maths"
)

// Probe sends a conversation to the model, without the tag's system prompt, and reports
// whether the answer equals a value, an expression. A cut-off or empty answer does not.
// It returns nil if the model cannot show that: the value is not an expression, the
// conversation is too long, or the comparison cannot be decided. A failure of the
// server or the checker is an error.
func (e Evaluation) Probe(ctx context.Context, messages []chat.Message, value string) (*bool, error) {
	reply, err := e.chat(ctx, messages, int(e.Options.Seed&math.MaxInt32))
	if errors.Is(err, engine.ErrTooLong) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	right := false
	if why := noEvidence(reply); why != "" {
		if reply.Done && (reply.DoneReason == engine.Length || reply.DoneReason == engine.Stop) { // Stop: an empty answer
			return &right, nil
		}
		return nil, fmt.Errorf("%s: %s (hint: check the server's log)", e.Model.Tag, why)
	}
	gives := assertion.Assert{Type: assertion.MathsEqual, Values: []string{value}}
	result, err := gives.Grade(ctx, assertion.Answer{Text: reply.Text}, e.Maths)
	if errors.Is(err, maths.ErrGold) || err == nil && result.Outcome == Unknown {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	right = result.Outcome == Pass
	return &right, nil
}
