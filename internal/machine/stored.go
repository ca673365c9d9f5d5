package machine

import (
	"path/filepath"

	"github.com/tunegate/tunegate/internal/ollama"
)

// OllamaHome returns the private server's folder, with its models and key.
func OllamaHome(home string) string { return filepath.Join(home, "ollama-private") }

func (m Machine) models() string { return ollama.Models(OllamaHome(m.Home)) }

// StoredTags lists the private server's tags from its files.
func (m Machine) StoredTags() ([]ollama.StoredTag, error) { return ollama.Stored(m.models()) }

// HasTag reports whether the private server's files have the tag, complete, with the
// GGUF of this sha256 (hex).
func (m Machine) HasTag(tag, gguf string) bool { return ollama.HasTag(m.models(), tag, gguf) }

// RemoveTag removes a tag from the private server's files, damaged or not; a missing
// tag is not an error. The server must not be running.
func (m Machine) RemoveTag(tag string) error { return ollama.Remove(m.models(), tag) }

// PruneBlobs removes the private server's unused files and returns their bytes and
// names. The server must not be running.
func (m Machine) PruneBlobs() (freed int64, blobs []string, err error) {
	return ollama.Prune(m.models(), false)
}
