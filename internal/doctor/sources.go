package doctor

import (
	"context"
	"strings"

	"github.com/tunegate/tunegate/internal/check"
	"github.com/tunegate/tunegate/internal/plan"
)

// sourceChecks look for sources that match nothing, of which nothing is learnt.
func sourceChecks(_ context.Context, in inspection) []check.Check {
	if in.plan == nil || len(in.plan.Unmatched) == 0 {
		return nil
	}
	return []check.Check{check.Warned("sources", strings.Join(in.plan.Unmatched, "\n"), plan.FixUnmatched+"; bring that to "+in.plan.BaseRef)}
}
