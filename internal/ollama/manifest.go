package ollama

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
)

// maxManifest limits a manifest's size in bytes; real ones have about a thousand.
const maxManifest = 1 << 20

const (
	weightsLayer   = "application/vnd.ollama.image.model"
	adapterLayer   = "application/vnd.ollama.image.adapter"
	projectorLayer = "application/vnd.ollama.image.projector"
)

var blobDigest = regexp.MustCompile(`^sha256:[0-9a-f]{64}$`)

// layer is a blob in a tag's manifest.
type layer struct {
	MediaType string `json:"mediaType"`
	Digest    string `json:"digest"`
	Size      int64  `json:"size"`
}

// manifest is the file in which a server stores a tag.
type manifest struct {
	Config layer   `json:"config"`
	Layers []layer `json:"layers"`
}

// readManifest reads a tag's manifest. An invalid file, such as the empty one that a
// full disk leaves, is an error.
func readManifest(path string) (manifest, error) {
	file, err := os.Open(path)
	if err != nil {
		return manifest{}, err
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxManifest))
	if err != nil {
		return manifest{}, err
	}
	m, err := parseManifest(data)
	if err != nil {
		return manifest{}, fmt.Errorf("%s: %w", path, err)
	}
	return m, nil
}

func parseManifest(data []byte) (manifest, error) {
	var m manifest
	if err := json.Unmarshal(data, &m); err != nil {
		return manifest{}, err
	}
	for _, l := range m.blobs() {
		if !blobDigest.MatchString(l.Digest) {
			return manifest{}, fmt.Errorf("it names %.100q as a blob", l.Digest)
		}
	}
	return m, nil
}

// blobs returns all files of the tag.
func (m manifest) blobs() []layer { return append(m.Layers[:len(m.Layers):len(m.Layers)], m.Config) }

// gguf returns the sha256 (hex) of the tag's weights, empty unless it has exactly one
// weight file.
func (m manifest) gguf() string {
	var found string
	for _, l := range m.Layers {
		switch l.MediaType {
		case weightsLayer:
			if found != "" {
				return ""
			}
			found = l.Digest[len("sha256:"):]
		case adapterLayer, projectorLayer:
			return ""
		}
	}
	return found
}

// whole reports whether the models folder has all blobs with the right sizes.
func (m manifest) whole(models string) bool {
	for _, l := range m.blobs() {
		info, err := os.Stat(blobPath(models, l.Digest))
		if err != nil || info.Size() != l.Size {
			return false
		}
	}
	return true
}

// blobPath returns the file of a blob whose digest blobDigest matches.
func blobPath(models, digest string) string {
	return filepath.Join(models, "blobs", "sha256-"+digest[len("sha256:"):])
}
