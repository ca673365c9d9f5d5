package doctor

import (
	"context"
	"slices"
	"strings"

	"github.com/tunegate/tunegate/internal/check"
	"github.com/tunegate/tunegate/internal/engine"
)

const whyPenalty = "a repetition penalty suppresses the digits and terms of the question, which a correct answer repeats"

// penaltyChecks require that answers may repeat the question's words.
func penaltyChecks(_ context.Context, in inspection) []check.Check {
	if in.config == nil {
		return nil
	}
	value := engine.Values(in.config.Serve.Parameters)["repeat_penalty"]
	if slices.Equal(value, []string{"1"}) {
		return []check.Check{check.Passed("penalty", "repeat_penalty 1.0")}
	}
	return []check.Check{check.Warned("penalty", "repeat_penalty "+strings.Join(value, ", ")+": "+whyPenalty,
		"set `parameters: {repeat_penalty: 1.0}` under `serve:` in the config")}
}
