// Package store keeps the results of stages under the digest of their inputs, and
// returns the same folder for the same key. A result exists once its manifest does;
// anything else is a draft that the next attempt resumes.
package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// Schema is the version of the manifest's form. It is part of every key.
const Schema = 1

const (
	manifestName = "manifest.json"
	draftSuffix  = ".partial"
)

// ErrNotFound means that the store holds no intact result for a key.
var ErrNotFound = errors.New("not in the store")

// Store is a folder of results: DIR/STAGE/KEY/.
type Store struct {
	dir  string
	tool string
}

// Open returns the store in dir, which need not exist yet. The tool's version is
// written to manifests but is not part of any key.
func Open(dir, tool string) *Store { return &Store{dir: dir, tool: tool} }

// Dir returns the folder of a result, finished or not.
func (s *Store) Dir(stage string, key Key) string { return filepath.Join(s.dir, stage, string(key)) }

// File is one file of a result. Paths use slashes and are relative to its folder.
type File struct {
	Path   string `json:"path"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// Manifest describes a finished result.
type Manifest struct {
	Schema  int               `json:"schema"`
	Stage   string            `json:"stage"`
	Key     Key               `json:"key"`
	Tool    string            `json:"tool"`
	Options json.RawMessage   `json:"options"`
	Inputs  map[string]string `json:"inputs"`
	Files   []File            `json:"files"`
	Value   json.RawMessage   `json:"value"`
	Seconds float64           `json:"seconds"`
}

// Entry is a finished result.
type Entry struct {
	Dir      string
	Manifest Manifest
}

// Path returns the path of one of the result's files.
func (e Entry) Path(elem ...string) string {
	return filepath.Join(append([]string{e.Dir}, elem...)...)
}

// File returns the manifest's entry for a file.
func (e Entry) File(path string) (File, error) {
	for _, file := range e.Manifest.Files {
		if file.Path == path {
			return file, nil
		}
	}
	return File{}, fmt.Errorf("%s: no file %q in the manifest", e.Dir, path)
}

// Decode unmarshals the result's value into v.
func (e Entry) Decode(v any) error {
	if err := json.Unmarshal(e.Manifest.Value, v); err != nil {
		return fmt.Errorf("%s: %w", filepath.Join(e.Dir, manifestName), err)
	}
	return nil
}

// Get returns a finished result whose files match the manifest: present, of the
// recorded size, and not newer than the manifest. Otherwise, also for a damaged
// result, it returns ErrNotFound.
func (s *Store) Get(stage string, key Key) (Entry, error) {
	dir := s.Dir(stage, key)
	entry, written, err := load(dir)
	if err != nil {
		return Entry{}, fmt.Errorf("%s %s: %w", stage, key.Short(), ErrNotFound)
	}
	for _, file := range entry.Manifest.Files {
		stat, err := os.Stat(filepath.Join(dir, filepath.FromSlash(file.Path)))
		if err != nil || stat.Size() != file.Size || stat.ModTime().After(written) {
			return Entry{}, fmt.Errorf("%s: %s is missing or was changed: %w", dir, file.Path, ErrNotFound)
		}
	}
	return entry, nil
}

// load reads the manifest in a result's folder and its modification time.
func load(dir string) (entry Entry, written time.Time, err error) {
	path := filepath.Join(dir, manifestName)
	info, err := os.Stat(path)
	if err != nil {
		return Entry{}, time.Time{}, err
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return Entry{}, time.Time{}, err
	}
	entry.Dir = dir
	if err := json.Unmarshal(data, &entry.Manifest); err != nil {
		return Entry{}, time.Time{}, fmt.Errorf("%s: %w", path, err)
	}
	if entry.Manifest.Schema != Schema {
		return Entry{}, time.Time{}, fmt.Errorf("%s: schema %d, expected %d", path, entry.Manifest.Schema, Schema)
	}
	return entry, info.ModTime(), nil
}

// Draft is an unfinished result. Its folder outlives a killed process, and the next
// Begin with the same key finds what the earlier attempt left in it.
type Draft struct {
	Dir   string
	store *Store
	stage string
	key   Key
}

// Begin opens a result's draft.
func (s *Store) Begin(stage string, key Key) (*Draft, error) {
	dir := s.Dir(stage, key) + draftSuffix
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("store: %w (hint: make %s writable)", err, s.dir)
	}
	return &Draft{Dir: dir, store: s, stage: stage, key: key}, nil
}

// Discard removes the draft and its files.
func (d *Draft) Discard() error { return os.RemoveAll(d.Dir) }

// Result is what a stage reports about its finished draft.
type Result struct {
	Options any
	Inputs  map[string]string
	Value   any
	Took    time.Duration
}

// Commit hashes the draft's files, writes the manifest and renames the folder. It
// replaces a damaged result.
func (d *Draft) Commit(result Result) (Entry, error) {
	options, err := json.Marshal(result.Options)
	if err != nil {
		return Entry{}, err
	}
	value, err := json.Marshal(result.Value)
	if err != nil {
		return Entry{}, err
	}
	files, err := digestFiles(d.Dir)
	if err != nil {
		return Entry{}, err
	}
	manifest := Manifest{
		Schema: Schema, Stage: d.stage, Key: d.key, Tool: d.store.tool,
		Options: options, Inputs: result.Inputs, Files: files, Value: value,
		Seconds: result.Took.Seconds(),
	}
	if err := WriteJSON(filepath.Join(d.Dir, manifestName), manifest); err != nil {
		return Entry{}, fmt.Errorf("store: %w", err)
	}
	final := d.store.Dir(d.stage, d.key)
	if err := os.RemoveAll(final); err != nil {
		return Entry{}, fmt.Errorf("store: %w", err)
	}
	if err := os.Rename(d.Dir, final); err != nil {
		return Entry{}, fmt.Errorf("store: %w", err)
	}
	return Entry{Dir: final, Manifest: manifest}, nil
}

func digestFiles(dir string) ([]File, error) {
	var files []File
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		if !info.Mode().IsRegular() {
			return fmt.Errorf("store: %s is not a regular file", path)
		}
		digest, err := FileDigest(path)
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		if relative != manifestName {
			files = append(files, File{Path: filepath.ToSlash(relative), Size: info.Size(), SHA256: digest})
		}
		return nil
	})
	slices.SortFunc(files, func(a, b File) int {
		if a.Path < b.Path {
			return -1
		}
		return 1
	})
	return files, err
}
