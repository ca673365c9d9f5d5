package ollama

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/ollama/ollama/types/model"
)

// StoredTag is a tag of a models folder (what a server calls OLLAMA_MODELS), read
// without a server.
type StoredTag struct {
	Tag    string // as a server lists it
	GGUF   string // sha256 of the weights, hex; empty when broken or not made of one GGUF
	Size   int64  // bytes of all its blobs, those that it shares included
	Broken bool   // its manifest cannot be read, or a blob is gone or has another size
}

// Stored lists the tags of a models folder in the order of their names.
// A folder that is not there has none.
func Stored(models string) ([]StoredTag, error) {
	var tags []StoredTag
	err := eachManifest(models, func(path string, name model.Name) error {
		stored := StoredTag{Tag: name.DisplayShortest(), Broken: true}
		if m, err := readManifest(path); err == nil {
			stored.GGUF, stored.Broken = m.gguf(), !m.whole(models)
			for _, l := range m.blobs() {
				stored.Size += l.Size
			}
		}
		tags = append(tags, stored)
		return nil
	}, func(string) error { return nil })
	return tags, err
}

// Remove takes a tag out of a models folder, broken or not; one that is gone is
// no error. Its blobs stay until Prune.
func Remove(models, tag string) error {
	name := model.ParseName(tag)
	if !name.IsValid() {
		return fmt.Errorf("ollama: %.100q is not the name of a tag", tag)
	}
	top := filepath.Join(models, "manifests")
	path := filepath.Join(top, name.Filepath())
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("ollama: %w", err)
	}
	for dir := filepath.Dir(path); dir != top && os.Remove(dir) == nil; {
		dir = filepath.Dir(dir) // only empty ones can be removed
	}
	return nil
}

// removeBroken removes the broken tags of a folder whose layout is known.
func removeBroken(models string, log io.Writer) error {
	stored, err := Stored(models)
	if err != nil || knownLayout(models) != nil {
		return err
	}
	for _, s := range stored {
		if !s.Broken {
			continue
		}
		fmt.Fprintf(log, "removing the damaged tag %s\n", s.Tag)
		if err := Remove(models, s.Tag); err != nil {
			return err
		}
	}
	return nil
}

// Prune removes the blobs that no tag of a models folder names and the
// temporary files of uploads that were cut, or only lists them when dry. It
// returns their names and bytes. No server may run on the folder meanwhile. It
// removes nothing when a manifest cannot be read or the folder has an unknown
// layout: then nobody knows what is needed.
func Prune(models string, dry bool) (freed int64, blobs []string, err error) {
	if err := knownLayout(models); err != nil {
		return 0, nil, err
	}
	named := map[string]bool{}
	err = eachManifest(models, func(path string, name model.Name) error {
		m, err := readManifest(path)
		if err != nil {
			return fmt.Errorf("ollama: the tag %s is damaged, so nothing is removed: %w (hint: remove its file, then create the tag again)", name.DisplayShortest(), err)
		}
		for _, l := range m.blobs() {
			named[filepath.Base(blobPath(models, l.Digest))] = true
		}
		return nil
	}, func(path string) error {
		return fmt.Errorf("ollama: %s is not the manifest of a tag, so nothing is removed (hint: remove it if it does not belong to Ollama)", path)
	})
	if err != nil {
		return 0, nil, err
	}
	entries, err := os.ReadDir(filepath.Join(models, "blobs"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return 0, nil, fmt.Errorf("ollama: %w", err)
	}
	for _, entry := range entries {
		if entry.IsDir() || named[entry.Name()] {
			continue
		}
		info, err := entry.Info()
		if err != nil {
			return freed, blobs, fmt.Errorf("ollama: %w", err)
		}
		if !dry {
			if err := os.Remove(filepath.Join(models, "blobs", entry.Name())); err != nil {
				return freed, blobs, fmt.Errorf("ollama: %w", err)
			}
		}
		freed += info.Size()
		blobs = append(blobs, entry.Name())
	}
	return freed, blobs, nil
}

// knownLayout fails for a models folder of a server that keeps its manifests
// elsewhere too.
func knownLayout(models string) error {
	entries, err := os.ReadDir(models)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("ollama: %w", err)
	}
	for _, entry := range entries {
		if name := entry.Name(); name != "blobs" && name != "manifests" {
			return fmt.Errorf("ollama: %s has an unknown entry %.100q, perhaps from a newer Ollama, so nothing is removed (hint: remove it if it does not belong to Ollama)", models, name)
		}
	}
	return nil
}

// eachManifest visits the manifest of each tag, and each other file among them.
func eachManifest(models string, visit func(path string, name model.Name) error, other func(path string) error) error {
	top := filepath.Join(models, "manifests")
	return filepath.WalkDir(top, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist) && path == top:
			return nil
		case err != nil:
			return fmt.Errorf("ollama: %w", err)
		case entry.IsDir():
			return nil
		}
		name := model.ParseNameFromFilepath(strings.TrimPrefix(path, top+string(filepath.Separator)))
		if !name.IsValid() {
			return other(path)
		}
		return visit(path, name)
	})
}
