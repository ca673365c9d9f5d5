package steps

import (
	"os"
	"testing"

	"github.com/tunegate/tunegate/internal/config"
	"github.com/tunegate/tunegate/internal/ledger"
	"github.com/tunegate/tunegate/internal/machine/machinetest"
	"github.com/tunegate/tunegate/internal/plan"
)

// TestUnchanged: a change that does not alter what the base tip's model is made
// of trains nothing, and neither does the base tip whose model is the stable one.
func TestUnchanged(t *testing.T) {
	t.Parallel()
	version := func(action ledger.Action, version, lineage string) ledger.Entry {
		return ledger.Entry{Action: action, Name: "demo", Version: version, Tag: "demo-lora-" + version, ModelID: "m", GGUFSHA256: "g", Lineage: lineage}
	}
	other := version(ledger.Promote, "v1", "now")
	other.Name = "else"
	tests := map[string]struct {
		plan     plan.Plan
		promoted []ledger.Entry
		want     bool
	}{
		"a change of nothing":        {plan: plan.Plan{Lineage: "now", BaseLineage: "now"}, want: true},
		"a change":                   {plan: plan.Plan{Lineage: "then", BaseLineage: "now"}, promoted: []ledger.Entry{version(ledger.Promote, "v1", "then")}},
		"the base, nothing promoted": {plan: plan.Plan{Retrains: true, Lineage: "now", BaseLineage: "now"}},
		"the base, it is promoted": {
			plan: plan.Plan{Retrains: true, Lineage: "now", BaseLineage: "now"}, promoted: []ledger.Entry{version(ledger.Promote, "v1", "now")}, want: true,
		},
		"the base, it is promoted under another name": {plan: plan.Plan{Retrains: true, Lineage: "now", BaseLineage: "now"}, promoted: []ledger.Entry{other}},
		"the base, an older one is stable": {
			plan: plan.Plan{Retrains: true, Lineage: "now", BaseLineage: "now"}, promoted: []ledger.Entry{version(ledger.Promote, "v1", "old")},
		},
		"the base, rolled back from it": {
			plan: plan.Plan{Retrains: true, Lineage: "now", BaseLineage: "now"},
			promoted: []ledger.Entry{
				version(ledger.Promote, "v1", "old"), version(ledger.Promote, "v2", "now"), version(ledger.Rollback, "v1", "old"),
			},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, _ := machinetest.New(t)
			if err := os.MkdirAll(m.Home, 0o755); err != nil {
				t.Fatal(err)
			}
			for _, entry := range test.promoted {
				if err := ledger.Append(m.Home, entry); err != nil {
					t.Fatal(err)
				}
			}
			test.plan.Config = config.Config{Name: "demo"}
			if got, err := unchanged(m.Home, &test.plan); err != nil || got != test.want {
				t.Errorf("%v, %v", got, err)
			}
		})
	}
}
