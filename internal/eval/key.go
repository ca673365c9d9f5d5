package eval

import (
	"github.com/tunegate/tunegate/internal/python"
	"github.com/tunegate/tunegate/internal/store"
	"github.com/tunegate/tunegate/internal/suite"
)

// Each revision is raised with every change of the code that changes a result, so
// that results of older code are not reused.
const (
	Revision      = 2 // of graded answers
	TrialRevision = 1 // of what a trial asks

	LengthsRevision = 1 // of how long cut answers are
)

// Served is a model with what else decides its graded answers to the same
// questions.
type Served struct {
	ModelID string
	Server  string // the version of the server
	Address string // of a shared server, in one spelling: two of one version may compute differently; empty for a private one
	Device  string // that it computes on
}

// Inputs are what decides graded answers of the model by name, for a result's
// manifest. The grader's program and its locked packages are a part of them.
func (s Served) Inputs() map[string]string {
	return map[string]string{
		"model_id": s.ModelID, "server": s.Server, "address": s.Address, "device": s.Device, "python": python.Digest(),
	}
}

// Slot is that of a model's graded answers to the suites.
func Slot(o Options, model Served, suites []suite.Suite) store.Slot {
	inputs := model.Inputs()
	inputs["suites"] = string(store.Digest(suites))
	return store.Slot{Stage: "eval", Key: store.NewKey("eval", Revision, o, inputs), Options: o, Inputs: inputs}
}

// TrialSlot is that of a model's graded answers to one case of each of the suites,
// before a training. What makes other answers makes another trial.
func TrialSlot(o Options, model Served, suites []suite.Suite) store.Slot {
	slot := Slot(o, model, suites)
	slot.Stage, slot.Key = "trial", store.NewKey("trial", TrialRevision, slot.Key)
	return slot
}

// LengthsSlot is that of how long the model's answers are that were cut, of which
// at most so many are asked again.
func LengthsSlot(o Options, model Served, suites []suite.Suite, most int) store.Slot {
	slot := Slot(o, model, suites)
	slot.Stage, slot.Key = "lengths", store.NewKey("lengths", LengthsRevision, slot.Key, most)
	return slot
}
