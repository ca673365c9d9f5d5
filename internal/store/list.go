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

// The forms of stage and key names. Folders with other names do not belong to the store.
var (
	stageForm = regexp.MustCompile(`^[a-z][a-z0-9-]*$`)
	keyForm   = regexp.MustCompile(`^[0-9a-f]{64}$`)
)

// Entries lists the results by stage and key, including damaged ones: if the manifest
// cannot be read, the entry has only Dir, Stage and Key, and Verify reports the damage.
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

// DraftInfo describes a draft, abandoned or in progress.
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

// folders lists the folders in dir, in order; none if dir does not exist.
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

// Remove deletes a result. The manifest goes first, so that after an interrupted
// removal the folder does not count as a result. A missing result is not an error.
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

// Size returns the bytes of the files at and below a path, without following links; 0
// if it does not exist.
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
