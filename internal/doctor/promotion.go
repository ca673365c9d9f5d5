package doctor

import (
	"context"
	"fmt"

	"github.com/tunegate/tunegate/internal/check"
	"github.com/tunegate/tunegate/internal/machine"
)

// promotionChecks ask the servers that a promotion copies a model to. The one that
// evaluates it is toolChecks' concern, since runs need it; these only a promotion
// does.
func promotionChecks(ctx context.Context, in inspection) []check.Check {
	if in.config == nil {
		return nil
	}
	var checks []check.Check
	for _, server := range machine.AskPromotionServers(ctx, *in.config) {
		if server.Err != nil {
			checks = append(checks, check.Warned("promotion", fmt.Sprintf("%s would stop a promotion: %v", server.Address, server.Err), fixServer(server, "promote.to")))
			continue
		}
		checks = append(checks, check.Passed("promotion", server.Version+" at "+server.Address))
	}
	return checks
}
