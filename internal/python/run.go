package python

import (
	"context"
	"encoding/json"

	"github.com/tunegate/tunegate/internal/proc"
)

// Run runs a program to its end and returns its result, like [Answers.Result]. Its output
// goes to c.Log.
func Run(ctx context.Context, launcher proc.Launcher, c proc.Command) (json.RawMessage, error) {
	answers := NewAnswers(c.Name, nil)
	c.Lines = answers.Take
	last, err := launcher.Run(ctx, c, nil)
	if err != nil && ctx.Err() != nil {
		return nil, err
	}
	return answers.Result(err, last)
}
