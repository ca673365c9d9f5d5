package gate

import (
	"math"
	"testing"

	"github.com/tunegate/tunegate/internal/eval"
	"github.com/tunegate/tunegate/internal/suite"
)

func TestRatio(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name             string
		policy           func(*Policy)
		rule             string
		change           func(*eval.Case)
		baseline, candid float64
		outcome          Outcome
		why              string
	}{
		{"longer", func(p *Policy) { p.Merge.OutputTokens = &Ratio{1.25} }, OutputTokens,
			func(c *eval.Case) { c.Turns[0].OutputTokens = 14 }, 10, 14, Fail,
			"the mean answer takes 1.40 times the baseline's tokens; the limit is 1.25"},
		{"as long as allowed", func(p *Policy) { p.Merge.OutputTokens = &Ratio{1.25} }, OutputTokens,
			func(c *eval.Case) { c.Turns[0].OutputTokens, c.Pass = 12, nil }, 10, 12, Pass,
			"the mean answer takes 1.20 times the baseline's tokens; the limit is 1.25"},
		{"slower", func(p *Policy) { p.Promote.LatencyMedian = &Ratio{1.1} }, LatencyMedian,
			func(c *eval.Case) { c.Turns[0].MS = 120 }, 100, 120, Fail,
			"the median answer takes 1.20 times the baseline's time; the limit is 1.10"},
		{"excluded", func(p *Policy) { p.Promote.LatencyMedian = &Ratio{1.1} }, LatencyMedian,
			func(c *eval.Case) { c.Evidence = eval.None }, 0, 0, Inconclusive,
			"the baseline has no times to compare"},
	} {
		p := usual()
		test.policy(&p)
		cases := graded("symbolic", suite.Target, want{50, both})
		for i := range cases {
			if cases[i].Model == eval.Candidate {
				test.change(&cases[i])
			}
		}
		v := Decide(p, cases)
		r := rule(t, v, test.rule, "")
		if r.Baseline != test.baseline || r.Candidate != test.candid || r.Outcome != test.outcome || r.Why != test.why {
			t.Errorf("%s: %+v", test.name, r)
		}
		if test.rule == OutputTokens && test.outcome == Fail && v.Outcome != Fail {
			t.Errorf("%s: the verdict is %s", test.name, v.Outcome)
		}
	}
}

func TestMean(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		values []float64
		want   float64
	}{{[]float64{3}, 3}, {[]float64{9, 1, 2}, 4}, {[]float64{9, 1, 2, 4}, 4}} {
		if m := mean(test.values); math.Abs(m-test.want) > 1e-12 {
			t.Errorf("%v: %g", test.values, m)
		}
	}
}
