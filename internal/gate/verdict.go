package gate

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/tunegate/tunegate/internal/dataset"
	"github.com/tunegate/tunegate/internal/store"
)

// Outcome is the result of a rule or of the whole gate.
type Outcome string

// Inconclusive means too little data for either. Reported is for a suite without a rule,
// Same for a change that leaves the model unchanged.
const (
	Pass         Outcome = "pass"
	Fail         Outcome = "fail"
	Inconclusive Outcome = "inconclusive"
	Reported     Outcome = "reported"
	Same         Outcome = "unchanged"
)

// The names of the rules; those of one stage share its prefix.
const (
	NoHarm        = "merge.no_harm"
	Answers       = "merge.answers"
	OutputTokens  = "merge.output_tokens"
	PromoteGain   = "promote.gain"
	PromoteNoLoss = "promote.no_worse"
	LatencyMedian = "promote.latency_median"
	Observed      = "observed"
	DataErrors    = "data"
)

// Verdict is verdict.json.
type Verdict struct {
	Schema  int     `json:"schema"`
	Outcome Outcome `json:"outcome"`
	// Promotable says that the policy allows the outcome and every promote rule passed.
	Promotable bool `json:"promotable"`
	// ModelID is the candidate's; empty if none was made.
	ModelID         string `json:"model_id,omitempty"`
	BaselineModelID string `json:"baseline_model_id,omitempty"`
	PolicySHA256    string `json:"policy_sha256"`
	Rules           []Rule `json:"rules"`
}

// Rule is the result of one rule. Rates are shares, 0 to 1.
type Rule struct {
	Rule string `json:"rule"`
	// Suite is the tested suite; several are joined by ", ".
	Suite string `json:"suite,omitempty"`
	// N is the number of pairs that count: pairs of cases, or of turns for the
	// rules on tokens and latency, or new errors for the rule data.
	N int `json:"n"`
	// Clusters is the number of clusters, the independent units, among the pairs.
	Clusters int `json:"clusters,omitempty"`
	// Missing is the number of pairs without two usable answers. CouldRegress counts
	// those where the baseline is not known to fail, nor the candidate to pass.
	Missing      int `json:"missing,omitempty"`
	CouldRegress int `json:"could_break,omitempty"`
	// Baseline and Candidate are pass rates, mean tokens, or median milliseconds.
	Baseline  float64 `json:"baseline"`
	Candidate float64 `json:"candidate"`
	// Delta is the difference of the rates; of tokens and latency, the relative
	// change.
	Delta float64 `json:"delta"`
	// CI is the two-sided 90 % interval of Delta. Each end is a one-sided 95 %
	// bound, which is what the rules use. Rates only.
	CI [2]float64 `json:"ci,omitzero"`
	// P is the one-sided p value, not corrected; 1 if nothing is tested.
	P float64 `json:"p"`
	// Fixed and Regressed are case ids (see ID), in promote.gain and merge.answers prefixed with SUITE/.
	Fixed     []string `json:"fixed,omitempty"`
	Regressed []string `json:"broken,omitempty"`
	// Detects is the smallest true change of the rate that the rule's test finds
	// with power .80, including the correction for many suites; 1: none.
	Detects float64 `json:"detects,omitzero"`
	Outcome Outcome `json:"outcome"`
	Why     string  `json:"why"`
}

// Pooled says that the rule pools several suites, so that Suite is a list and its case
// ids are prefixed with SUITE/.
func (r Rule) Pooled() bool { return r.Rule == PromoteGain || r.Rule == Answers }

// Data is the verdict on data with blocking findings: new ones of level error.
func Data(findings []dataset.Finding, p Policy) Verdict {
	counts := make(map[string]int)
	var total int
	for _, finding := range findings {
		if finding.Blocks() {
			counts[finding.Check]++
			total++
		}
	}
	var parts []string
	for check, count := range counts {
		parts = append(parts, fmt.Sprintf("%s %d", check, count))
	}
	slices.Sort(parts)
	return Verdict{Schema: 1, Outcome: Fail, PolicySHA256: p.SHA256(), Rules: []Rule{{
		Rule: DataErrors, N: total, P: 1, Outcome: Fail, Why: strings.Join(parts, ", "),
	}}}
}

// Unchanged is the verdict on a change that leaves the model as it is.
// baselineModelID may be empty.
func Unchanged(baselineModelID string, p Policy) Verdict {
	return Verdict{Schema: 1, Outcome: Same, BaselineModelID: baselineModelID, PolicySHA256: p.SHA256(), Rules: []Rule{}}
}

// ExitCode is 0 if the policy allows the verdict, 3 for a fail, and 4 for an inconclusive
// one that the policy blocks.
func ExitCode(v Verdict, p Policy) int {
	switch {
	case v.Outcome == Fail:
		return 3
	case v.Outcome == Inconclusive && p.Merge.OnInconclusive == Block:
		return 4
	default:
		return 0
	}
}

// Approves says whether a verdict, which an older tunegate may have written, allows the
// promotion of its model under the policy that it was given by.
func (v Verdict) Approves(p Policy) bool {
	judged := v.Outcome == Pass || v.Outcome == Inconclusive
	return v.Promotable && v.ModelID != "" && judged && ExitCode(v, p) == 0
}

// Save writes the verdict to path, replacing the file.
func (v Verdict) Save(path string) error { return store.WriteJSON(path, v) }

// Load reads a verdict that Save wrote.
func Load(path string) (Verdict, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return Verdict{}, err
	}
	var v Verdict
	if err := json.Unmarshal(data, &v); err != nil {
		return Verdict{}, fmt.Errorf("%s: %w (hint: rerun `tunegate gate`)", path, err)
	}
	if v.Schema != 1 {
		return Verdict{}, fmt.Errorf("%s: verdict schema %d is not supported; this tunegate reads schema 1 (hint: rerun `tunegate gate`)", path, v.Schema)
	}
	return v, nil
}
