package gate

import (
	"maps"
	"slices"
	"strings"

	"github.com/tunegate/tunegate/internal/eval"
	"github.com/tunegate/tunegate/internal/stats"
	"github.com/tunegate/tunegate/internal/suite"
)

// pair holds the results of both models for one case in one history mode.
type pair struct {
	suite, id, cluster  string
	baseline, candidate *eval.Case
}

// answered says that both models gave usable answers.
func (p pair) answered() bool {
	return evidence(p.baseline) && evidence(p.candidate)
}

// usable says that both models gave usable answers that could be graded.
func (p pair) usable() bool {
	return decided(p.baseline) && decided(p.candidate)
}

// couldRegress says that a regression of the pair is not excluded.
func (p pair) couldRegress() bool {
	fails := decided(p.baseline) && !*p.baseline.Pass
	passes := decided(p.candidate) && *p.candidate.Pass
	return !fails && !passes
}

func evidence(c *eval.Case) bool { return c != nil && c.Evidence != eval.None }

func decided(c *eval.Case) bool { return evidence(c) && c.Pass != nil }

// net is the candidate's passes minus the baseline's: -1, 0 or 1.
func (p pair) net() int {
	switch {
	case *p.candidate.Pass == *p.baseline.Pass:
		return 0
	case *p.candidate.Pass:
		return 1
	default:
		return -1
	}
}

// ID names a case in a verdict: its id, followed by "@own" if the model saw its own
// earlier answers instead of the suite's.
func ID(c eval.Case) string {
	if c.History == string(suite.Own) {
		return c.Case + "@own"
	}
	return c.Case
}

// results are the pairs of each suite, in the order of the cases.
type results struct {
	pairs map[string][]pair
	roles map[string]suite.Role
}

func collect(cases []eval.Case) results {
	r := results{pairs: make(map[string][]pair), roles: make(map[string]suite.Role)}
	at := make(map[[3]string]int)
	for i := range cases {
		c := &cases[i]
		key := [3]string{c.Suite, c.Case, c.History}
		index, ok := at[key]
		if !ok {
			index = len(r.pairs[c.Suite])
			at[key] = index
			r.pairs[c.Suite] = append(r.pairs[c.Suite], pair{suite: c.Suite, id: ID(*c), cluster: c.Cluster})
			r.roles[c.Suite] = suite.Role(c.Role)
		}
		switch c.Model {
		case eval.Candidate:
			r.pairs[c.Suite][index].candidate = c
		case eval.Baseline:
			r.pairs[c.Suite][index].baseline = c
		}
	}
	return r
}

// names lists the suites of the roles, sorted.
func (r results) names(roles ...suite.Role) []string {
	var names []string
	for _, name := range slices.Sorted(maps.Keys(r.roles)) {
		if slices.Contains(roles, r.roles[name]) {
			names = append(names, name)
		}
	}
	return names
}

// of lists the pairs of the suites, one suite after the other.
func (r results) of(suites []string) []pair {
	var pairs []pair
	for _, name := range suites {
		pairs = append(pairs, r.pairs[name]...)
	}
	return pairs
}

// level is that of the interval: its ends are the one-sided 95 % bounds.
const level = 0.90

// compare fills a rule with the passes of the pairs. alpha is the level at
// which its test holds.
func (r results) compare(rule string, suites []string, side stats.Side, alpha float64) Rule {
	made := Rule{Rule: rule, Suite: strings.Join(suites, ", ")}
	clusters := make(map[[2]string]stats.Cluster)
	var before, after int
	for _, p := range r.of(suites) {
		if !p.usable() {
			made.Missing++
			if p.couldRegress() {
				made.CouldRegress++
			}
			continue
		}
		id := p.id
		if made.Pooled() {
			id = p.suite + "/" + p.id
		}
		made.N++
		if *p.baseline.Pass {
			before++
		}
		if *p.candidate.Pass {
			after++
		}
		switch p.net() {
		case 1:
			made.Fixed = append(made.Fixed, id)
		case -1:
			made.Regressed = append(made.Regressed, id)
		}
		key := [2]string{p.suite, p.cluster}
		cluster := clusters[key]
		clusters[key] = stats.Cluster{Sum: cluster.Sum + p.net(), Size: cluster.Size + 1}
	}
	units := slices.Collect(maps.Values(clusters))
	made.Clusters = len(units)
	made.P = stats.SignFlip(units, side)
	made.CI[0], made.CI[1] = stats.Interval(units, level)
	made.Detects = stats.Detects(units, alpha)
	if made.N > 0 {
		n := float64(made.N)
		made.Baseline, made.Candidate, made.Delta = float64(before)/n, float64(after)/n, float64(after-before)/n
	}
	return made
}
