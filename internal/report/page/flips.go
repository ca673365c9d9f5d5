package page

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/tunegate/tunegate/internal/eval"
	"github.com/tunegate/tunegate/internal/report"
	"github.com/tunegate/tunegate/internal/text"
)

// The bounds of a group of flips: the first groupFirst are listed, the rest folded
// unless fewer than groupFew; and the number of reasons.
const (
	groupFirst   = 20
	groupFew     = 5
	groupReasons = 5
)

// flipGroup is the flips of one suite.
type flipGroup struct {
	Suite   string
	Count   string // how many of how many
	Bar     []segment
	Reasons []string // the assertions that failed most
	First   []shownFlip
	More    []shownFlip
}

// segment is a share of a suite's cases that went the same way.
type segment struct {
	Kind      string // a class of the page
	At, Width percent
	Label     string
}

// flipGroups sorts flips by suite, in the order of the first of each.
func flipGroups(r report.Report, flips []report.Flip, change string, b budget, open bool) (groups []flipGroup) {
	at, tallies := suiteCases(r), r.Tallies()
	index := make(map[string]int)
	reasons := make(map[string]map[string]int)
	for _, f := range flips {
		suite := f.After.Suite
		i, known := index[suite]
		if !known {
			i = len(groups)
			index[suite] = i
			reasons[suite] = make(map[string]int)
			groups = append(groups, flipGroup{Suite: text.Shown(suite, 200), Bar: bar(tallies[suite])})
		}
		g := &groups[i]
		shown := show(r, f, at, b)
		shown.Open = open && i == 0 && len(g.First) == 0
		if len(g.First) < groupFirst {
			g.First = append(g.First, shown)
		} else {
			g.More = append(g.More, shown)
		}
		for _, kind := range failedKinds(f) {
			reasons[suite][kind]++
		}
	}
	for suite, i := range index {
		g := &groups[i]
		g.Count = fmt.Sprintf("%d of %s %s", len(g.First)+len(g.More), text.Count(tallies[suite].Total(), "case"), change)
		g.Reasons = commonest(reasons[suite])
		if len(g.More) < groupFew {
			g.First, g.More = append(g.First, g.More...), nil
		}
	}
	return groups
}

// failedKinds lists the types of assertion that the failing side failed, each once.
func failedKinds(f report.Flip) (kinds []string) {
	failing := f.After
	if failing.Pass != nil && *failing.Pass {
		failing = f.Before
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
		written = append(written, fmt.Sprintf("%s (%d)", text.Shown(kind, 80), counts[kind]))
	}
	return written
}

// bar draws the tally as segments from left to right.
func bar(t report.Tally) (bar []segment) {
	var at percent
	for _, part := range []struct {
		kind, label string
		n           int
	}{
		{"right", "passed before and after", t.Right}, {"fixed", "fixed", t.Fixed}, {"wrong", "failed before and after", t.Wrong},
		{"regressed", "regressed", t.Regressed}, {"excluded", "excluded", t.Undecided},
	} {
		if part.n > 0 {
			width := percent(100 * float64(part.n) / float64(t.Total()))
			bar = append(bar, segment{part.kind, at, width, fmt.Sprintf("%d %s", part.n, part.label)})
			at += width
		}
	}
	return bar
}
