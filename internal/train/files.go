package train

// RowFiles are the files of the dataset stage that a training reads.
func RowFiles() []string { return []string{"train.jsonl", "val.jsonl"} }

// The files of the result of a training that an export reads.
const (
	AdapterFile       = adapterDir + "/" + adapterWeights
	AdapterConfigFile = adapterDir + "/" + adapterSettings
	ChangesFile       = "changes.json" // what the adapter changes in each weight matrix
)
