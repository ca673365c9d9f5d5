package doctor

import (
	"context"
	"fmt"

	"github.com/tunegate/tunegate/internal/check"
)

// contextChecks compare num_ctx with the context that the base was made for,
// beyond which a server cuts silently; none if the base's check failed.
func contextChecks(ctx context.Context, in inspection) []check.Check {
	if in.plan == nil || !check.Healthy(in.ofBase) {
		return nil
	}
	has, err := in.plan.CheckContext(ctx)
	if err != nil {
		return []check.Check{check.Stopped("context", err, "set a smaller `num_ctx` under `serve.parameters` in the config")}
	}
	return []check.Check{check.Passed("context", fmt.Sprintf("num_ctx %d of the base's %d tokens", in.plan.Config.Eval.NumCtx, has))}
}
