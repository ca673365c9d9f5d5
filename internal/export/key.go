package export

import "github.com/tunegate/tunegate/internal/store"

// Raise a revision with every code change that changes a result, so that older results
// are not reused.
const (
	Revision     = 1 // of what Run writes
	BaseRevision = 2 // of what WriteBase writes
)

// Ingredients decide an export, together with the [Options].
type Ingredients struct {
	Base    string   // sha256 of the base GGUF
	Weights string   // that of the adapter's weights; empty: the base itself is exported
	Config  string   // that of the adapter's config
	Changes []Change // what the trainer measured of the adapter
}

func (i Ingredients) inputs() map[string]string {
	inputs := map[string]string{"base": i.Base, "adapter": i.Weights + i.Config}
	if i.Weights != "" {
		inputs["changes"] = string(store.Digest(i.Changes))
	}
	return inputs
}

// Slot returns the slot of Run's result.
func Slot(o Options, i Ingredients) store.Slot {
	inputs := i.inputs()
	return store.Slot{Stage: "export", Key: store.NewKey("export", Revision, o, inputs), Options: o, Inputs: inputs}
}

// BaseSlot returns the slot of WriteBase's result for the model folder with this identity.
func BaseSlot(identity string) store.Slot {
	return store.Slot{
		Stage: "base-gguf", Key: store.NewKey("base-gguf", BaseRevision, identity),
		Inputs: map[string]string{"base": identity},
	}
}
