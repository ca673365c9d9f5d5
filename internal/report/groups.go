package report

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/tunegate/tunegate/internal/eval"
	"github.com/tunegate/tunegate/internal/gate"
)

// The bounds of a group of flips: so many are open to the eye, the others one
// fold away where they are not just a few.
const (
	groupFirst   = 20
	groupFew     = 5
	groupReasons = 5
)

// flipGroup is the flips of one suite.
type flipGroup struct {
	Suite   string
	Said    string // how many of how many
	Bar     []segment
	Reasons []string // the assertions that failed most
	First   []shownFlip
	More    []shownFlip
}

// segment is a share of a suite's cases that went the same way.
type segment struct {
	Kind      string // a class of the page
	At, Width percent
	Said      string
}

// groups sorts flips by suite, in the order of the first of each.
func (r Report) groups(flips []flip, what string, b budget, open bool) (groups []flipGroup) {
	at, ways := r.places(), r.ways()
	index := make(map[string]int)
	reasons := make(map[string]map[string]int)
	for _, f := range flips {
		suite := f.candidate.Suite
		i, known := index[suite]
		if !known {
			i = len(groups)
			index[suite] = i
			reasons[suite] = make(map[string]int)
			groups = append(groups, flipGroup{Suite: line(suite, 200), Bar: ways[suite].bar()})
		}
		g := &groups[i]
		shown := r.show(f, at, b)
		shown.Open = open && i == 0 && len(g.First) == 0
		if len(g.First) < groupFirst {
			g.First = append(g.First, shown)
		} else {
			g.More = append(g.More, shown)
		}
		for _, kind := range f.failedKinds() {
			reasons[suite][kind]++
		}
	}
	for suite, i := range index {
		g := &groups[i]
		g.Said = fmt.Sprintf("%d of %s %s", len(g.First)+len(g.More), count(ways[suite].total(), "case"), what)
		g.Reasons = commonest(reasons[suite])
		if len(g.More) < groupFew {
			g.First, g.More = append(g.First, g.More...), nil
		}
	}
	return groups
}

// failedKinds are the types of assertion that the failing side failed, each once.
func (f flip) failedKinds() (kinds []string) {
	failing := f.candidate
	if failing.Pass != nil && *failing.Pass {
		failing = f.baseline
	}
	for _, assert := range failing.Asserts {
		if assert.Result == eval.Fail && assert.Weight > 0 && !slices.Contains(kinds, assert.Type) {
			kinds = append(kinds, assert.Type)
		}
	}
	if len(kinds) == 0 && failing.Why != "" {
		kinds = append(kinds, failing.Why)
	}
	return kinds
}

func commonest(counts map[string]int) (written []string) {
	kinds := slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b))
	})
	for _, kind := range kinds[:min(len(kinds), groupReasons)] {
		written = append(written, fmt.Sprintf("%s (%d)", line(kind, 80), counts[kind]))
	}
	return written
}

// way counts the cases of a suite by how they went.
type way struct{ right, fixed, wrong, broke, unknown int }

func (w way) total() int { return w.right + w.fixed + w.wrong + w.broke + w.unknown }

// bar is the way as segments from left to right.
func (w way) bar() (bar []segment) {
	var at percent
	for _, part := range []struct {
		kind, said string
		n          int
	}{
		{"right", "right before and after", w.right}, {"fixed", "fixed", w.fixed}, {"wrong", "wrong before and after", w.wrong},
		{"broke", "broken", w.broke}, {"unknown", "without two usable answers", w.unknown},
	} {
		if part.n > 0 {
			width := percent(100 * float64(part.n) / float64(w.total()))
			bar = append(bar, segment{part.kind, at, width, fmt.Sprintf("%d %s", part.n, part.said)})
			at += width
		}
	}
	return bar
}

// ways counts the pairs of cases of each suite.
func (r Report) ways() map[string]way {
	type pair struct{ baseline, candidate *eval.Case }
	pairs := make(map[[2]string]pair)
	for i := range r.Cases {
		c := &r.Cases[i]
		key := [2]string{c.Suite, gate.ID(*c)}
		p := pairs[key]
		switch c.Model {
		case eval.Baseline:
			p.baseline = c
		case eval.Candidate:
			p.candidate = c
		}
		pairs[key] = p
	}
	ways := make(map[string]way)
	for key, p := range pairs {
		w := ways[key[0]]
		switch {
		case p.baseline == nil || p.candidate == nil || p.baseline.Pass == nil || p.candidate.Pass == nil:
			w.unknown++
		case *p.baseline.Pass && *p.candidate.Pass:
			w.right++
		case *p.baseline.Pass:
			w.broke++
		case *p.candidate.Pass:
			w.fixed++
		default:
			w.wrong++
		}
		ways[key[0]] = w
	}
	return ways
}
