package promote

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/tunegate/tunegate/internal/chat"
	"github.com/tunegate/tunegate/internal/engine"
	"github.com/tunegate/tunegate/internal/gate"
	"github.com/tunegate/tunegate/internal/ledger"
	"github.com/tunegate/tunegate/internal/machine"
	"github.com/tunegate/tunegate/internal/register"
	"github.com/tunegate/tunegate/internal/runs"
	"github.com/tunegate/tunegate/internal/step"
	"github.com/tunegate/tunegate/internal/store"
)

// target is a server that a version is brought to.
type target struct {
	name   string // its address, or ledger.Private
	server *machine.Server
	before string // the model_id of the stable tag before this command; empty: none
	moved  bool   // this command wrote the stable tag
}

func (t *target) String() string {
	if t.name == ledger.Private {
		return "the private server"
	}
	return t.name
}

// damaged is the model_id of a tag that the server cannot read, as a
// full disk leaves it.
const damaged = "damaged"

// show is the model_id of a tag; empty for one that is missing.
func (t *target) show(ctx context.Context, tag string) (string, error) {
	shown, err := t.server.Show(ctx, tag)
	switch {
	case errors.Is(err, engine.ErrNotFound):
		return "", nil
	case errors.Is(err, engine.ErrBroken):
		return damaged, nil
	case err != nil:
		return "", err
	}
	return register.ModelID(shown), nil
}

// copy points one tag at another's model, and checks that it is this model.
func (t *target) copy(ctx context.Context, from, to, modelID string) error {
	if err := t.server.Copy(ctx, from, to); err != nil {
		return err
	}
	return t.expect(ctx, to, modelID)
}

func (t *target) expect(ctx context.Context, tag, modelID string) error {
	shown, err := t.show(ctx, tag)
	if err == nil && shown != modelID {
		return fmt.Errorf("%s has the model_id %.12q there, but %.12s was tested (hint: check whether another program writes to this server, or its version of Ollama differs)", tag, shown, modelID)
	}
	return err
}

// install makes the version's tag the tested model on one server, which may need
// an upload, and has it answer: a server accepts damaged weights silently. A
// tag that already is the model is left.
func (m *move) install(ctx context.Context, t *target) error {
	tag := m.entry.Tag
	shown, err := t.show(ctx, tag)
	if err != nil {
		return err
	}
	if err := m.keepStable(ctx, t); err != nil {
		return err
	}
	if shown != m.entry.ModelID {
		if err := m.mayReplace(t, tag, shown); err != nil {
			return err
		}
		if err := m.bring(ctx, t); err != nil {
			return err
		}
	}
	return t.answers(ctx, tag, m.entry.GGUFSHA256)
}

func (m *move) bring(ctx context.Context, t *target) error {
	made, err := m.bytes()
	if err != nil {
		return err
	}
	info, err := os.Stat(made.Candidate.Path)
	if err != nil {
		return err
	}
	m.machine.Progress.Say("%s: copying %s to it (up to %.1f MB)", t, m.entry.Tag, float64(info.Size())/1e6)
	m.changed = true
	made.Candidate.Tag = m.entry.Tag
	if err := t.server.Add(ctx, made.Candidate.Path, made.Candidate.Definition()); err != nil {
		return err
	}
	if err := t.expect(ctx, m.entry.Tag, m.entry.ModelID); err != nil {
		return errors.Join(err, t.server.Delete(ctx, m.entry.Tag))
	}
	return nil
}

// keepStable notes what the stable tag is, and makes sure that it can be set
// back: that its own version's tag is there.
func (m *move) keepStable(ctx context.Context, t *target) error {
	tag := stableTag(m.entry.Name)
	var err error
	if t.before, err = t.show(ctx, tag); err != nil {
		return err
	}
	if err := m.mayReplace(t, tag, t.before); err != nil {
		return err
	}
	stable, promoted := m.promotions.Stable(m.entry.Name)
	if !promoted || t.before != stable.ModelID {
		return nil
	}
	if held, err := t.show(ctx, stable.Tag); err != nil || held != "" && held != damaged {
		return err
	}
	return t.copy(ctx, tag, stable.Tag, stable.ModelID)
}

// mayReplace refuses to overwrite a tag that this home did not make.
func (m *move) mayReplace(t *target, tag, modelID string) error {
	if modelID == "" || modelID == damaged {
		return nil
	}
	if m.ours == nil {
		var err error
		if m.ours, err = made(m.machine.Home, m.promotions, m.entry.Name); err != nil {
			return err
		}
	}
	if m.ours[modelID] {
		return nil
	}
	return fmt.Errorf("%s is a model that this home did not make (model_id %.12s), so it is not overwritten (hint: keep it with `ollama cp %s NEW-NAME`, or remove it with `ollama rm %s`, then repeat the command)", tag, modelID, tag, tag)
}

// made are the model_ids in the promotions and runs of a home. What a killed
// promotion left on a server is among them.
func made(home string, promotions ledger.Ledger, name string) (map[string]bool, error) {
	ids := map[string]bool{}
	for _, e := range promotions.Versions(name) {
		ids[e.ModelID] = true
	}
	known, err := runs.All(home)
	for _, run := range known {
		if verdict, err := gate.Load(filepath.Join(runs.Folder(home, run.ID), string(step.Gate), "verdict.json")); err == nil {
			ids[verdict.ModelID] = true
		}
	}
	return ids, err
}

// answers asks for one token, and frees the memory for it unless the model was
// already loaded: then it is in use.
func (t *target) answers(ctx context.Context, tag, gguf string) error {
	used, err := t.server.Loaded(ctx, gguf)
	if err != nil {
		return err
	}
	reply, err := t.server.Chat(ctx, engine.Ask{
		Tag: tag, Messages: chat.Chat("", nil, "1 + 1 = ?"), Options: map[string]any{"num_predict": 1, "seed": 1},
	})
	if err != nil {
		return err
	}
	if !reply.Done {
		return fmt.Errorf("%s does not answer (hint: check the server's log)", tag)
	}
	if used {
		return nil
	}
	return t.server.Unload(ctx, tag)
}

// proved is nil when the bytes are still those that were tested.
func proved(made runs.Artifact, modelID string) error {
	digest, err := store.FileDigest(made.Candidate.Path)
	if err != nil {
		return fmt.Errorf("%w: %w", runs.ErrGone, err)
	}
	if digest != made.Candidate.Digest {
		return fmt.Errorf("%w: %s was changed", runs.ErrGone, made.Candidate.Path)
	}
	if id := register.ModelID(made.Candidate.Expected()); id != modelID {
		return fmt.Errorf("%w: the kept model has the model_id %.12s, the tested one %.12s", runs.ErrGone, id, modelID)
	}
	return nil
}
