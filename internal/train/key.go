package train

import (
	"github.com/tunegate/tunegate/internal/chat"
	"github.com/tunegate/tunegate/internal/python"
	"github.com/tunegate/tunegate/internal/store"
)

// Revision is part of the stage's key. Raise it with each change of what this package
// adds to a spec.
const Revision = 1

// Ingredients decide an adapter, together with the [Options]. They hold the rows'
// content instead of the dataset's key, so that reformatted data is not retrained.
type Ingredients struct {
	Base          string            // identity of the base model
	BaseName      string            // see Input
	Device        string            // used for training
	Rows          map[string]string // sha256 of the RowFiles, by name
	SanityPrompts [][]chat.Message  // see Input
	Seed          uint64
}

func (i Ingredients) inputs() map[string]string {
	inputs := map[string]string{
		"base": i.Base, "base_name": i.BaseName, "device": i.Device,
		"sanity": string(store.Digest(i.SanityPrompts)),
	}
	for _, name := range RowFiles() {
		inputs[name] = i.Rows[name]
	}
	return inputs
}

// HasSanityRun reports whether a training with these inputs has a sanity run.
func HasSanityRun(inputs map[string]string) bool {
	return inputs["sanity"] != Ingredients{}.inputs()["sanity"]
}

// Slot returns the slot of Run's result. Its key covers the embedded programs and their
// locked packages.
func Slot(o Options, i Ingredients) store.Slot {
	inputs := i.inputs()
	return store.Slot{Stage: "train", Key: store.NewKey("train", Revision, o, inputs, i.Seed, python.Digest()), Options: o, Inputs: inputs}
}
