package suite

import (
	"github.com/tunegate/tunegate/internal/python"
	"github.com/tunegate/tunegate/internal/store"
)

// Revision is part of the key of a validation. Raise it with each change of the
// code that changes what is a mistake, so that older findings are not reused.
const Revision = 1

// Slot is that of the finding of Validate that the suites have no mistake. The
// grader's program and its locked packages are a part of its key.
func Slot(suites []Suite) store.Slot {
	inputs := map[string]string{"suites": string(store.Digest(suites)), "python": python.Digest()}
	return store.Slot{Stage: "values", Key: store.NewKey("values", Revision, inputs), Inputs: inputs}
}
