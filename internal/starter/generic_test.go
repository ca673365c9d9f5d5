package starter

import (
	"testing"

	"github.com/tunegate/tunegate/internal/suite"
)

// Each case lets a good answer pass, and neither one that is only nearly good, nor
// the question again, nor the earlier answer. None needs the maths child.
func TestGenericCasesDecide(t *testing.T) {
	t.Parallel()
	answers := ofTestdata[map[string]struct{ Good, Slip string }](t, "generic/answers.yaml")
	all := suites(t, Generic)
	for who, test := range map[string]struct {
		answers pupil
		pass    bool
	}{
		"the good one":                       {func(s suite.Suite, c suite.Case) string { return answers[s.Name+"/"+c.ID].Good }, true},
		"a slip":                             {func(s suite.Suite, c suite.Case) string { return answers[s.Name+"/"+c.ID].Slip }, false},
		"one who returns the question":       {func(_ suite.Suite, c suite.Case) string { return last(c).User }, false},
		"one who repeats the earlier answer": {func(_ suite.Suite, c suite.Case) string { return lastEarlier(c) + "." }, false},
	} {
		expect(t, who, examine(t, nil, all, test.answers), test.pass)
	}
	for _, s := range all {
		for _, c := range s.Cases {
			if a := answers[s.Name+"/"+c.ID]; a.Good == "" || a.Slip == "" {
				t.Errorf("no answers to %s/%s", s.Name, c.ID)
			}
			delete(answers, s.Name+"/"+c.ID)
		}
	}
	for key := range answers {
		t.Errorf("there is no case %s", key)
	}
}
