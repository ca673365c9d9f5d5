package gate

import (
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/tunegate/tunegate/internal/stats"
	"github.com/tunegate/tunegate/internal/suite"
)

// DefaultNoise is the share of cases that are assumed to flip at random if no noise was
// measured: the lowest discordance in sample-size tables for two models. Measured noise
// is mostly lower.
const DefaultNoise = 0.10

// Noise is the share of a rule's pairs that cancelled out, 0 to 1: twice the flips of
// the rarer direction.
func (r Rule) Noise() float64 {
	if r.N == 0 {
		return 0
	}
	return 2 * float64(min(len(r.Regressed), len(r.Fixed))) / float64(r.N)
}

// DetectableEffect is the minimum detectable effect of a rule, computed before the
// evaluation. Shares are 0 to 1.
type DetectableEffect struct {
	Rule  string `json:"rule"`
	Suite string `json:"suite"` // several are joined by ", "
	// Cases counts the pairs that will be compared, Clusters their clusters.
	Cases    int     `json:"cases"`
	Clusters int     `json:"groups"`
	Noise    float64 `json:"noise"` // assumed, see DefaultNoise
	// Detects is the smallest true change that the test finds with power .80; 1:
	// none.
	Detects float64 `json:"detects"`
	// More is the number of further cases, clustered like the present ones, that lower
	// Detects to Then.
	More int     `json:"more,omitempty"`
	Then float64 `json:"then,omitzero"`
	// Excludes is the largest drop that is not excluded when nothing changes, Margin
	// the policy's; promote.gain has neither. Needs is the number of further cases that
	// a model equal to the baseline needs to pass; Hopeless: no realistic number is
	// enough.
	Excludes float64 `json:"excludes,omitzero"`
	Margin   float64 `json:"margin,omitzero"`
	Needs    int     `json:"needs,omitempty"`
	Hopeless bool    `json:"hopeless,omitempty"`
}

// DetectableEffects returns the minimum detectable effects of the policy's rules in the
// suites. Noise is by suite; one without an entry gets DefaultNoise.
func DetectableEffects(p Policy, suites []suite.Suite, noise map[string]float64) []DetectableEffect {
	r := planned(suites)
	judged := listed(p.Merge.NoHarm, r.names(suite.Target, suite.Guard))
	targets := listed(p.Promote.Gain.AnyOf, r.names(suite.Target))
	guards := listed(p.Promote.NoWorse.AllOf, r.names(suite.Guard))
	var effects []DetectableEffect
	for _, name := range judged {
		effects = append(effects, r.effect(NoHarm, []string{name}, noise, alpha/float64(len(judged)), p.Merge.Margin))
	}
	if len(targets) > 0 {
		effects = append(effects, r.effect(PromoteGain, targets, noise, alpha, 0))
	}
	for _, name := range guards {
		effects = append(effects, r.effect(PromoteNoLoss, []string{name}, noise, alpha, p.Promote.NoWorse.Margin))
	}
	return effects
}

// planned are the pairs that an evaluation of the suites will have.
func planned(suites []suite.Suite) results {
	r := results{pairs: make(map[string][]pair), roles: make(map[string]suite.Role)}
	for _, s := range suites {
		r.roles[s.Name] = s.Role
		for _, c := range s.Cases {
			for range s.Histories(c) {
				r.pairs[s.Name] = append(r.pairs[s.Name], pair{suite: s.Name, id: c.ID, cluster: c.Cluster})
			}
		}
	}
	return r
}

func (r results) effect(rule string, suites []string, noise map[string]float64, alpha, margin float64) DetectableEffect {
	sizes := make(map[[2]string]int)
	var flips float64
	for _, p := range r.of(suites) {
		sizes[[2]string{p.suite, p.cluster}]++
		share, measured := noise[p.suite]
		if !measured {
			share = DefaultNoise
		}
		flips += share
	}
	s := DetectableEffect{Rule: rule, Suite: strings.Join(suites, ", "), Cases: len(r.of(suites)), Clusters: len(sizes), Margin: margin}
	s.Noise = flips / float64(max(1, s.Cases))
	design := stats.Plan(slices.Collect(maps.Values(sizes)), s.Noise)
	s.Detects = design.Detects(alpha)
	if wanted := finer(s.Detects); wanted < s.Detects {
		if more, found := design.More(func(d stats.Design) bool { return d.Detects(alpha) <= wanted }); found {
			s.More = roundUp(more)
			s.Then = design.Grown(s.More).Detects(alpha)
		}
	}
	if margin == 0 {
		return s
	}
	if s.Excludes = design.Excludes(level); s.Excludes > margin {
		needs, found := design.More(func(d stats.Design) bool { return d.Excludes(level) <= margin })
		s.Needs, s.Hopeless = roundUp(needs), !found
	}
	return s
}

// finer is the next smaller effect worth writing cases for: three quarters, in whole
// points, or 30 points if none is detectable.
func finer(detects float64) float64 {
	if detects >= 1 {
		return 0.30
	}
	return max(0.01, math.Round(75*detects)/100)
}

// roundUp rounds a number of cases up to a multiple of 5.
func roundUp(cases int) int { return (cases + 4) / 5 * 5 }
