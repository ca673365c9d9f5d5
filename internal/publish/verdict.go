package publish

import (
	"fmt"
	"slices"

	"github.com/tunegate/tunegate/internal/dataset"
	"github.com/tunegate/tunegate/internal/eval"
	"github.com/tunegate/tunegate/internal/gate"
)

// recompute computes the verdict of a judged run from its findings and graded cases.
func recompute(p gate.Policy, findings []dataset.Finding, cases []eval.Case) gate.Verdict {
	switch {
	case slices.ContainsFunc(findings, dataset.Finding.Blocks):
		return gate.Data(findings, p)
	case len(cases) == 0:
		return gate.Unchanged("", p)
	default:
		return gate.Decide(p, cases)
	}
}

// agree is an error if a run claims a different verdict from that of its own cases.
// Only the latter is shown, so only what a reader acts on is
// compared: a policy that changed since may give other rules.
func agree(claimed, made gate.Verdict) error {
	if claimed.Outcome != made.Outcome || claimed.Promotable != made.Promotable {
		return fmt.Errorf("the run claims %s, but its graded cases give %s under the policy of the base branch (hint: if that policy changed since, run again; if not, the result was tampered with)",
			outcome(claimed), outcome(made))
	}
	if made.Outcome != gate.Same && (claimed.ModelID != made.ModelID || claimed.BaselineModelID != made.BaselineModelID) {
		return fmt.Errorf("the run claims to have judged the models %.12q and %.12q, but its graded cases are about %.12q and %.12q (hint: run again)",
			claimed.ModelID, claimed.BaselineModelID, made.ModelID, made.BaselineModelID)
	}
	return nil
}

// outcome writes what a reader acts on.
func outcome(v gate.Verdict) string {
	if v.Promotable {
		return fmt.Sprintf("%.20s, promotable", v.Outcome)
	}
	return fmt.Sprintf("%.20s, not promotable", v.Outcome)
}
