package pipeline

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/tunegate/tunegate/internal/dataset"
	"github.com/tunegate/tunegate/internal/export"
	"github.com/tunegate/tunegate/internal/gate"
	"github.com/tunegate/tunegate/internal/ledger"
	"github.com/tunegate/tunegate/internal/python"
	"github.com/tunegate/tunegate/internal/repo"
	"github.com/tunegate/tunegate/internal/report"
	"github.com/tunegate/tunegate/internal/store"
	"github.com/tunegate/tunegate/internal/train"
)

// all runs the stages in order, as far as the options and the data let it.
func (r *run) all(ctx context.Context) (Result, error) {
	data, rows, err := r.dataset(ctx)
	if err != nil {
		return Result{}, err
	}
	about := report.Report{Findings: data.Findings, Dataset: rowsOf(data.Stats)}
	unchanged, err := r.machine.unchanged(r.plan)
	if err != nil {
		return Result{}, err
	}
	if over := r.overLimit(data); over != nil && !unchanged {
		about.Findings = append(about.Findings, *over)
		data.Blocked = true
	}
	switch {
	case data.Blocked:
		return r.conclude(gate.Data(about.Findings, r.plan.Config.Gate), about)
	case !r.plan.Gated:
		return Result{Ended: report.Ungated, Stopped: fmt.Sprintf("%s is checked and its data has no errors; nothing is judged, because %s has no config yet", r.options.ConfigPath, r.plan.BaseRef)}, nil
	case unchanged:
		return r.conclude(gate.Unchanged("", r.plan.Config.Gate), about)
	case r.until(Dataset):
		return Result{Ended: report.Ready, Stopped: "stopped after the dataset, as asked: " + counted(data.Stats)}, nil
	}
	if planned, err := forecast(ctx, r.machine, r.repo, r.plan, r.options, r.device(ctx)); err != nil {
		r.machine.Progress.Say("note: no forecast: %v", err)
	} else {
		about.Forecast = &planned
	}
	base, err := r.baseModel(ctx)
	if err != nil {
		return Result{}, err
	}
	adapter, trained, err := r.train(ctx, base, rows)
	if finding, ours := r.rowFinding(err); ours {
		about.Findings = append(about.Findings, finding)
		return r.conclude(gate.Data(about.Findings, r.plan.Config.Gate), about)
	}
	if err != nil || r.until(Train) {
		return stopped("after the training"), err
	}
	if err := r.trained(&about, adapter, trained); err != nil {
		return Result{}, err
	}
	baseline, err := r.exportBase(ctx, base)
	if err != nil {
		return Result{}, err
	}
	exported, proof, err := r.exportCandidate(ctx, base, baseline, adapter)
	if err != nil || r.until(Export) {
		return stopped("after the export"), err
	}
	about.Export = exportOf(proof)
	return r.served(ctx, base, baseline, gguf{exported.Path(ggufName), proof.GGUFSHA256}, about)
}

// stopped is a run that stops before its verdict, as asked.
func stopped(where string) Result {
	return Result{Ended: report.Stopped, Stopped: "stopped " + where + ", as asked"}
}

// unchanged says whether the model to be judged is there already: that of the
// base tip, which a change does not alter, or the promoted one, which the base
// tip itself would only make again.
func (m Machine) unchanged(p *Plan) (bool, error) {
	if !p.Retrains {
		return p.Lineage == p.BaseLineage, nil
	}
	promotions, err := ledger.Load(m.Home)
	if err != nil {
		return false, err
	}
	stable, promoted := promotions.Stable(p.Config.Name)
	return promoted && stable.Lineage == p.Lineage, nil
}

// trainingDetail says in a few words what the trainer is at.
func trainingDetail(p train.Progress) string {
	if p.Loss == 0 {
		return p.Phase
	}
	return fmt.Sprintf("%s, loss %.3f", p.Phase, p.Loss)
}

// samples are the sanity run's generations.
func samples(adapter store.Entry) ([]report.Sample, error) {
	all, err := train.LoadSamples(adapter.Path("samples.jsonl"))
	var shown []report.Sample
	for _, s := range all {
		if s.Phase == train.Sanity {
			shown = append(shown, report.Sample{Prompt: s.Prompt, Base: s.Base, Adapter: s.Adapter})
		}
	}
	return shown, err
}

// dataset builds the rows.
func (r *run) dataset(ctx context.Context) (dataset.Result, store.Entry, error) {
	at := r.plan.datasetPlace()
	entry, result, err := cached(r, work[dataset.Result]{
		place: at, stage: Dataset,
		do: func(dir string) (dataset.Result, error) { return r.plan.buildRows(ctx, dir) },
	})
	if err != nil {
		return dataset.Result{}, store.Entry{}, err
	}
	r.machine.Progress.Say("dataset: %s", counted(result.Stats))
	return result, entry, r.link(Dataset, entry)
}

// buildRows writes the files of the dataset stage into dir.
func (p *Plan) buildRows(ctx context.Context, dir string) (dataset.Result, error) {
	return dataset.Build(ctx, p.Config.Dataset, dataset.Input{Head: p.Head, Base: p.Base, Suites: p.Suites}, dir)
}

// counted says in words what the dataset stage made.
func counted(s dataset.Stats) string {
	words := fmt.Sprintf("%d records, %d rows to train on, %d held out", s.Records, s.Train, s.Validation)
	if s.Errors+s.Warnings > 0 {
		words += fmt.Sprintf("; %d errors and %d warnings are in dataset/findings.jsonl", s.Errors, s.Warnings)
	}
	return words
}

// overLimit is the finding on data that has more rows than the base allows.
func (r *run) overLimit(data dataset.Result) *dataset.Finding {
	limit := r.plan.Config.Limits.Rows
	if data.Stats.Rows <= limit {
		return nil
	}
	return &dataset.Finding{
		Check: "limits", Level: string(dataset.Error), New: true, File: r.options.ConfigPath, Line: 1,
		Message: fmt.Sprintf("%d rows would be trained on, and `limits.rows` of the base allows %d (hint: raise it in a change of its own, or leave rows out)", data.Stats.Rows, limit),
	}
}

// rowFinding turns what the trainer found wrong with one row into a finding,
// when the row's file is one that the change touches: only the trainer has the
// tokenizer that can tell.
func (r *run) rowFinding(err error) (dataset.Finding, bool) {
	var problem *python.Problem
	if !errors.As(err, &problem) || !slices.Contains([]string{"guard/row-too-long", "guard/labels"}, problem.Name) {
		return dataset.Finding{}, false
	}
	for _, file := range r.plan.Head {
		if !strings.HasPrefix(problem.Message, file.Path+"#") || slices.ContainsFunc(r.plan.Base, func(b repo.File) bool {
			return b.Path == file.Path && b.Blob == file.Blob
		}) {
			continue
		}
		record, _, _ := strings.Cut(strings.TrimPrefix(problem.Message, file.Path+"#"), ":")
		return dataset.Finding{
			Check: strings.TrimPrefix(problem.Name, "guard/"), Level: string(dataset.Error), New: true, File: file.Path, Line: 1,
			Message: fmt.Sprintf("record %.10s: %s (hint: %s)", record, strings.TrimPrefix(problem.Message, file.Path+"#"+record+": "), problem.Hint),
		}, true
	}
	return dataset.Finding{}, false
}

// train trains the adapter.
func (r *run) train(ctx context.Context, base model, rows store.Entry) (store.Entry, train.Result, error) {
	digests := map[string]string{}
	for _, name := range rowFiles() {
		file, err := rows.File(name)
		if err != nil {
			return store.Entry{}, train.Result{}, err
		}
		digests[name] = file.SHA256
	}
	config := r.plan.Config
	at := r.plan.trainPlace(base.identity, r.device(ctx), digests)
	entry, result, err := cached(r, work[train.Result]{
		place: at, stage: Train, resume: true,
		do: func(dir string) (train.Result, error) {
			interpreter, err := r.python(ctx)
			if err != nil {
				return train.Result{}, err
			}
			return train.Run(ctx, r.machine.Launcher, interpreter, config.Train, train.Input{
				BaseDir: base.dir, BaseName: config.Base.Model,
				TrainRows: rows.Path("train.jsonl"), ValRows: rows.Path("val.jsonl"),
				Seed: config.Seed, SanityPrompts: r.plan.sanityChats(),
			}, dir, func(p train.Progress) {
				r.machine.Progress.Update(string(Train), int64(p.Step), int64(p.Steps), p.ETA, trainingDetail(p))
			})
		},
	})
	if err != nil {
		return store.Entry{}, train.Result{}, err
	}
	return entry, result, r.link(Train, entry)
}

const ggufName = "model.gguf"

// gguf is a file that is served.
type gguf struct {
	path, digest string
}

// exportBase writes the model that everything is compared with: the base, at
// the quantization that is served, through the same exporter.
func (r *run) exportBase(ctx context.Context, base model) (gguf, error) {
	entry, proof, err := cached(r, r.export(ctx, "", base, r.plan.baseExportPlace(base.digest), nil))
	return gguf{entry.Path(ggufName), proof.GGUFSHA256}, err
}

func (r *run) exportCandidate(ctx context.Context, base model, baseline gguf, adapter store.Entry) (store.Entry, export.Proof, error) {
	at, changes, err := r.plan.candidatePlace(base.digest, adapter)
	if err != nil {
		return store.Entry{}, export.Proof{}, err
	}
	entry, proof, err := cached(r, r.export(ctx, Export, base, at, &export.Adapter{
		Dir: adapter.Path("adapter"), Changes: changes, BaseExport: baseline.path,
	}))
	if err != nil {
		return store.Entry{}, export.Proof{}, err
	}
	return entry, proof, r.link(Export, entry)
}

func (r *run) export(ctx context.Context, stage Stage, base model, at place, adapter *export.Adapter) work[export.Proof] {
	return work[export.Proof]{
		place: at, stage: stage,
		do: func(dir string) (export.Proof, error) {
			proof, err := export.Run(ctx, r.plan.Config.Export, base.gguf, adapter, filepath.Join(dir, ggufName), func(p export.Progress) {
				r.machine.Progress.Update(string(Export), p.Done, p.Total, 0, p.Stage+", bytes")
			})
			if err != nil {
				return export.Proof{}, err
			}
			return proof, store.WriteJSON(filepath.Join(dir, "proof.json"), proof)
		},
	}
}
