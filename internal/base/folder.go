// Package base reads a base model's folder: a Hugging Face model on disk or in a commit.
// It interprets the files as the trainer's libraries do, without loading the model.
package base

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/go-json-experiment/json"

	"github.com/tunegate/tunegate/internal/bounded"
	"github.com/tunegate/tunegate/internal/repo"
)

// The files of a base model's folder.
//
//gosec:disable G101 -- names of files, whose tokens are a tokenizer's
const (
	ConfigFile           = "config.json"
	GenerationConfigFile = "generation_config.json"
	TokenizerFile        = "tokenizer.json"
	TokenizerConfigFile  = "tokenizer_config.json"
	AddedTokensFile      = "added_tokens.json"
	SpecialTokensFile    = "special_tokens_map.json"
	ChatTemplateFile     = "chat_template.jinja"
)

// Bounds on what is read: where the base is in the repository, a pull request may have
// written it. Gemma's tokenizer.json, one of the largest, has 33 MB and less than 2
// million commas.
const (
	maxRead   = 64 << 20 // bytes of a file that is read whole
	maxCommas = 4 << 20  // in a JSON file; they count its values
	maxStops  = 16
	again     = "no released model comes near this limit: download the file again"
)

// Folder is a base model's folder.
type Folder struct {
	Name   string // for messages: its path, or its name in the repository
	Files  fs.FS
	Commit bool // the files are those of a commit
}

// Open returns a folder on disk. It need not exist until it is read.
func Open(dir string) Folder { return Folder{Name: dir, Files: os.DirFS(dir)} }

// Path returns the path of a file in the folder, for messages.
func (f Folder) Path(name string) string { return filepath.Join(f.Name, name) }

// Read reads a file of at most 64 MiB. The error for a missing one is fs.ErrNotExist.
func (f Folder) Read(name string) ([]byte, error) {
	data, err := bounded.ReadFS(f.Files, name, maxRead)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: %w (hint: download the complete folder: a base model needs %s, %s, %s and safetensors weights)",
			f.Path(name), fs.ErrNotExist, ConfigFile, TokenizerFile, TokenizerConfigFile)
	}
	if errors.Is(err, bounded.ErrTooLarge) {
		return nil, fmt.Errorf("%s: %w (hint: %s)", f.Path(name), err, again)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.Path(name), err)
	}
	if repo.IsPointer(data) {
		return nil, f.pointer(name)
	}
	return data, nil
}

// readJSON reads a JSON file.
func (f Folder) readJSON(name string, into any) error {
	data, err := f.Read(name)
	if err != nil {
		return err
	}
	if bytes.Count(data, []byte(",")) > maxCommas {
		return fmt.Errorf("%s has more than %d values (hint: %s)", f.Path(name), maxCommas, again)
	}
	if err := json.Unmarshal(data, into); err != nil {
		return fmt.Errorf("%s: %w (hint: the file is damaged: download it again)", f.Path(name), err)
	}
	return nil
}

// optionalJSON reads a JSON file that may be missing.
func (f Folder) optionalJSON(name string, into any) error {
	if err := f.readJSON(name, into); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// pointer returns the error for a Git LFS pointer whose content was not downloaded.
func (f Folder) pointer(name string) error {
	hint := fmt.Sprintf("run `git lfs pull` in %s", f.Name)
	if f.Commit {
		hint = "a base inside the repository is read from its commits, which hold only Git LFS pointers: run `git lfs pull`, copy the folder outside the repository and set `base.model` to its absolute path"
	}
	return fmt.Errorf("%s is a Git LFS pointer, not the file itself (hint: %s)", f.Path(name), hint)
}
