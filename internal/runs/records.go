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

// runID is what the ids of runs look like. Other folders are not tunegate's.
var runID = regexp.MustCompile(`^[0-9]{8}-[0-9]{6}\.[0-9]{3}-[0-9a-f]{8}$`)

// IsID says whether a text has the form of a run's id.
func IsID(s string) bool { return runID.MatchString(s) }

// All gives the records of all runs, the oldest first. A folder whose record is
// missing or damaged is left out; a record that cannot be read for another
// reason is an error: what it names must not be taken for unused.
func All(home string) ([]Record, error) {
	records, _, err := readRuns(home)
	return records, err
}

// Unreadable are the ids of runs that All leaves out: they were killed
// before they had a record, were removed by half, or their record is damaged.
func Unreadable(home string) ([]string, error) {
	_, others, err := readRuns(home)
	return slices.DeleteFunc(others, func(name string) bool { return !IsID(name) }), err
}

// readRuns gives the records of all runs, and the names of what else lies among
// their folders.
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

// Remove takes a run away, its record first: a folder without one is no run,
// and the next command removes what is left of it.
func Remove(home, id string) error {
	dir := Folder(home, id)
	if err := os.Remove(filepath.Join(dir, RecordFile)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return os.RemoveAll(dir)
}

// Setups gives the records of what was set up, by folder: the config's name with
// a digest of the repository. Unlike a run's, one that is damaged is an error
// too: the base that it names must not be taken for unused.
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

// SetupName is the folder of a setup: repositories may share a home, and a name.
func SetupName(name, repository string) string {
	return name + "-" + store.Digest(repository).Short()
}

// SetupFolder is where the files of a setup are.
func SetupFolder(home, name string) string { return filepath.Join(setupFolder(home), name) }

func setupFolder(home string) string { return filepath.Join(home, "setup") }
