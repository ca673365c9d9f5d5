// Package runs stores runs on disk: their records, by ID, and the models that they made.
// It copies a run for a workflow to upload, and cleans up what killed commands left in
// a home.
package runs

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/tunegate/tunegate/internal/protocol"
	"github.com/tunegate/tunegate/internal/step"
	"github.com/tunegate/tunegate/internal/store"
)

// Record is run.json: what a run judged and how far it got.
type Record struct {
	Schema       int        `json:"schema"`
	ID           string     `json:"id"`
	Event        string     `json:"event"`
	PR           int        `json:"pr"`
	BaseRef      string     `json:"base_ref"`
	HeadRef      string     `json:"head_ref"`
	Repository   string     `json:"repository"` // the top folder of its working tree
	BaseSHA      string     `json:"base_sha"`
	HeadSHA      string     `json:"head_sha"`
	Until        step.Stage `json:"until,omitempty"`    // the stage after which it should stop
	Again        bool       `json:"again,omitempty"`    // the model existed, so nothing was trained
	Retrains     bool       `json:"retrains,omitempty"` // it judged the base tip, not a change
	PolicySHA256 string     `json:"policy_sha256"`
	Lineage      string     `json:"lineage"`
	Started      time.Time  `json:"started"`
	Candidate    string     `json:"candidate,omitempty"` // the tag
	Server       string     `json:"server,omitempty"`    // version of a shared server, or digest of a private one's program
	State        step.State `json:"state"`
	Outcome      string     `json:"outcome,omitempty"`
	Ended        string     `json:"ended,omitempty"` // why a finished run has no verdict: a report.State
	Stages       []StageRun `json:"stages"`
	Uses         []Use      `json:"uses"`
	Error        string     `json:"error,omitempty"`
}

// Use is a result in the store that a run used.
type Use struct {
	Kind string    `json:"kind"`
	Key  store.Key `json:"key"`
}

// StageRun is a stage of a run. Seconds is the duration of the work, even if an earlier
// run did it and it was reused.
type StageRun struct {
	Stage   step.Stage `json:"stage"`
	Key     store.Key  `json:"key"`
	State   step.State `json:"state"`
	Seconds float64    `json:"seconds"`
}

// RecordFile is the file of a run's Record in its folder.
const RecordFile = "run.json"

// Schema is the version of the form of run.json.
const Schema = 1

// errNoRecord means that a folder is not a run: its record is missing or damaged. A
// record that is unreadable for another reason may refer to files that must stay.
var errNoRecord = errors.New("no record of a run")

// format is the format of run.json, which another version of tunegate may have written.
func format() protocol.Format[Record] {
	return protocol.Format[Record]{File: RecordFile, Key: "schema", Version: Schema}
}

// Decode reads the text of a run.json.
func Decode(data []byte) (Record, error) { return format().Decode(data) }

// DecodeStrict is Decode for untrusted text: it refuses unknown fields.
func DecodeStrict(data []byte) (Record, error) { return format().DecodeStrict(data) }

// Save writes the record to the run's folder, in this version's format.
func (r Record) Save(dir string) error {
	r.Schema = Schema
	return store.WriteJSON(filepath.Join(dir, RecordFile), r)
}

// Command returns the command that starts such a run, without options: run, or its last
// stage.
func (r Record) Command() string {
	switch r.Until {
	case "":
		return "run"
	case step.Prepare: // which has no own command
		return "run --until " + string(step.Prepare)
	}
	return string(r.Until)
}

// Find returns the folder and record of the run whose ID starts with the prefix. An
// empty prefix means the latest run, however it ended, of the repository, or of any if
// that is empty.
func Find(home, prefix, repository string) (dir string, record Record, err error) {
	entries, err := os.ReadDir(runsFolder(home))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return "", Record{}, err
	}
	var ids []string
	for _, entry := range entries {
		if entry.IsDir() && strings.HasPrefix(entry.Name(), prefix) {
			ids = append(ids, entry.Name())
		}
	}
	slices.Sort(ids)
	if prefix == "" {
		return latest(home, ids, repository)
	}
	switch {
	case len(ids) == 0:
		return "", Record{}, fmt.Errorf("no run ID starts with %q in %s (hint: list them with `ls %s`)", prefix, home, runsFolder(home))
	case len(ids) > 1:
		return "", Record{}, fmt.Errorf("%d run IDs start with %q, the latest is %s (hint: give more of the ID)", len(ids), prefix, ids[len(ids)-1])
	}
	return loadRun(home, ids[0])
}

func latest(home string, ids []string, repository string) (string, Record, error) {
	for _, id := range slices.Backward(ids) {
		dir, record, err := loadRun(home, id)
		if err != nil && !errors.Is(err, errNoRecord) {
			return "", Record{}, err
		}
		if err == nil && (repository == "" || record.Repository == repository) {
			return dir, record, nil
		}
	}
	return "", Record{}, fmt.Errorf("this repository has no runs yet (hint: start one with `tunegate run`; runs are stored in %s)", runsFolder(home))
}

// loadRun reads a run's record. It returns errNoRecord if there is none.
func loadRun(home, id string) (dir string, record Record, err error) {
	dir = Folder(home, id)
	path := filepath.Join(dir, RecordFile)
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
		return "", Record{}, fmt.Errorf("%w: %w", errNoRecord, err)
	}
	if err != nil {
		return "", Record{}, fmt.Errorf("%w (hint: make it readable for your user, or move that run's folder away)", err)
	}
	record, err = Decode(data)
	if errors.Is(err, protocol.ErrNewer) {
		return "", Record{}, fmt.Errorf("%s: %w", path, err)
	}
	if err != nil {
		return "", Record{}, fmt.Errorf("%w: %s: %w", errNoRecord, path, err)
	}
	if record.ID != id { // folders are removed by ID
		return "", Record{}, fmt.Errorf("%w: %s is about run %.60q", errNoRecord, path, record.ID)
	}
	return dir, record, nil
}

// Folder returns the folder of a run's files.
func Folder(home, id string) string { return filepath.Join(runsFolder(home), id) }

func runsFolder(home string) string { return filepath.Join(home, "runs") }
