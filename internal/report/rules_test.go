package report

import (
	"testing"

	"github.com/tunegate/tunegate/internal/gate"
)

// A suite that the baseline hardly ever passes has nothing to lose, so no drop is
// detectable in it; a gain is.
func TestDetects(t *testing.T) {
	t.Parallel()
	for want, rule := range map[string]gate.Rule{
		"16.0": {Rule: gate.NoHarm, Baseline: 0.5, Detects: 0.16},
		"none": {Rule: gate.NoHarm, Baseline: 0.02, Detects: 0.12},
		"12.0": {Rule: gate.PromoteGain, Baseline: 0.02, Detects: 0.12},
		"13.0": {Rule: gate.Observed, Baseline: 0.02, Detects: 0.13},
	} {
		if got := detects(rule); got != want {
			t.Errorf("%+v: %s, want %s", rule, got, want)
		}
	}
	for why, rule := range map[string]gate.Rule{
		"too few cases": {Rule: gate.PromoteGain, Detects: 1}, "too few failures": {Rule: gate.PromoteGain, Baseline: 0.9, Detects: 0.12},
	} {
		if got := detects(rule); got != "none" {
			t.Errorf("of %s: %s", why, got)
		}
	}
}
