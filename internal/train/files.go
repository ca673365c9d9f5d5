package train

// RowFiles are the dataset stage's files that a training reads.
func RowFiles() []string { return []string{"train.jsonl", "val.jsonl"} }

// The files of a training's result that an export reads.
const (
	AdapterFile       = adapterDir + "/" + adapterWeights
	AdapterConfigFile = adapterDir + "/" + adapterSettings
	ChangesFile       = "changes.json" // what the adapter changes in each weight matrix
)
