package pipeline

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
)

// runID is what the ids of runs look like. Other folders are not tunegate's.
var runID = regexp.MustCompile(`^[0-9]{8}-[0-9]{6}\.[0-9]{3}-[0-9a-f]{8}$`)

// UnreadableRuns are the ids of runs that Runs leaves out: they were killed
// before they had a record, were removed by half, or their record is damaged.
func UnreadableRuns(home string) ([]string, error) {
	records, err := Runs(home)
	if err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(runsFolder(home))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	var ids []string
	for _, entry := range entries {
		id := entry.Name()
		if runID.MatchString(id) && !slices.ContainsFunc(records, func(r Record) bool { return r.ID == id }) {
			ids = append(ids, id)
		}
	}
	return ids, nil
}

// RemoveRun takes a run away, its record first: a folder without one is no run,
// and the next command removes what is left of it.
func RemoveRun(home, id string) error {
	dir := RunFolder(home, id)
	if err := os.Remove(filepath.Join(dir, recordName)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return os.RemoveAll(dir)
}

// Setups gives the records of what was set up, by the config's name. Unlike a
// run's, one that can not be read is an error: the base that it names must not be
// taken for unused.
func Setups(home string) (map[string]Record, error) {
	entries, err := os.ReadDir(setupFolder(home))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	records := map[string]Record{}
	for _, entry := range entries {
		if !entry.IsDir() {
			continue
		}
		path := filepath.Join(setupFolder(home), entry.Name(), recordName)
		data, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		var record Record
		if err == nil {
			err = json.Unmarshal(data, &record)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w (hint: remove the file and run `tunegate setup` again)", path, err)
		}
		records[entry.Name()] = record
	}
	return records, nil
}

func setupFolder(home string) string { return filepath.Join(home, "setup") }
