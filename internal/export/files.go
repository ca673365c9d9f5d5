package export

// GGUFFile is the exported model in the folder of a result.
const GGUFFile = "model.gguf"
