package ollama

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"

	"github.com/ollama/ollama/types/model"
)

var blobDigest = regexp.MustCompile(`^sha256:[0-9a-f]{64}$`)

// layer is a blob that a tag's manifest names.
type layer struct {
	MediaType string `json:"mediaType"`
	Digest    string `json:"digest"`
	Size      int64  `json:"size"`
}

// HasTag says, without a server, whether the tag in the given models folder
// (what a server calls OLLAMA_MODELS) is made of the GGUF with this sha256 (hex)
// and all its blobs are there in their right sizes.
func HasTag(models, tag, gguf string) bool {
	name := model.ParseName(tag)
	if !name.IsValid() {
		return false
	}
	data, err := os.ReadFile(filepath.Join(models, "manifests", name.Filepath()))
	if err != nil {
		return false
	}
	var manifest struct {
		Config layer   `json:"config"`
		Layers []layer `json:"layers"`
	}
	if json.Unmarshal(data, &manifest) != nil {
		return false
	}
	weights := 0
	for _, l := range append(manifest.Layers, manifest.Config) {
		if !blobDigest.MatchString(l.Digest) {
			return false
		}
		info, err := os.Stat(filepath.Join(models, "blobs", "sha256-"+l.Digest[len("sha256:"):]))
		if err != nil || info.Size() != l.Size {
			return false
		}
		switch l.MediaType {
		case "application/vnd.ollama.image.model":
			weights++
			if l.Digest != "sha256:"+gguf {
				return false
			}
		case "application/vnd.ollama.image.adapter", "application/vnd.ollama.image.projector":
			return false
		}
	}
	return weights == 1
}
