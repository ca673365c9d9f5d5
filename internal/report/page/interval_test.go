package page

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/tunegate/tunegate/internal/gate"
	"github.com/tunegate/tunegate/internal/report/reporttest"
)

func TestAxisSpansTheRules(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		low, high float64
		want      string
	}{
		{-.053, .053, "−15 −10 −5 0 +5 +10"},
		{-.615, -.385, "−80 −60 −40 −20 0 +20"},
		{0, 0, "−12 −10 −8 −6 −4 −2 0 +2"},
		{-1, 1, "−100 −50 0 +50 +100"},
	} {
		span, step := newAxis([]gate.Rule{{Rule: gate.NoHarm, N: 10, CI: [2]float64{test.low, test.high}}}, reporttest.Policy())
		var labels []string
		for _, tick := range span.ticks(step) {
			labels = append(labels, tick.Label)
		}
		if got := strings.Join(labels, " "); got != test.want {
			t.Errorf("%g to %g: %s, want %s", test.low, test.high, got, test.want)
		}
	}
}

func TestIntervalsStayInsideTheirPlot(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		share := rapid.Float64Range(-1, 1)
		names := rapid.SampledFrom([]string{gate.NoHarm, gate.PromoteGain, gate.PromoteNoLoss, gate.Answers, gate.Observed, gate.OutputTokens})
		var rules []gate.Rule
		for range rapid.IntRange(0, 5).Draw(t, "rules") {
			low, high := share.Draw(t, "low"), share.Draw(t, "high")
			rule := gate.Rule{Rule: names.Draw(t, "rule"), N: 5, CI: [2]float64{min(low, high), max(low, high)}}
			rule.Delta = (rule.CI[0] + rule.CI[1]) / 2
			rules = append(rules, rule)
		}
		p := reporttest.Policy()
		p.Merge.Margin, p.Promote.Gain.AtLeast = rapid.Float64Range(0, 1).Draw(t, "margin"), rapid.Float64Range(0, 1).Draw(t, "gain")
		span, step := newAxis(rules, p)
		ticks := span.ticks(step)
		zero := false
		for _, tick := range ticks {
			zero = zero || tick.Label == "0" && tick.At == span.at(0)
		}
		if len(ticks) < 2 || len(ticks) > mostTicks || !zero {
			t.Fatalf("%+v", ticks)
		}
		for _, rule := range rules {
			plot := span.plot(rule, p)
			if plot == nil {
				continue
			}
			const slack = 1e-9
			for _, at := range []percent{plot.Low, plot.Width, plot.Point, plot.Zero, plot.From, plot.Long} {
				if !(at >= -slack && at <= 100+slack) {
					t.Fatalf("%+v", plot)
				}
			}
			if plot.Point < plot.Low-slack || plot.Point > plot.Low+plot.Width+slack || plot.From+plot.Long > 100+slack {
				t.Fatalf("%+v", plot)
			}
		}
	})
}

func TestZones(t *testing.T) {
	t.Parallel()
	for rule, want := range map[string]string{
		gate.NoHarm: "bad", gate.PromoteNoLoss: "bad", gate.PromoteGain: "good", gate.Answers: "", gate.Observed: "",
	} {
		rules := []gate.Rule{{Rule: rule, N: 3}}
		span, _ := newAxis(rules, reporttest.Policy())
		if got := span.plot(rules[0], reporttest.Policy()).Zone; got != want {
			t.Errorf("%s: zone %q, want %q", rule, got, want)
		}
	}
	if plot := (axis{-1, 1}).plot(gate.Rule{Rule: gate.NoHarm}, reporttest.Policy()); plot != nil {
		t.Errorf("a plot of nothing: %+v", plot)
	}
}
