package doctor

import (
	"context"

	"github.com/tunegate/tunegate/internal/check"
)

// lockChecks look for the lock of a base model outside the repository, by which other
// machines know it. Whether the base is as it says is the base's check.
func lockChecks(_ context.Context, in inspection) []check.Check {
	switch {
	case in.plan == nil || in.base.weights == 0:
		return nil
	case in.plan.Lock != nil:
		return []check.Check{check.Passed("lock", in.plan.LockPath()+" at "+in.plan.BaseRef+", of the base that lies here")}
	case in.plan.BaseInRepository():
		return nil
	}
	return []check.Check{check.Warned("lock", in.plan.BaseRef+" has no "+in.plan.LockPath()+": a machine without the base cannot look for its control tokens in records",
		"`"+in.setup()+"` writes it: commit it to "+in.plan.BaseRef)}
}
