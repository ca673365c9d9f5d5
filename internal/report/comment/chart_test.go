package comment

import (
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/gate"
	"github.com/tunegate/tunegate/internal/report"
)

func TestChart(t *testing.T) {
	t.Parallel()
	rated := func(names ...string) (r report.Report) {
		for i, name := range names {
			r.Verdict.Rules = append(r.Verdict.Rules, gate.Rule{Rule: gate.NoHarm, Suite: name, N: 10, Baseline: 0.9, Candidate: float64(i) / 2})
		}
		return r
	}
	if drawn := chart(rated("a\"]\n```", "b")); !strings.Contains(drawn, `x-axis ["a______", "b"]`) ||
		!strings.Contains(drawn, "bar [90.0, 90.0]\n  bar [0.0, 50.0]\n  bar [0.0, 50.0]\n```\n") {
		t.Errorf("got %s", drawn)
	}
	many := strings.Fields("a b c d e f g h i")
	for _, names := range [][]string{{"a"}, many, {strings.Repeat("a", 29), strings.Repeat("a", 30)}} {
		if drawn := chart(rated(names...)); drawn != "" {
			t.Errorf("%q make %s", names, drawn)
		}
	}
	if drawn := chart(rated(many[:8]...)); drawn == "" {
		t.Error("eight suites make no chart")
	}
}
