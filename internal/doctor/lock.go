package doctor

import (
	"context"

	"github.com/tunegate/tunegate/internal/check"
	"github.com/tunegate/tunegate/internal/plan"
)

// lockChecks check for the lock of a base model outside the repository, which describes it
// to other machines. Whether the base matches is the base's check.
func lockChecks(ctx context.Context, in inspection) []check.Check {
	switch {
	case in.plan == nil || !in.plan.Gated || in.base.weights == 0:
		return nil
	case in.plan.Lock != nil:
		return []check.Check{check.Passed("lock", in.plan.LockPath()+" at "+in.plan.BaseRef+", matches the base on this machine")}
	case in.plan.BaseInRepository():
		return nil
	}
	fix := "`" + in.setup() + "` writes it; commit it to " + in.plan.BaseRef
	if files, err := in.about.Repo.Uncommitted(ctx, in.plan.LockPath()); err == nil && len(files) > 0 {
		fix = plan.HowToCommit(in.plan.BaseRef, files)
	}
	return []check.Check{check.Warned("lock", in.plan.BaseRef+" has no "+in.plan.LockPath()+": a machine without the base cannot check records for its control tokens", fix)}
}
