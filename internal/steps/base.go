package steps

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/tunegate/tunegate/internal/base"
	"github.com/tunegate/tunegate/internal/export"
	"github.com/tunegate/tunegate/internal/plan"
	"github.com/tunegate/tunegate/internal/register"
	"github.com/tunegate/tunegate/internal/repo"
	"github.com/tunegate/tunegate/internal/step"
	"github.com/tunegate/tunegate/internal/store"
)

const baseFile = "base.gguf"

// folder is the folder of the base model: written from the base commit when it is
// part of the repository, else used in place, after its files were digested
// once for each state of their sizes and times.
func (s *List) folder() *step.Of[map[string]string] {
	if s.plan.BaseInRepository() {
		return &step.Of[map[string]string]{
			Stage: step.Prepare, Name: "a copy of its folder", Slot: known(s.plan.BaseFilesSlot),
			Needs: func() step.Needs {
				var size int64
				for _, file := range s.plan.BaseFiles() {
					size += file.Size
				}
				return step.Needs{Disk: size}
			},
			Do: func(ctx context.Context, dir string) (map[string]string, error) {
				return map[string]string{}, s.plan.ExportBase(ctx, dir)
			},
		}
	}
	folder := s.plan.Config.Base.Model
	return &step.Of[map[string]string]{
		Stage: step.Prepare, Name: "digests of its files",
		Slot: func(context.Context) (*store.Slot, error) {
			state, err := plan.FolderState(folder)
			if err != nil {
				return nil, err
			}
			slot := plan.BaseDigestSlot(folder, state)
			return &slot, nil
		},
		Do: func(ctx context.Context, _ string) (map[string]string, error) {
			state, err := plan.FolderState(folder)
			if err != nil {
				return nil, err
			}
			found := map[string]string{}
			for _, f := range state {
				digest, err := store.FileDigest(filepath.Join(folder, f.Name))
				if err != nil {
					return nil, err
				}
				found[f.Name] = digest
				if err := ctx.Err(); err != nil {
					return nil, err
				}
			}
			return found, nil
		},
	}
}

// baseDir is the folder of the base model.
func (s *List) baseDir() string {
	if s.plan.BaseInRepository() {
		return s.Folder.Entry().Dir
	}
	return s.plan.Config.Base.Model
}

// BaseIdentity is the digest of the base model's files, if they were read.
func (s *List) BaseIdentity() (identity string, found bool) {
	switch {
	case s.plan.BaseInRepository():
		return string(store.Digest(repo.Blobs(s.plan.BaseFiles()))), true
	case s.Folder.Known():
		return string(store.Digest(s.Folder.Value())), true
	}
	return "", false
}

// BaseSize is that of the 16-bit GGUF, in bytes; before there is one, that of the
// weights.
func (s *List) BaseSize() int64 {
	if s.BaseGGUF.Known() {
		return s.BaseGGUF.Value().Size
	}
	size, err := s.plan.BaseFolder(context.Background()).WeightsSize()
	if err != nil {
		return 0 // the step that reads the base reports it
	}
	return size
}

// ofBase is what an export or a tag of the base takes on disk.
func (s *List) ofBase() step.Needs { return step.Needs{Disk: s.BaseSize()} }

// baseGGUF writes the base at 16 bit, which everything is exported from.
func (s *List) baseGGUF() *step.Of[export.Digest] {
	return &step.Of[export.Digest]{
		Stage: step.Prepare, Name: "16-bit GGUF", Needs: s.ofBase,
		Slot: func(context.Context) (*store.Slot, error) {
			identity, found := s.BaseIdentity()
			if !found {
				return nil, nil
			}
			slot := plan.BaseGGUFSlot(identity)
			return &slot, nil
		},
		Do: func(ctx context.Context, dir string) (export.Digest, error) {
			written, err := export.WriteBase(ctx, base.Open(s.baseDir()), filepath.Join(dir, baseFile))
			if err != nil {
				return export.Digest{}, fmt.Errorf("base model: %w", err)
			}
			return written, nil
		},
	}
}

// rendering has the trainer's own tokenizer render the suites' prompts.
func (s *List) rendering() *step.Of[register.Rendering] {
	return &step.Of[register.Rendering]{
		Stage: step.Prepare, Name: "rendered prompts",
		Slot: func(context.Context) (*store.Slot, error) {
			identity, found := s.BaseIdentity()
			if !found {
				return nil, nil
			}
			slot := s.plan.RenderSlot(identity)
			return &slot, nil
		},
		Do: func(ctx context.Context, dir string) (register.Rendering, error) {
			interpreter, err := s.python(ctx)
			if err != nil {
				return register.Rendering{}, err
			}
			probe, prompts, err := register.Render(ctx, s.machine.Launcher, interpreter, s.baseDir(), s.plan.Prompts(), dir)
			return register.Rendering{Probe: probe, Prompts: prompts}, err
		},
	}
}

// baseExportSlot is that of the base at the quantization that is served.
func (s *List) baseExportSlot() (*store.Slot, error) {
	if !s.BaseGGUF.Known() {
		return nil, nil
	}
	slot := s.plan.BaseExportSlot(s.BaseGGUF.Value().GGUFSHA256)
	return &slot, nil
}
