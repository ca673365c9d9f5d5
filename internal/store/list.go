package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// The forms of every stage's and key's name. Other names are not the store's.
var (
	stageForm = regexp.MustCompile(`^[a-z][a-z0-9-]*$`)
	keyForm   = regexp.MustCompile(`^[0-9a-f]{64}$`)
)

// Entries lists the results by stage and key, the damaged ones too: where the
// manifest cannot be read, the entry has no more than Dir, Stage and Key, and
// Verify says what is wrong.
func (s *Store) Entries() ([]Entry, error) {
	var entries []Entry
	err := s.each(func(stage string, key Key, dir string) error {
		entry, _, err := load(dir)
		if err != nil || entry.Manifest.Stage != stage || entry.Manifest.Key != key {
			entry = Entry{Dir: dir, Manifest: Manifest{Stage: stage, Key: key}}
		}
		entries = append(entries, entry)
		return nil
	}, "")
	return entries, err
}

// DraftInfo is what an attempt left that came to no result, or is at work.
type DraftInfo struct {
	Stage string
	Key   Key
	Dir   string
	Size  int64 // bytes
}

// Drafts lists the drafts by stage and key.
func (s *Store) Drafts() ([]DraftInfo, error) {
	var drafts []DraftInfo
	err := s.each(func(stage string, key Key, dir string) error {
		size, err := Size(dir)
		drafts = append(drafts, DraftInfo{Stage: stage, Key: key, Dir: dir, Size: size})
		return err
	}, draftSuffix)
	return drafts, err
}

// each visits the folders STAGE/KEY with the suffix, in order.
func (s *Store) each(visit func(stage string, key Key, dir string) error, suffix string) error {
	stages, err := folders(s.dir)
	if err != nil {
		return err
	}
	for _, stage := range stages {
		if !stageForm.MatchString(stage) {
			continue
		}
		names, err := folders(filepath.Join(s.dir, stage))
		if err != nil {
			return err
		}
		for _, name := range names {
			key, found := strings.CutSuffix(name, suffix)
			if !found || !keyForm.MatchString(key) {
				continue
			}
			if err := visit(stage, Key(key), filepath.Join(s.dir, stage, name)); err != nil {
				return err
			}
		}
	}
	return nil
}

// folders names the folders in dir, in order; none where dir is not there.
func folders(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("store: %w", err)
	}
	var names []string
	for _, entry := range entries {
		if entry.IsDir() {
			names = append(names, entry.Name())
		}
	}
	return names, nil
}

// Remove takes a result away. The manifest goes first, so that a removal that
// is cut short leaves a folder that counts as none. Nothing there is no error.
func (s *Store) Remove(stage string, key Key) error {
	if !stageForm.MatchString(stage) || !keyForm.MatchString(string(key)) {
		return fmt.Errorf("store: no such result: %q %q", stage, key)
	}
	dir := s.Dir(stage, key)
	if err := os.Remove(filepath.Join(dir, manifestName)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("store: %w", err)
	}
	if err := os.RemoveAll(dir); err != nil {
		return fmt.Errorf("store: %w", err)
	}
	return nil
}

// Size is the number of bytes in the files at and below a path, links not
// followed; 0 where nothing is there.
func Size(path string) (size int64, err error) {
	err = filepath.WalkDir(path, func(_ string, entry fs.DirEntry, err error) error {
		var info fs.FileInfo
		if err == nil {
			info, err = entry.Info()
		}
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		if info.Mode().IsRegular() {
			size += info.Size()
		}
		return nil
	})
	return size, err
}
