package clean

import (
	"path/filepath"
	"strings"

	"github.com/tunegate/tunegate/internal/ollama"
	"github.com/tunegate/tunegate/internal/runs"
	"github.com/tunegate/tunegate/internal/store"
)

// tagSet holds tags with their servers. The case of a tag does not matter.
type tagSet map[[2]string]bool

// add reports whether the tag is new.
func (s tagSet) add(server, tag string) bool {
	key := [2]string{server, strings.ToLower(tag)}
	if s[key] {
		return false
	}
	s[key] = true
	return true
}

// findTags looks for candidates on the private server that no registration
// names, and for blobs that no tag names. Weights that only removed tags share
// are counted with the first of these.
func (w *waste) findTags(named tagSet) error {
	stored, err := ollama.Stored(w.models)
	if err != nil {
		return err
	}
	var removed []ollama.StoredTag
	counted := map[string]bool{} // weights that stay, or that were counted
	for _, tag := range stored {
		if runs.Candidate(tag.Tag) && named.add("", tag.Tag) {
			removed = append(removed, tag)
		} else {
			counted[tag.GGUF] = true
		}
	}
	for _, tag := range removed {
		item := Item{Kind: KindTag, Name: tag.Tag, Why: unneeded}
		if !counted[tag.GGUF] {
			item.Bytes, counted[tag.GGUF] = tag.Size, true
		}
		w.tags = append(w.tags, item)
	}
	_, blobs, err := ollama.Prune(w.models, true)
	if err != nil {
		return err
	}
	for _, name := range blobs {
		size, err := store.Size(filepath.Join(w.models, "blobs", name))
		if err != nil {
			return err
		}
		w.blobs = append(w.blobs, Item{Kind: KindBlob, Name: name, Bytes: size, Why: "no tag names it"})
	}
	return nil
}
