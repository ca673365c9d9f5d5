package pipeline

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/tunegate/tunegate/internal/export"
	"github.com/tunegate/tunegate/internal/register"
	"github.com/tunegate/tunegate/internal/store"
)

// Made is a model that a run made: its file, how it is served, and the keys
// under which both are kept.
type Made struct {
	Candidate register.Candidate
	ModelID   string
	Host      string // the shared server's address; empty for the private one
	Export    store.Key
	Register  store.Key
}

// ErrGone says that the bytes of a model are not kept any more.
var ErrGone = errors.New("its bytes are gone")

// Made gives the model that a run exported and registered.
func (m Machine) Made(run Record) (Made, error) {
	if !run.MadeModel() {
		return Made{}, fmt.Errorf("run %s made no model", run.ID)
	}
	return m.Kept(run.key(Export), run.key(Register))
}

// MadeModel says whether the run exported and registered a model.
func (r Record) MadeModel() bool { return r.key(Export) != "" && r.key(Register) != "" }

func (r Record) key(stage Stage) store.Key {
	i := slices.IndexFunc(r.Stages, func(s StageRun) bool { return s.Stage == stage && (s.State == Done || s.State == Reused) })
	if i < 0 {
		return ""
	}
	return r.Stages[i].Key
}

// Kept gives the model that is kept under the keys of its export and its
// registration. It is ErrGone when one of them is missing or damaged.
func (m Machine) Kept(exportKey, registerKey store.Key) (Made, error) {
	exported, err := m.store().Get(string(Export), exportKey)
	if err != nil {
		return Made{}, fmt.Errorf("the export %s: %w: %w", exportKey.Short(), ErrGone, err)
	}
	var proof export.Proof
	if err := exported.Decode(&proof); err != nil {
		return Made{}, err
	}
	entry, err := m.store().Get(string(Register), registerKey)
	if err != nil {
		return Made{}, fmt.Errorf("the registration %s: %w: %w", registerKey.Short(), ErrGone, err)
	}
	var registered register.Registered
	if err := entry.Decode(&registered); err != nil {
		return Made{}, err
	}
	made := Made{
		Candidate: register.Candidate{Tag: registered.Tag, Path: exported.Path(ggufName), Digest: proof.GGUFSHA256},
		ModelID:   registered.ModelID, Host: registered.Host, Export: exportKey, Register: registerKey,
	}
	if err := json.Unmarshal(entry.Manifest.Options, &made.Candidate.Serve); err != nil {
		return Made{}, fmt.Errorf("%s: %w", entry.Dir, err)
	}
	return made, nil
}
