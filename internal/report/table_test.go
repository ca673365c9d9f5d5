package report

import (
	"testing"

	"github.com/tunegate/tunegate/internal/gate"
)

// A suite that the baseline hardly ever passes has nothing to lose, so no drop
// can be seen in it; a gain can.
func TestSees(t *testing.T) {
	t.Parallel()
	for want, rule := range map[string]gate.Rule{
		"16.0": {Rule: gate.NoHarm, Baseline: 0.5, Detects: 0.16},
		"none": {Rule: gate.NoHarm, Baseline: 0.02, Detects: 0.12},
		"12.0": {Rule: gate.PromoteGain, Baseline: 0.02, Detects: 0.12},
	} {
		if got := sees(rule); got != want {
			t.Errorf("%+v: %s, want %s", rule, got, want)
		}
	}
	if got := sees(gate.Rule{Rule: gate.PromoteGain, Detects: 1}); got != "none" {
		t.Errorf("of too few cases: %s", got)
	}
}
