package runs

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/tunegate/tunegate/internal/export"
	"github.com/tunegate/tunegate/internal/machine"
	"github.com/tunegate/tunegate/internal/register"
	"github.com/tunegate/tunegate/internal/step"
	"github.com/tunegate/tunegate/internal/store"
)

// Artifact is a model that a run made: its file, how it is served, and the keys
// under which both are kept.
type Artifact struct {
	Candidate register.Candidate
	ModelID   string
	Host      string // the shared server's address; empty for the private one
	Export    store.Key
	Register  store.Key
}

// ErrGone says that the bytes of a model are not kept any more.
var ErrGone = errors.New("its files are gone")

// MadeBy gives the model that a run exported and registered.
func MadeBy(m machine.Machine, run Record) (Artifact, error) {
	if !run.MadeModel() {
		return Artifact{}, fmt.Errorf("run %s made no model", run.ID)
	}
	return Kept(m, run.Key(step.Export), run.Key(step.Register))
}

// MadeModel says whether the run exported and registered a model.
func (r Record) MadeModel() bool { return r.Key(step.Export) != "" && r.Key(step.Register) != "" }

// Key is that of the stage's result; empty: the run did not come so far.
func (r Record) Key(stage step.Stage) store.Key {
	i := slices.IndexFunc(r.Stages, func(s StageRun) bool { return s.Stage == stage && (s.State == step.Done || s.State == step.Reused) })
	if i < 0 {
		return ""
	}
	return r.Stages[i].Key
}

// Answers tells the evaluation of a run from any other: the keys of the models' answers
// that it compared. It is empty where the run came to none.
func (r Record) Answers() string {
	var keys []string
	for _, s := range r.Stages {
		if s.Stage == step.Eval && s.Key != "" && (s.State == step.Done || s.State == step.Reused) {
			keys = append(keys, string(s.Key))
		}
	}
	slices.Sort(keys)
	return strings.Join(keys, " ")
}

// Kept gives the model that is kept under the keys of its export and its
// registration. It is ErrGone when one of them is missing or damaged.
func Kept(m machine.Machine, exportKey, registerKey store.Key) (Artifact, error) {
	exported, err := m.Store().Get(string(step.Export), exportKey)
	if err != nil {
		return Artifact{}, fmt.Errorf("the export %s: %w: %w", exportKey.Short(), ErrGone, err)
	}
	var proof export.Proof
	if err := exported.Decode(&proof); err != nil {
		return Artifact{}, err
	}
	entry, err := m.Store().Get(string(step.Register), registerKey)
	if err != nil {
		return Artifact{}, fmt.Errorf("the registration %s: %w: %w", registerKey.Short(), ErrGone, err)
	}
	var registered register.Registered
	if err := entry.Decode(&registered); err != nil {
		return Artifact{}, err
	}
	made := Artifact{
		Candidate: register.Candidate{Tag: registered.Tag, Path: exported.Path(export.GGUFFile), Digest: proof.GGUFSHA256},
		ModelID:   registered.ModelID, Host: registered.Host, Export: exportKey, Register: registerKey,
	}
	if err := json.Unmarshal(entry.Manifest.Options, &made.Candidate.Serve); err != nil {
		return Artifact{}, fmt.Errorf("%s: %w", entry.Dir, err)
	}
	return made, nil
}
