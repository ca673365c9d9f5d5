package doctor

import (
	"context"
	"slices"
	"strings"

	"github.com/tunegate/tunegate/internal/check"
	"github.com/tunegate/tunegate/internal/engine"
)

const whyPenalty = "a penalty on repetition pushes down the digits and the terms of the question, which a right answer repeats"

// penaltyChecks want answers that may repeat the question's words.
func penaltyChecks(_ context.Context, in inspection) []check.Check {
	if in.config == nil {
		return nil
	}
	value := engine.Values(in.config.Serve.Parameters)["repeat_penalty"]
	if slices.Equal(value, []string{"1"}) {
		return []check.Check{check.Passed("penalty", "repeat_penalty 1.0")}
	}
	return []check.Check{check.Warned("penalty", "repeat_penalty "+strings.Join(value, ", ")+": "+whyPenalty,
		"write `parameters: {repeat_penalty: 1.0}` under `serve:` of the config")}
}
