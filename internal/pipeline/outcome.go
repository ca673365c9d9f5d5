package pipeline

import (
	"cmp"
	"slices"

	"github.com/tunegate/tunegate/internal/dataset"
	"github.com/tunegate/tunegate/internal/eval"
	"github.com/tunegate/tunegate/internal/export"
	"github.com/tunegate/tunegate/internal/gate"
	"github.com/tunegate/tunegate/internal/python"
	"github.com/tunegate/tunegate/internal/repo"
	"github.com/tunegate/tunegate/internal/report"
	"github.com/tunegate/tunegate/internal/step"
	"github.com/tunegate/tunegate/internal/steps"
	"github.com/tunegate/tunegate/internal/store"
	"github.com/tunegate/tunegate/internal/train"
)

// outcome is what a run found: the results of its steps, as far as they got, and
// what was concluded from them. The report is built from it.
type outcome struct {
	steps    *steps.List
	state    report.State // empty: there is a verdict
	cause    string       // why there is none
	findings []dataset.Finding
	forecast *report.Forecast
	cases    []eval.Case
	verdict  gate.Verdict
	nearest  map[string][]report.Row
	probe    *report.BaselineProbe
}

func (o outcome) withVerdict(v gate.Verdict) outcome {
	o.verdict = v
	return o
}

// report builds the report.
func (r *run) report(o outcome) (report.Report, error) {
	about := report.Report{
		Name: r.plan.Config.Name, State: o.state, Error: o.cause, Verdict: o.verdict, Policy: r.plan.Config.Gate,
		Cases: o.cases, Suites: report.SuitesOf(r.plan.Suites), Findings: o.findings, Forecast: o.forecast, Nearest: o.nearest, BaselineProbe: o.probe,
		Base:  report.Revision{Ref: r.plan.BaseRef, SHA: r.plan.BaseSHA},
		Head:  report.Revision{Ref: r.plan.HeadRef, SHA: r.plan.HeadSHA},
		Links: r.links(), Origin: r.origin(o.steps), Sides: r.plan.Sides(o.findings), Notes: r.plan.Notes,
		Reproduce: Command(*r.record, r.options.ConfigPath), Again: r.record.Again, Retrains: r.record.Retrains,
	}
	for _, stage := range r.record.Stages {
		if stage.Stage == step.Prepare && stage.State == step.Reused {
			continue
		}
		about.Stages = append(about.Stages, report.Stage{
			Name: string(stage.Stage), Seconds: stage.Seconds, Reused: stage.State == step.Reused,
		})
	}
	if o.steps == nil {
		return about, nil
	}
	if o.steps.Dataset.Brought() {
		counts := o.steps.Dataset.Value().Stats
		about.Dataset = &report.Dataset{Records: counts.Records, Train: counts.Train, Validation: counts.Validation}
	}
	if o.steps.Registered.Brought() && o.steps.Baseline.Brought() {
		about.CandidateTag, about.BaselineTag = o.steps.Registered.Value().Tag, o.steps.Baseline.Value().Tag
	}
	about.Export = exportOf(o.steps.Candidate)
	return about, r.training(&about, o.steps.Adapter)
}

// exportOf is the report on the proof of an exported file.
func exportOf(candidate *step.Of[export.Proof]) *report.Export {
	if !candidate.Brought() {
		return nil
	}
	p := candidate.Value()
	return &report.Export{Changed: len(p.Changed), Unchanged: p.Unchanged, GGUFSHA256: p.GGUFSHA256}
}

// training is the report on the training.
func (r *run) training(about *report.Report, adapter *step.Of[train.Result]) error {
	if !adapter.Brought() {
		return nil
	}
	recipe, result := r.plan.Config.Train, adapter.Value()
	about.Training = &report.Training{
		Steps: result.Steps, Tokens: result.Tokens, TrainLoss: result.TrainLoss, EvalLoss: result.EvalLoss,
		Recipe: &recipe, Device: result.Device, Precision: result.Precision, Seed: result.Seed,
		Versions: result.Versions, PeakMemoryBytes: result.PeakMemoryBytes, AdapterSHA256: result.AdapterSHA256,
	}
	losses, err := train.LoadLosses(adapter.Entry().Dir)
	if err != nil {
		return err
	}
	for _, l := range losses {
		about.Losses = append(about.Losses, report.Loss{Step: l.Step, Loss: l.Loss, EvalLoss: l.EvalLoss})
	}
	about.Samples, err = samples(adapter.Entry())
	return err
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

// origin records the tools and materials of this run's model.
func (r *run) origin(found *steps.List) report.Origin {
	origin := report.Origin{
		Run: r.record.ID, Started: r.record.Started, Finished: r.machine.Clock().UTC(), Tool: r.machine.Tool,
		Server: r.record.Server, Lineage: r.plan.Lineage,
		Base: report.BaseModel{
			Model: r.plan.Config.Base.Model, Revision: r.plan.Config.Base.Revision, License: r.plan.Config.Base.License,
		},
		Sources: r.plan.Config.Dataset.Sources,
		Materials: []report.Material{
			{Name: "base commit", Algorithm: "gitCommit", Digest: r.plan.BaseSHA},
			{Name: "head commit", Algorithm: "gitCommit", Digest: r.plan.HeadSHA},
			{Name: "policy", Algorithm: "sha256", Digest: r.plan.PolicySHA256},
			{Name: "trainer and its locked packages", Algorithm: "sha256", Digest: python.Digest()},
		},
	}
	if found != nil && found.BaseGGUF.Brought() {
		identity, _ := found.BaseIdentity()
		origin.Materials = append(origin.Materials,
			report.Material{Name: "base model", Algorithm: "sha256", Digest: found.BaseGGUF.Value().GGUFSHA256},
			report.Material{Name: "base folder", Algorithm: "sha256", Digest: identity})
	}
	for _, file := range slices.SortedFunc(slices.Values(r.plan.Head), func(a, b repo.File) int { return cmp.Compare(a.Path, b.Path) }) {
		origin.Materials = append(origin.Materials, report.Material{Name: file.Path, Algorithm: "gitBlob", Digest: file.Blob})
	}
	return origin
}

// links are the addresses of the judged files, if the repository is on the
// web. A working tree is not there.
func (r *run) links() report.Links {
	if r.options.Web == "" {
		return report.Links{}
	}
	links := report.Links{Base: r.options.Web + "/blob/" + r.plan.BaseSHA}
	if r.options.Refs.Head != "" {
		links.Head = r.options.Web + "/blob/" + r.plan.HeadSHA
	}
	return links
}
