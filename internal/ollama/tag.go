package ollama

import (
	"path/filepath"

	"github.com/ollama/ollama/types/model"
)

// HasTag says, without a server, whether the tag in the given models folder
// (what a server calls OLLAMA_MODELS) is made of the GGUF with this sha256 (hex)
// and all its blobs are there in their right sizes.
func HasTag(models, tag, gguf string) bool {
	name := model.ParseName(tag)
	if !name.IsValid() {
		return false
	}
	m, err := readManifest(filepath.Join(models, "manifests", name.Filepath()))
	return err == nil && m.gguf() == gguf && m.whole(models)
}
