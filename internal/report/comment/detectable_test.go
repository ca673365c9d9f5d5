package comment

import (
	"testing"

	"github.com/tunegate/tunegate/internal/gate"
	"github.com/tunegate/tunegate/internal/report"
)

// Drops and gains are distinguished, and suites without a rule are left out.
func TestDetectable(t *testing.T) {
	t.Parallel()
	r := report.Report{Verdict: gate.Verdict{Rules: []gate.Rule{
		{Rule: gate.NoHarm, Suite: "a", N: 48, Baseline: 0.02, Detects: 0.16}, {Rule: gate.NoHarm, Suite: "b", N: 50, Baseline: 0.98, Detects: 0.15},
		{Rule: gate.NoHarm, Suite: "c", N: 0}, {Rule: gate.PromoteGain, Suite: "a, b", N: 98, Baseline: 0.5, Detects: 0.12},
		{Rule: gate.PromoteNoLoss, Suite: "d", N: 50, Baseline: 0.98, Detects: 0.15}, {Rule: gate.Observed, Suite: "e", N: 50, Detects: 0.15},
	}}}
	want := "**Minimum detectable effect (80 % power):** a drop of 15.0 points in `b` (50 cases); " +
		"a gain of 12.0 points in `a`, `b` (98 cases); no drop is detectable in `a` (48 cases). Smaller changes may go undetected.\n"
	if got := detectable(r); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	blind := report.Report{Verdict: gate.Verdict{Rules: []gate.Rule{{Rule: gate.NoHarm, Suite: "a", N: 3, Detects: 0.5}, {Rule: gate.PromoteGain, Suite: "b", N: 4, Baseline: 1, Detects: 0.5}}}}
	want = "**Minimum detectable effect (80 % power):** no drop is detectable in `a` (3 cases); no gain is detectable in `b` (4 cases).\n"
	if got := detectable(blind); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	r.Verdict.Rules = r.Verdict.Rules[4:]
	if got := detectable(r); got != "" {
		t.Errorf("got %s", got)
	}
}
