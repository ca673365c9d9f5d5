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

// Artifact is a model made by a run: its file, how it is served, and the keys under
// which both are stored.
type Artifact struct {
	Candidate register.Candidate
	ModelID   string
	Host      string // the shared server's address; empty for the private one
	Export    store.Key
	Register  store.Key
}

// ErrGone means that a model's bytes are no longer stored.
var ErrGone = errors.New("its files are gone")

// MadeBy returns the model that a run exported and registered.
func MadeBy(m machine.Machine, run Record) (Artifact, error) {
	if !run.MadeModel() {
		return Artifact{}, fmt.Errorf("run %s made no model", run.ID)
	}
	return Kept(m, run.Key(step.Export), run.Key(step.Register))
}

// MadeModel reports whether the run exported and registered a model.
func (r Record) MadeModel() bool { return r.Key(step.Export) != "" && r.Key(step.Register) != "" }

// Key returns the key of the stage's result; empty: the run did not get that far.
func (r Record) Key(stage step.Stage) store.Key {
	i := slices.IndexFunc(r.Stages, func(s StageRun) bool { return s.Stage == stage && (s.State == step.Done || s.State == step.Reused) })
	if i < 0 {
		return ""
	}
	return r.Stages[i].Key
}

// Answers identifies a run's evaluation: the keys of the compared models' answers. It
// is empty if the run has none.
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

// Kept returns the model stored under the keys of its export and registration, or
// ErrGone if one of them is missing or damaged.
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
