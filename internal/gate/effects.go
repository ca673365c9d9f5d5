package gate

import (
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/tunegate/tunegate/internal/stats"
	"github.com/tunegate/tunegate/internal/suite"
)

// DefaultNoise is the share of cases that are taken to flip for no reason where
// nothing was measured: the lowest discordance that tables of sample sizes for
// two models are made for. What was measured is mostly lower.
const DefaultNoise = 0.10

// Noise is the share of a rule's pairs that cancelled out, 0 to 1: flips of the
// rarer direction, twice.
func (r Rule) Noise() float64 {
	if r.N == 0 {
		return 0
	}
	return 2 * float64(min(len(r.Regressed), len(r.Fixed))) / float64(r.N)
}

// DetectableEffect is the smallest change that a rule will find, said before anything is asked.
// Shares are 0 to 1.
type DetectableEffect struct {
	Rule  string `json:"rule"`
	Suite string `json:"suite"` // several are joined by ", "
	// Cases are the pairs that will be compared, Clusters the groups of them that belong together.
	Cases    int     `json:"cases"`
	Clusters int     `json:"groups"`
	Noise    float64 `json:"noise"` // assumed, see DefaultNoise
	// Detects is the smallest true change that the test finds with power .80; 1:
	// none at all.
	Detects float64 `json:"detects"`
	// More are further cases, in clusters like those there are, that make it Then.
	More int     `json:"more,omitempty"`
	Then float64 `json:"then,omitzero"`
	// Excludes is the largest drop that stays open when nothing changes, Margin
	// the policy's; promote.gain has neither. Needs are the further cases without
	// which a model that is like the baseline ends inconclusive; Hopeless: with
	// any number that can be written it still does.
	Excludes float64 `json:"excludes,omitzero"`
	Margin   float64 `json:"margin,omitzero"`
	Needs    int     `json:"needs,omitempty"`
	Hopeless bool    `json:"hopeless,omitempty"`
}

// DetectableEffects says what the rules of the policy will detect in the suites. Noise is by
// suite; one that is not in it gets DefaultNoise.
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

// finer is the next smaller change that is worth writing cases for: three
// quarters, in whole points, or 30 points where nothing can be seen.
func finer(detects float64) float64 {
	if detects >= 1 {
		return 0.30
	}
	return max(0.01, math.Round(75*detects)/100)
}

// roundUp makes a number of cases one that a person would name.
func roundUp(cases int) int { return (cases + 4) / 5 * 5 }
