package gate

import (
	"testing"

	"github.com/tunegate/tunegate/internal/suite"
)

func TestLostAnswersAreHarm(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		cases     []want
		outcome   Outcome // of the verdict
		rule      Outcome // of merge.answers; empty: the rule is not there
		regressed int
	}{
		"all answered":          {[]want{{60, both}}, Pass, "", 0},
		"all lost":              {[]want{{60, silent}}, Fail, Fail, 60},
		"a fifth lost":          {[]want{{48, both}, {12, silent}}, Fail, Fail, 12},
		"two lost":              {[]want{{58, both}, {2, silent}}, Pass, Pass, 2},
		"the baseline lost all": {[]want{{60, rambling}}, Inconclusive, Pass, 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := Decide(usual(), graded("s", suite.Target, test.cases...))
			if v.Outcome != test.outcome {
				t.Errorf("outcome %s, want %s", v.Outcome, test.outcome)
			}
			var rule Rule
			for _, r := range v.Rules {
				if r.Rule == Answers {
					rule = r
				}
			}
			if rule.Outcome != test.rule || len(rule.Regressed) != test.regressed {
				t.Errorf("rule %+v, want %q with %d regressed", rule, test.rule, test.regressed)
			}
		})
	}
}
