package pipeline

import (
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/machine/machinetest"
	"github.com/tunegate/tunegate/internal/plan"
	"github.com/tunegate/tunegate/internal/plan/plantest"
	"github.com/tunegate/tunegate/internal/runs"
	"github.com/tunegate/tunegate/internal/step"
)

// TestDeclaredCard: if the config has a card and the machine shows none, the
// rows are built, as a hosted runner does, and nothing that comes after them is.
func TestDeclaredCard(t *testing.T) {
	t.Parallel()
	f := plantest.New(t)
	f.Write("tunegate.yaml", plantest.Config+"runner: {gpu: {class: rtx-4090, memory: 24GB}}\n")
	f.Commit("a card")
	f.Change("data", map[string]string{"data/b.json": `[{"question": "2 + 2?", "answer": "4"}, {"question": "3 + 4?", "answer": "7"}]`})
	m, _ := machinetest.New(t)
	options := Options{Refs: plan.Refs{Base: "main", Head: "data"}, ConfigPath: "tunegate.yaml", Until: step.Dataset}
	if _, err := Run(t.Context(), m, f.Open(), options); err != nil {
		t.Errorf("until the dataset: %v", err)
	}
	options.Until = ""
	if _, err := Run(t.Context(), m, f.Open(), options); err == nil || !strings.Contains(err.Error(), "`runner.gpu` in the config declares rtx-4090, but no GPU is visible") {
		t.Errorf("a whole run: %v", err)
	}
	if made, err := runs.All(m.Home); err != nil || len(made) != 1 {
		t.Errorf("runs %v, %v", made, err)
	}
}
