package doctor

import (
	"context"

	"github.com/tunegate/tunegate/internal/check"
)

// cloneChecks warns of a clone that can be read but may mislead a run: one with
// truncated history, and one that does not know that the default branch was renamed,
// while the old one still exists.
func cloneChecks(ctx context.Context, in inspection) (found []check.Check) {
	r := in.about.Repo
	if r == nil {
		return nil
	}
	if r.Shallow() {
		found = append(found, check.Warned("history", "this clone is shallow: a change that branched off before its first commit cannot be judged",
			"`git fetch --unshallow origin`; with actions/checkout, `fetch-depth: 0`"))
	}
	const old, renamed = "refs/remotes/origin/master", "refs/remotes/origin/main"
	if branch, err := r.DefaultBranch(ctx); err != nil || branch != old {
		return found
	}
	if ahead, err := r.Contains(ctx, renamed, old); err == nil && ahead {
		found = append(found, check.Warned("default branch", "changes are judged against origin/master, but origin/main contains all of it and may have replaced it",
			"`git fetch --prune origin && git remote set-head origin --auto`; if master is the default branch, delete main or name the base with --base"))
	}
	return found
}
