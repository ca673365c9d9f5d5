package ollama

import (
	"path/filepath"

	"github.com/ollama/ollama/types/model"
)

// HasTag reports, without a server, whether the tag in the models folder
// (OLLAMA_MODELS) has the GGUF with this sha256 (hex) and all its blobs exist with the
// right sizes.
func HasTag(models, tag, gguf string) bool {
	name := model.ParseName(tag)
	if !name.IsValid() {
		return false
	}
	m, err := readManifest(filepath.Join(models, "manifests", name.Filepath()))
	return err == nil && m.gguf() == gguf && m.whole(models)
}
