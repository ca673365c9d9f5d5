package steps

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/tunegate/tunegate/internal/export"
	"github.com/tunegate/tunegate/internal/step"
	"github.com/tunegate/tunegate/internal/store"
	"github.com/tunegate/tunegate/internal/train"
)

// adapter trains.
func (s *List) adapter() *step.Of[train.Result] {
	config := s.plan.Config
	return &step.Of[train.Result]{
		Stage: step.Train, Resume: true,
		Slot: func(ctx context.Context) (*store.Slot, error) {
			identity, found := s.BaseIdentity()
			if !found || !s.Dataset.Known() {
				return nil, nil
			}
			digests := map[string]string{}
			for _, name := range train.RowFiles() {
				file, err := s.Dataset.Entry().File(name)
				if err != nil {
					return nil, err
				}
				digests[name] = file.SHA256
			}
			device, err := s.Device(ctx)
			if err != nil {
				return nil, err
			}
			slot := s.plan.TrainSlot(identity, device.String(), digests)
			return &slot, nil
		},
		Needs: func() step.Needs {
			return step.Needs{Disk: train.Disk(s.BaseSize()/2, config.Train.LoRA.R, 0)}
		},
		Do: func(ctx context.Context, dir string) (train.Result, error) {
			interpreter, err := s.python(ctx)
			if err != nil {
				return train.Result{}, err
			}
			rows := s.Dataset.Entry()
			return train.Run(ctx, train.Local{Children: s.machine.Launcher, Interpreter: interpreter}, config.Train, train.Input{
				BaseDir: s.baseDir(), BaseName: config.Base.Model,
				TrainRows: rows.Path("train.jsonl"), ValRows: rows.Path("val.jsonl"),
				Seed: config.Seed, SanityPrompts: s.plan.SanityChats(),
			}, dir, func(p train.Progress) {
				s.machine.Progress.Update(string(step.Train), int64(p.Step), int64(p.Steps), p.ETA, trainingDetail(p))
			})
		},
	}
}

// trainingDetail is a short description of the trainer's progress.
func trainingDetail(p train.Progress) string {
	if p.Loss == 0 {
		return p.Phase
	}
	return fmt.Sprintf("%s, loss %.3f", p.Phase, p.Loss)
}

// candidateSlot is that of the candidate's GGUF.
func (s *List) candidateSlot() (*store.Slot, error) {
	if !s.Adapter.Known() || !s.BaseGGUF.Known() {
		return nil, nil
	}
	slot, _, err := s.plan.CandidateSlot(s.BaseGGUF.Value().GGUFSHA256, s.Adapter.Entry())
	return &slot, err
}

// export writes a GGUF at the quantization that is served: the base itself, or the
// base with what an adapter changes, which is proved against the base's export.
func (s *List) export(stage step.Stage, name string, slot func() (*store.Slot, error), adapter *step.Of[train.Result]) *step.Of[export.Proof] {
	return &step.Of[export.Proof]{
		Stage: stage, Name: name, Needs: s.ofBase,
		Slot: func(context.Context) (*store.Slot, error) { return slot() },
		Do: func(ctx context.Context, dir string) (export.Proof, error) {
			var change *export.Adapter
			if adapter != nil {
				_, changes, err := s.plan.CandidateSlot(s.BaseGGUF.Value().GGUFSHA256, adapter.Entry())
				if err != nil {
					return export.Proof{}, err
				}
				before, _ := exported(s.BaseExport)
				change = &export.Adapter{Dir: adapter.Entry().Path("adapter"), Changes: changes, BaseExport: before.path}
			}
			base := s.BaseGGUF.Entry().Path(baseFile)
			proof, err := export.Run(ctx, s.plan.Config.Export, base, change, filepath.Join(dir, export.GGUFFile), func(p export.Progress) {
				s.machine.Progress.Update(string(stage), p.Done, p.Total, 0, p.Stage+", bytes")
			})
			if err != nil {
				return export.Proof{}, err
			}
			return proof, store.WriteJSON(filepath.Join(dir, "proof.json"), proof)
		},
	}
}
