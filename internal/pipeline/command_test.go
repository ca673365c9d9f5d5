package pipeline

import (
	"testing"

	"github.com/tunegate/tunegate/internal/plan"
	"github.com/tunegate/tunegate/internal/runs"
	"github.com/tunegate/tunegate/internal/step"
)

func TestCommandMakesTheRunAgain(t *testing.T) {
	t.Parallel()
	for want, record := range map[string]runs.Record{
		"tunegate run --base b --head h":     {BaseSHA: "b", HeadSHA: "h", HeadRef: "improve"},
		"tunegate run --base b":              {BaseSHA: "b", HeadSHA: "h", HeadRef: plan.WorkingTree},
		"tunegate dataset --base b --head h": {BaseSHA: "b", HeadSHA: "h", HeadRef: "improve", Until: step.Dataset},
		"tunegate run --base h --head h":     {BaseSHA: "b", HeadSHA: "h", HeadRef: "v1", Again: true},
		"tunegate run --base s --head s":     {BaseSHA: "s", HeadSHA: "s", HeadRef: "main", Retrains: true},
	} {
		if got := Command(record, "tunegate.yaml"); got != want {
			t.Errorf("%+v: %s, want %s", record, got, want)
		}
		if got := Command(record, "other.yaml"); got != want+` --config "other.yaml"` {
			t.Errorf("with another config: %s", got)
		}
	}
	if got := Command(runs.Record{BaseSHA: "s", HeadSHA: "s", HeadRef: "main"}, "tunegate.yaml"); got != "" {
		t.Errorf("a change that is the base tip: %s", got)
	}
}
