package eval

import (
	"github.com/tunegate/tunegate/internal/python"
	"github.com/tunegate/tunegate/internal/store"
	"github.com/tunegate/tunegate/internal/suite"
)

// Raise a revision with every code change that changes a result, so that older results
// are not reused.
const (
	Revision      = 2 // of graded answers
	TrialRevision = 1 // of a trial's requests

	LengthsRevision = 1 // of the lengths of cut-off answers
)

// Served is a model and what else decides its graded answers to the same questions.
type Served struct {
	ModelID string
	Server  string // the version of the server
	Address string // of a shared server, in one spelling: two of one version may compute differently; empty for a private one
	Device  string // that the server uses
}

// Inputs returns what decides the model's graded answers, by name, for a result's
// manifest, including the grader's program and its locked packages.
func (s Served) Inputs() map[string]string {
	return map[string]string{
		"model_id": s.ModelID, "server": s.Server, "address": s.Address, "device": s.Device, "python": python.Digest(),
	}
}

// Slot returns the slot of a model's graded answers to the suites.
func Slot(o Options, model Served, suites []suite.Suite) store.Slot {
	inputs := model.Inputs()
	inputs["suites"] = string(store.Digest(suites))
	return store.Slot{Stage: "eval", Key: store.NewKey("eval", Revision, o, inputs), Options: o, Inputs: inputs}
}

// TrialSlot returns the slot of a model's graded answers to one case of each suite,
// before a training. Whatever changes answers changes the trial.
func TrialSlot(o Options, model Served, suites []suite.Suite) store.Slot {
	slot := Slot(o, model, suites)
	slot.Stage, slot.Key = "trial", store.NewKey("trial", TrialRevision, slot.Key)
	return slot
}

// LengthsSlot returns the slot of the lengths of the model's cut-off answers, of which
// at most that many are repeated.
func LengthsSlot(o Options, model Served, suites []suite.Suite, most int) store.Slot {
	slot := Slot(o, model, suites)
	slot.Stage, slot.Key = "lengths", store.NewKey("lengths", LengthsRevision, slot.Key, most)
	return slot
}
