package steps

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/config"
	"github.com/tunegate/tunegate/internal/machine/machinetest"
	"github.com/tunegate/tunegate/internal/plan"
	"github.com/tunegate/tunegate/internal/step"
)

// A server that only a promotion needs is worth a note, and stops no run.
func TestDeadPromotionServerIsANote(t *testing.T) {
	t.Parallel()
	m, heard := machinetest.New(t)
	s := Judge(m, &plan.Plan{Config: config.Config{
		Name: "demo", Runner: config.Runner{Ollama: config.Auto}, Promote: config.Promote{To: []string{"http://127.0.0.1:1"}},
	}}, Options{})
	found := false
	for _, next := range s.All() {
		if _, name := next.Label(); name == "the servers of a promotion" {
			found = true
		}
	}
	if _, err := s.checks.promotion.Do(t.Context(), ""); err != nil || !found {
		t.Errorf("listed %v: %v", found, err)
	}
	if said := heard.Text(); !strings.HasPrefix(said, "note: a promotion would fail at http://127.0.0.1:1: ") || strings.Contains(said, "\n") {
		t.Errorf("said %q", said)
	}
}

// A machine that cannot isolate is told of once, and runs.
func TestNoIsolationIsANote(t *testing.T) {
	t.Parallel()
	for _, forbidden := range []error{nil, errors.New("operation not permitted")} {
		m, heard := machinetest.New(t)
		m.Launcher.Isolation = func() error { return forbidden }
		s := Judge(m, &plan.Plan{Config: config.Config{Name: "demo", Runner: config.Runner{Ollama: config.Auto}}}, Options{})
		if !slices.Contains(s.All(), step.Step(s.checks.isolation)) {
			t.Error("a run does not look")
		}
		_, err := s.checks.isolation.Do(t.Context(), "")
		if said := heard.Text(); err != nil || strings.HasPrefix(said, "note: programs on this machine get no network of their own") != (forbidden != nil) {
			t.Errorf("%v: said %q, %v", forbidden, said, err)
		}
	}
}
