package dataset

import (
	"github.com/tunegate/tunegate/internal/repo"
	"github.com/tunegate/tunegate/internal/store"
)

// Revision is part of the stage's key. Raise it with each change of the code that
// changes a result, so that results of older code are not reused.
const Revision = 8

// Slot is that of what Build writes for the options and the input. Of the files
// the paths and blobs decide, so they need not be loaded.
func Slot(o Options, in Input) store.Slot {
	inputs := map[string]string{
		"records": string(store.Digest(repo.Blobs(in.Head))),
		"base":    string(store.Digest(repo.Blobs(in.Base))),
		"suites":  string(store.Digest(in.Suites)),
	}
	if in.Control != nil {
		inputs["control"] = string(store.Digest(in.Control))
	}
	return store.Slot{Stage: "dataset", Key: store.NewKey("dataset", Revision, o, inputs), Options: o, Inputs: inputs}
}
