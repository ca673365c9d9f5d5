package attribution

import (
	"github.com/tunegate/tunegate/internal/eval"
	"github.com/tunegate/tunegate/internal/store"
)

// Revision is part of the key of a probe. Raise it with each change of the code that
// changes a result, so that results of older code are not reused.
const Revision = 2

// Slot is the store slot of a probe of the model with these rows. Its stage is named
// "already" in every store.
func Slot(o eval.Options, model eval.Served, rows []string) store.Slot {
	inputs := model.Inputs()
	inputs["rows"] = string(store.Digest(rows))
	return store.Slot{Stage: "already", Key: store.NewKey("already", Revision, o, inputs), Options: o, Inputs: inputs}
}
