package promote

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/tunegate/tunegate/internal/gate"
	"github.com/tunegate/tunegate/internal/pipeline"
	"github.com/tunegate/tunegate/internal/runs"
	"github.com/tunegate/tunegate/internal/step"
)

// approved is the verdict of a run, if that allows a promotion.
func approved(home string, record runs.Record) (gate.Verdict, error) {
	if record.Outcome == "" {
		return gate.Verdict{}, refuse(ErrUsage, "run %s has no verdict%s, so it cannot be promoted (hint: `tunegate list` shows which runs can)", record.ID, how(record))
	}
	verdict, err := judged(home, record)
	if err != nil {
		return gate.Verdict{}, err
	}
	if !verdict.Promotable {
		return gate.Verdict{}, refuse(ErrVerdict, "run %s cannot be promoted, because its verdict is %s: %s (hint: `tunegate list` shows which runs can)", record.ID, verdict.Outcome, against(verdict))
	}
	return verdict, nil
}

// judged is the verdict of a run, whose Promotable an older tunegate may have set
// although the policy blocked it, or the run did not end properly.
func judged(home string, record runs.Record) (gate.Verdict, error) {
	dir := runs.Folder(home, record.ID)
	verdict, err := gate.Load(filepath.Join(dir, string(step.Gate), "verdict.json"))
	if err != nil || !verdict.Promotable {
		return verdict, err
	}
	policy := gate.Policy{Merge: gate.Merge{OnInconclusive: gate.Block}} // if none is known
	if verdict.Outcome == gate.Inconclusive {
		if about, err := pipeline.LoadReport(dir); err == nil {
			policy = about.Policy
		}
	}
	verdict.Promotable = verdict.Approves(policy) && record.State == step.Done && record.Outcome == string(verdict.Outcome)
	return verdict, nil
}

// how tells why a run has no verdict.
func how(record runs.Record) string {
	switch {
	case record.Ended != "":
		return " (" + record.Ended + ")"
	case record.State != "":
		return " (" + string(record.State) + ")"
	}
	return ""
}

// maxReasons bounds the rules that a refusal names.
const maxReasons = 5

// against lists the rules that did not pass, with reasons.
func against(v gate.Verdict) string {
	if v.ModelID == "" && len(v.Rules) == 0 {
		return "it judged no new model"
	}
	var reasons []string
	for _, rule := range v.Rules {
		if rule.Outcome == gate.Pass || rule.Outcome == gate.Reported {
			continue
		}
		if len(reasons) == maxReasons {
			reasons = append(reasons, "and more")
			break
		}
		name := strings.TrimSpace(fmt.Sprintf("%s %.100s", rule.Rule, rule.Suite))
		reasons = append(reasons, fmt.Sprintf("%s: %.300s", name, rule.Why))
	}
	if reasons == nil {
		return "the policy blocks it, or the run did not end properly"
	}
	return strings.Join(reasons, "; ")
}
