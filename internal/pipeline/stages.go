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
	"github.com/tunegate/tunegate/internal/python"
	"github.com/tunegate/tunegate/internal/repo"
	"github.com/tunegate/tunegate/internal/report"
	"github.com/tunegate/tunegate/internal/shape"
	"github.com/tunegate/tunegate/internal/store"
	"github.com/tunegate/tunegate/internal/train"
)

// all runs the stages in order, as far as the options and the data let it.
func (r *run) all(ctx context.Context) (Result, error) {
	data, rows, err := r.dataset(ctx)
	if err != nil {
		return Result{}, err
	}
	about := report.Report{Findings: data.Findings, Dataset: &report.Dataset{
		Records: data.Stats.Records, Train: data.Stats.Train, Validation: data.Stats.Validation,
	}}
	unchanged := r.plan.Lineage == r.plan.BaseLineage
	if over := r.overLimit(data); over != nil && !unchanged {
		about.Findings = append(about.Findings, *over)
		data.Blocked = true
	}
	switch {
	case data.Blocked:
		return r.conclude(gate.Data(about.Findings, r.plan.Config.Gate), about)
	case r.until(Dataset):
		return Result{Stopped: "stopped after the dataset, as asked: " + counted(data.Stats)}, nil
	case !r.plan.Gated:
		return Result{Stopped: fmt.Sprintf("%s is checked and its data has no errors; nothing is judged, because %s has no config yet", r.options.ConfigPath, r.plan.BaseRef)}, nil
	case unchanged:
		return r.conclude(gate.Unchanged("", r.plan.Config.Gate), about)
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
		return Result{Stopped: "stopped after the training, as asked"}, err
	}
	about.Training = &report.Training{
		Steps: trained.Steps, Tokens: trained.Tokens, TrainLoss: trained.TrainLoss, EvalLoss: trained.EvalLoss,
	}
	if about.Samples, err = samples(adapter); err != nil {
		return Result{}, err
	}
	baseline, err := r.exportBase(ctx, base)
	if err != nil {
		return Result{}, err
	}
	exported, proof, err := r.exportCandidate(ctx, base, baseline, adapter)
	if err != nil || r.until(Export) {
		return Result{Stopped: "stopped after the export, as asked"}, err
	}
	about.Export = &report.Export{
		Changed: len(proof.Changed), Unchanged: proof.Unchanged, GGUFSHA256: proof.GGUFSHA256,
	}
	return r.served(ctx, base, baseline, gguf{exported.Path(ggufName), proof.GGUFSHA256}, about)
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
	options := r.plan.Config.Dataset
	inputs := map[string]string{
		"records": string(store.Digest(blobs(r.plan.Head))),
		"base":    string(store.Digest(blobs(r.plan.Base))),
		"suites":  string(store.Digest(r.plan.Suites)),
	}
	entry, result, err := cached(r, work[dataset.Result]{
		stage: Dataset, kind: string(Dataset), options: options, inputs: inputs,
		key: store.NewKey(string(Dataset), datasetRevision, options, inputs),
		do: func(dir string) (dataset.Result, error) {
			return dataset.Build(ctx, options, dataset.Input{Head: r.plan.Head, Base: r.plan.Base, Suites: r.plan.Suites}, dir)
		},
	})
	if err != nil {
		return dataset.Result{}, store.Entry{}, err
	}
	r.machine.Progress.Say("dataset: %s", counted(result.Stats))
	return result, entry, r.link(Dataset, entry)
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

// train trains the adapter. Its key holds the rows' content rather than the
// dataset's key: data that was written otherwise and says the same trains nothing.
func (r *run) train(ctx context.Context, base model, rows store.Entry) (store.Entry, train.Result, error) {
	inputs := map[string]string{
		"base": base.identity, "base_name": r.plan.Config.Base.Model, "device": r.device(ctx),
	}
	for _, name := range []string{"train.jsonl", "val.jsonl"} {
		file, err := rows.File(name)
		if err != nil {
			return store.Entry{}, train.Result{}, err
		}
		inputs[name] = file.SHA256
	}
	config := r.plan.Config
	var sanity [][]shape.Message
	for _, question := range r.plan.Sanity {
		sanity = append(sanity, shape.Chat(config.Serve.System, nil, question))
	}
	inputs["sanity"] = string(store.Digest(sanity))
	entry, result, err := cached(r, work[train.Result]{
		stage: Train, kind: string(Train), options: config.Train, inputs: inputs, resume: true,
		key: store.NewKey(string(Train), train.Revision, config.Train, inputs, config.Seed, python.Digest()),
		do: func(dir string) (train.Result, error) {
			interpreter, err := r.python(ctx)
			if err != nil {
				return train.Result{}, err
			}
			return train.Run(ctx, r.machine.Launcher, interpreter, config.Train, train.Input{
				BaseDir: base.dir, BaseName: config.Base.Model,
				TrainRows: rows.Path("train.jsonl"), ValRows: rows.Path("val.jsonl"),
				Seed: config.Seed, SanityPrompts: sanity,
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
	entry, proof, err := cached(r, r.export(ctx, "", base, "", nil))
	return gguf{entry.Path(ggufName), proof.GGUFSHA256}, err
}

func (r *run) exportCandidate(ctx context.Context, base model, baseline gguf, adapter store.Entry) (store.Entry, export.Proof, error) {
	file, err := adapter.File("adapter/adapter_model.safetensors")
	if err != nil {
		return store.Entry{}, export.Proof{}, err
	}
	changes, err := export.LoadChanges(adapter.Path("changes.json"))
	if err != nil {
		return store.Entry{}, export.Proof{}, err
	}
	settings, err := adapter.File("adapter/adapter_config.json")
	if err != nil {
		return store.Entry{}, export.Proof{}, err
	}
	entry, proof, err := cached(r, r.export(ctx, Export, base, file.SHA256+settings.SHA256, &export.Adapter{
		Dir: adapter.Path("adapter"), Changes: changes, BaseExport: baseline.path,
	}))
	if err != nil {
		return store.Entry{}, export.Proof{}, err
	}
	return entry, proof, r.link(Export, entry)
}

func (r *run) export(ctx context.Context, stage Stage, base model, adapterDigest string, adapter *export.Adapter) work[export.Proof] {
	options := r.plan.Config.Export
	inputs := map[string]string{"base": base.digest, "adapter": adapterDigest}
	if adapter != nil {
		inputs["changes"] = string(store.Digest(adapter.Changes))
	}
	return work[export.Proof]{
		stage: stage, kind: string(Export), options: options, inputs: inputs,
		key: store.NewKey(string(Export), exportRevision, options, inputs),
		do: func(dir string) (export.Proof, error) {
			proof, err := export.Run(ctx, options, base.gguf, adapter, filepath.Join(dir, ggufName), func(p export.Progress) {
				r.machine.Progress.Update(string(Export), p.Done, p.Total, 0, p.Stage+", bytes")
			})
			if err != nil {
				return export.Proof{}, err
			}
			return proof, store.WriteJSON(filepath.Join(dir, "proof.json"), proof)
		},
	}
}
