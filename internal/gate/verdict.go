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

// Inconclusive means too little data for either. Reported is for a suite that
// no rule judges, Unchanged for a verdict on a change that changes no model.
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
	// Promotable says that the policy lets it through and every promote rule passed.
	Promotable bool `json:"promotable"`
	// ModelID is the candidate's; empty when none was made.
	ModelID         string `json:"model_id,omitempty"`
	BaselineModelID string `json:"baseline_model_id,omitempty"`
	PolicySHA256    string `json:"policy_sha256"`
	Rules           []Rule `json:"rules"`
}

// Rule is one rule's finding. Rates are shares, 0 to 1.
type Rule struct {
	Rule string `json:"rule"`
	// Suite is what was looked at; several suites are joined by ", ".
	Suite string `json:"suite,omitempty"`
	// N is the number of pairs that count: pairs of cases, or of turns for the
	// rules on tokens and latency, or new errors for the rule data.
	N int `json:"n"`
	// Clusters is the number of independent groups among the pairs.
	Clusters int `json:"clusters,omitempty"`
	// Missing is the number of pairs without two usable answers. CouldRegress are
	// those of them where the baseline is not known to fail, nor the candidate to
	// pass.
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
	// P is the one-sided p value, not corrected; 1 where nothing is tested.
	P float64 `json:"p"`
	// Fixed and Regressed are case ids (see ID), in promote.gain and merge.answers behind SUITE/.
	Fixed     []string `json:"fixed,omitempty"`
	Regressed []string `json:"broken,omitempty"`
	// Detects is the smallest true change of the rate that the rule's test finds
	// with power .80, the correction for many suites included; 1: none at all.
	Detects float64 `json:"detects,omitzero"`
	Outcome Outcome `json:"outcome"`
	Why     string  `json:"why"`
}

// Pooled says that the rule looks at several suites together, so that Suite is a
// list and its case ids stand behind SUITE/.
func (r Rule) Pooled() bool { return r.Rule == PromoteGain || r.Rule == Answers }

// Data is the verdict on data that blocks: the new findings of level error.
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
// baselineModelID may be empty: nothing had to be asked.
func Unchanged(baselineModelID string, p Policy) Verdict {
	return Verdict{Schema: 1, Outcome: Same, BaselineModelID: baselineModelID, PolicySHA256: p.SHA256(), Rules: []Rule{}}
}

// ExitCode is 0 when the policy lets the verdict through, 3 for a fail, and 4
// for an inconclusive one that the policy blocks on.
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
// promotion of the model that it is about, under the policy that it was given by.
func (v Verdict) Approves(p Policy) bool {
	judged := v.Outcome == Pass || v.Outcome == Inconclusive
	return v.Promotable && v.ModelID != "" && judged && ExitCode(v, p) == 0
}

// Save writes the verdict to path, in place of what was there.
func (v Verdict) Save(path string) error { return store.WriteJSON(path, v) }

// Load reads a verdict that Save wrote.
func Load(path string) (Verdict, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return Verdict{}, err
	}
	var v Verdict
	if err := json.Unmarshal(data, &v); err != nil {
		return Verdict{}, fmt.Errorf("%s: %w (hint: run gate again)", path, err)
	}
	if v.Schema != 1 {
		return Verdict{}, fmt.Errorf("%s: verdict of schema %d, this tunegate reads 1 (hint: run gate again)", path, v.Schema)
	}
	return v, nil
}
