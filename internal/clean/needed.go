package clean

import (
	"github.com/tunegate/tunegate/internal/ledger"
	"github.com/tunegate/tunegate/internal/machine"
	"github.com/tunegate/tunegate/internal/runs"
	"github.com/tunegate/tunegate/internal/step"
)

// needs are the results that a home must keep, and the drafts.
type needs struct {
	results, drafts map[runs.Use]bool
}

func (n needs) result(uses ...runs.Use) {
	for _, use := range uses {
		n.results[use] = true
	}
}

func (n needs) draft(uses ...runs.Use) {
	for _, use := range uses {
		n.drafts[use] = true
	}
}

// findNeeds lists what the remaining runs, the set-ups and the promotions need.
func findNeeds(m machine.Machine, stay []runs.Record, promoted []ledger.Entry) (needs, error) {
	n := needs{results: map[runs.Use]bool{}, drafts: map[runs.Use]bool{}}
	setups, err := runs.Setups(m.Home)
	if err != nil {
		return n, err
	}
	for _, record := range stay {
		n.result(uses(record)...)
		n.draft(resumable(record)...)
	}
	for _, record := range setups {
		n.result(record.Uses...)
		n.draft(resumable(record)...)
	}
	for _, e := range promoted {
		n.result(runs.Use{Kind: string(step.Export), Key: e.Export}, runs.Use{Kind: string(step.Register), Key: e.Register})
	}
	return n, nil
}

// uses are the results that a run needs. A record of the first version has no
// list of them, but its stages.
func uses(record runs.Record) []runs.Use {
	if record.Uses != nil {
		return record.Uses
	}
	var uses []runs.Use
	for _, stage := range record.Stages {
		uses = append(uses, runs.Use{Kind: string(stage.Stage), Key: stage.Key})
	}
	return uses
}

// resumable are the results whose drafts the next run resumes where this one
// stopped.
func resumable(record runs.Record) (begun []runs.Use) {
	for _, stage := range record.Stages {
		if stage.Stage == step.Train || stage.Stage == step.Eval {
			begun = append(begun, runs.Use{Kind: string(stage.Stage), Key: stage.Key})
		}
	}
	return begun
}
