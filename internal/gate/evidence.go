package gate

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/tunegate/tunegate/internal/eval"
	"github.com/tunegate/tunegate/internal/stats"
)

// answers tests whether the candidate lost answers: a model that no longer ends its
// answers, or gives none, is harmed, though no such answer counts as a fail. It returns
// false if no model lost one. Baseline and Candidate are the shares of cases with usable
// answers.
func (r results) answers(suites []string) (Rule, bool) {
	rule := Rule{Rule: Answers, Suite: strings.Join(suites, ", ")}
	clusters := make(map[[2]string]stats.Cluster)
	var before, after int
	for _, p := range r.of(suites) {
		if p.baseline == nil || p.candidate == nil {
			continue
		}
		had, has := evidence(p.baseline), evidence(p.candidate)
		rule.N++
		key := [2]string{p.suite, p.cluster}
		cluster := clusters[key]
		cluster.Size++
		switch {
		case had && !has:
			cluster.Sum--
			rule.Regressed = append(rule.Regressed, p.suite+"/"+p.id)
		case has && !had:
			cluster.Sum++
			rule.Fixed = append(rule.Fixed, p.suite+"/"+p.id)
		}
		clusters[key] = cluster
		before += count(had)
		after += count(has)
	}
	if rule.N == 0 || before == rule.N && after == rule.N {
		return Rule{}, false
	}
	units := slices.Collect(maps.Values(clusters))
	rule.Clusters = len(units)
	rule.P = stats.SignFlip(units, stats.Worse)
	rule.CI[0], rule.CI[1] = stats.Interval(units, level)
	rule.Detects = stats.Detects(units, alpha)
	n := float64(rule.N)
	rule.Baseline, rule.Candidate, rule.Delta = float64(before)/n, float64(after)/n, float64(after-before)/n
	rule.Why = fmt.Sprintf("%d of %d cases lost their answers, %d gained one (%s); reasons: %s",
		len(rule.Regressed), rule.N, len(rule.Fixed), PValue(rule.P), r.reasons(suites))
	return rule, true
}

// reasons lists why the candidate's answers are excluded, the most frequent first.
func (r results) reasons(suites []string) string {
	counts := make(map[string]int)
	for _, p := range r.of(suites) {
		if p.candidate != nil && p.candidate.Evidence == eval.None {
			counts[p.candidate.Why]++
		}
	}
	whys := slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
		if counts[a] != counts[b] {
			return counts[b] - counts[a]
		}
		return strings.Compare(a, b)
	})
	if len(whys) == 0 {
		return "none"
	}
	return strings.Join(whys, "; ")
}

func count(yes bool) int {
	if yes {
		return 1
	}
	return 0
}
