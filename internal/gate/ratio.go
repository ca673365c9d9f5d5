package gate

import (
	"fmt"

	"github.com/tunegate/tunegate/internal/eval"
	"github.com/tunegate/tunegate/internal/stats"
)

// ratio compares the candidate's answers with the baseline's by mean tokens or median
// milliseconds, over the turns that both answered.
func (r results) ratio(name string, suites []string, limit Ratio) Rule {
	rule := Rule{Rule: name, P: 1, Outcome: Inconclusive}
	value := func(turn eval.Turn) float64 { return float64(turn.OutputTokens) }
	middle, what, unit, none := mean, "the mean answer", "tokens", "the baseline produced no tokens to compare"
	if name == LatencyMedian {
		value = func(turn eval.Turn) float64 { return float64(turn.MS) }
		middle, what, unit, none = stats.Median, "the median answer", "time", "the baseline has no times to compare"
	}
	var before, after []float64
	for _, p := range r.of(suites) {
		if !p.answered() {
			rule.Missing++
			continue
		}
		for i := range min(len(p.baseline.Turns), len(p.candidate.Turns)) {
			before = append(before, value(p.baseline.Turns[i]))
			after = append(after, value(p.candidate.Turns[i]))
		}
	}
	if rule.N = len(before); rule.N > 0 {
		rule.Baseline, rule.Candidate = middle(before), middle(after)
	}
	if rule.Baseline == 0 {
		rule.Why = none
		return rule
	}
	times := rule.Candidate / rule.Baseline
	rule.Delta = times - 1
	rule.Outcome = Pass
	if times > limit.MaxRatio {
		rule.Outcome = Fail
	}
	rule.Why = fmt.Sprintf("%s takes %.2f times the baseline's %s; the limit is %.2f", what, times, unit, limit.MaxRatio)
	return rule
}

func mean(values []float64) float64 {
	var sum float64
	for _, value := range values {
		sum += value
	}
	return sum / float64(len(values))
}
