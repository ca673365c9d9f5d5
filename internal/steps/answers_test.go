package steps

import (
	"testing"

	"github.com/tunegate/tunegate/internal/config"
	"github.com/tunegate/tunegate/internal/eval"
	"github.com/tunegate/tunegate/internal/machine/machinetest"
	"github.com/tunegate/tunegate/internal/plan"
	"github.com/tunegate/tunegate/internal/register"
)

// TestWhoseTokensAreCompared: a baseline that is not NAME-base may have another
// tokenizer, so its counts say nothing.
func TestWhoseTokensAreCompared(t *testing.T) {
	t.Parallel()
	m, _ := machinetest.New(t)
	s := Judge(m, &plan.Plan{Config: config.Config{Name: "demo"}}, Options{})
	other := register.Registered{ModelID: "another"}
	for _, test := range []struct {
		role  string
		model register.Registered
		want  bool
	}{
		{eval.Candidate, other, true}, {eval.Baseline, other, false}, {eval.Baseline, s.Base.Value(), true},
	} {
		if got := s.rendered(test.role, test.model) != nil; got != test.want {
			t.Errorf("%s %q: compared %v", test.role, test.model.ModelID, got)
		}
	}
}
