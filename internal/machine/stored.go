package machine

import (
	"path/filepath"

	"github.com/tunegate/tunegate/internal/ollama"
)

// OllamaHome is the folder of the private server: its models and its key.
func OllamaHome(home string) string { return filepath.Join(home, "ollama-private") }

func (m Machine) models() string { return ollama.Models(OllamaHome(m.Home)) }

// StoredTags lists the private server's tags from its files.
func (m Machine) StoredTags() ([]ollama.StoredTag, error) { return ollama.Stored(m.models()) }

// HasTag says whether the private server's files have the tag, made of the GGUF
// with this sha256 (hex), whole.
func (m Machine) HasTag(tag, gguf string) bool { return ollama.HasTag(m.models(), tag, gguf) }

// RemoveTag takes a tag out of the private server's files, damaged or not; one
// that is gone is no error. The server must not run.
func (m Machine) RemoveTag(tag string) error { return ollama.Remove(m.models(), tag) }

// PruneBlobs removes the private server's files that no tag names and returns
// their bytes and names. The server must not run.
func (m Machine) PruneBlobs() (freed int64, blobs []string, err error) {
	return ollama.Prune(m.models(), false)
}
