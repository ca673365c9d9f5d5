package runs

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"

	"github.com/tunegate/tunegate/internal/store"
)

// runID matches run IDs. Other folders are not tunegate's.
var runID = regexp.MustCompile(`^[0-9]{8}-[0-9]{6}\.[0-9]{3}-[0-9a-f]{8}$`)

// IsID reports whether a text has the form of a run ID.
func IsID(s string) bool { return runID.MatchString(s) }

// All returns the records of all runs, oldest first. It skips folders whose record is
// missing or damaged; a record that is unreadable for another reason is an error,
// because its results must not count as unused.
func All(home string) ([]Record, error) {
	records, _, err := readRuns(home)
	return records, err
}

// Unreadable returns the IDs of the runs that All skips: killed before they had a
// record, partly removed, or with a damaged record.
func Unreadable(home string) ([]string, error) {
	_, others, err := readRuns(home)
	return slices.DeleteFunc(others, func(name string) bool { return !IsID(name) }), err
}

// readRuns returns the records of all runs, and the names of other entries among their
// folders.
func readRuns(home string) (records []Record, others []string, err error) {
	entries, err := os.ReadDir(runsFolder(home))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, nil, err
	}
	for _, entry := range entries {
		_, record, err := loadRun(home, entry.Name())
		switch {
		case err == nil:
			records = append(records, record)
		case errors.Is(err, errNoRecord):
			others = append(others, entry.Name())
		default:
			return nil, nil, err
		}
	}
	return records, others, nil
}

// Remove removes a run, its record first: a folder without one is not a run, and the
// next command removes it.
func Remove(home, id string) error {
	dir := Folder(home, id)
	if err := os.Remove(filepath.Join(dir, RecordFile)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return os.RemoveAll(dir)
}

// Setups returns the records of setups, by folder: the config's name with a digest of
// the repository. A damaged record is an error here, because its base must not count as
// unused.
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
		path := filepath.Join(setupFolder(home), entry.Name(), RecordFile)
		data, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		var record Record
		if err == nil {
			record, err = Decode(data)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w (hint: remove the file and run `tunegate setup` again)", path, err)
		}
		records[entry.Name()] = record
	}
	return records, nil
}

// SetupName returns the folder name of a setup: repositories may share a home and a name.
func SetupName(name, repository string) string {
	return name + "-" + store.Digest(repository).Short()
}

// SetupFolder returns the folder of a setup's files.
func SetupFolder(home, name string) string { return filepath.Join(setupFolder(home), name) }

func setupFolder(home string) string { return filepath.Join(home, "setup") }
