package doctor

import (
	"context"
	"strings"

	"github.com/tunegate/tunegate/internal/check"
	"github.com/tunegate/tunegate/internal/plan"
)

// sourceChecks find sources that match nothing and so have no effect.
func sourceChecks(_ context.Context, in inspection) []check.Check {
	if in.plan == nil || len(in.plan.Unmatched) == 0 {
		return nil
	}
	return []check.Check{check.Warned("sources", strings.Join(in.plan.Unmatched, "\n"), plan.FixUnmatched+"; commit that to "+in.plan.BaseRef)}
}
