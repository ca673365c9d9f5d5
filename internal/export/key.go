package export

import "github.com/tunegate/tunegate/internal/store"

// Each revision is raised with every change of the code that changes a result, so
// that results of older code are not used again.
const (
	Revision     = 1 // of what Run writes
	BaseRevision = 1 // of what WriteBase writes
)

// The folders of the store for the results of Run and of WriteBase.
const (
	Stage     = "export"
	BaseStage = "base-gguf"
)

// BaseInputs are what decides the base GGUF, the model folder with this identity.
func BaseInputs(identity string) map[string]string { return map[string]string{"base": identity} }

// BaseKey names the base GGUF in the store.
func BaseKey(identity string) store.Key { return store.NewKey(BaseStage, BaseRevision, identity) }

// NameBaseInputs are what decides the export of NAME-base beside its options: the
// digest of the base GGUF.
func NameBaseInputs(base string) map[string]string {
	return map[string]string{"base": base, "adapter": ""}
}

// CandidateInputs are what decides a candidate's export beside its options: the
// digests of the base GGUF and of the adapter's weights and config, and what the
// trainer measured.
func CandidateInputs(base, adapterWeights, adapterConfig string, changes []Change) map[string]string {
	return map[string]string{"base": base, "adapter": adapterWeights + adapterConfig, "changes": string(store.Digest(changes))}
}

// Key names an export in the store.
func Key(o Options, inputs map[string]string) store.Key {
	return store.NewKey(Stage, Revision, o, inputs)
}
