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

// StoredTag is a tag in a models folder (OLLAMA_MODELS), read without a server.
type StoredTag struct {
	Tag    string // as listed by a server
	GGUF   string // sha256 of the weights, hex; empty if broken or not exactly one GGUF
	Size   int64  // bytes of all its blobs, including shared ones
	Broken bool   // its manifest is unreadable, or a blob is missing or has the wrong size
}

// Stored lists the tags of a models folder by name. A missing folder has none.
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

// Remove removes a tag from a models folder, broken or not; a missing tag is not an
// error. Its blobs stay until Prune.
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

// removeBroken removes the broken tags of a folder with a known layout.
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

// Prune removes unused blobs and temporary files of interrupted uploads from a models
// folder; if dry, it only lists them. It returns their names and bytes. No server may
// use the folder meanwhile. It removes nothing if a manifest is unreadable or the
// layout is unknown: then it cannot tell what is needed.
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

// knownLayout fails for a models folder of a server that also keeps manifests elsewhere.
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

// eachManifest visits each tag's manifest, and other files among them.
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
