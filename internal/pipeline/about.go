package pipeline

import (
	"cmp"
	"slices"

	"github.com/tunegate/tunegate/internal/config"
	"github.com/tunegate/tunegate/internal/dataset"
	"github.com/tunegate/tunegate/internal/export"
	"github.com/tunegate/tunegate/internal/python"
	"github.com/tunegate/tunegate/internal/repo"
	"github.com/tunegate/tunegate/internal/report"
	"github.com/tunegate/tunegate/internal/store"
	"github.com/tunegate/tunegate/internal/train"
)

// rowsOf tells the report what went into the training.
func rowsOf(s dataset.Stats) *report.Dataset {
	return &report.Dataset{Records: s.Records, Train: s.Train, Validation: s.Validation}
}

// exportOf tells the report what the proof of an exported file found.
func exportOf(p export.Proof) *report.Export {
	return &report.Export{Changed: len(p.Changed), Unchanged: p.Unchanged, GGUFSHA256: p.GGUFSHA256}
}

// trained tells the report how the training went.
func (r *run) trained(about *report.Report, adapter store.Entry, result train.Result) error {
	recipe := r.plan.Config.Train
	about.Training = &report.Training{
		Steps: result.Steps, Tokens: result.Tokens, TrainLoss: result.TrainLoss, EvalLoss: result.EvalLoss,
		Recipe: &recipe, Device: result.Device, Precision: result.Precision, Seed: result.Seed,
		Versions: result.Versions, PeakMemoryBytes: result.PeakMemoryBytes, AdapterSHA256: result.AdapterSHA256,
	}
	losses, err := train.LoadLosses(adapter.Dir)
	if err != nil {
		return err
	}
	for _, l := range losses {
		about.Losses = append(about.Losses, report.Loss{Step: l.Step, Loss: l.Loss, EvalLoss: l.EvalLoss})
	}
	about.Samples, err = samples(adapter)
	return err
}

// origin says by what and of what this run's model is made.
func (r *run) origin() report.Origin {
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
	if r.base != nil {
		origin.Materials = append(origin.Materials,
			report.Material{Name: "base model", Algorithm: "sha256", Digest: r.base.digest},
			report.Material{Name: "base folder", Algorithm: "sha256", Digest: r.base.identity})
	}
	for _, file := range slices.SortedFunc(slices.Values(r.plan.Head), func(a, b repo.File) int { return cmp.Compare(a.Path, b.Path) }) {
		origin.Materials = append(origin.Materials, report.Material{Name: file.Path, Algorithm: "gitBlob", Digest: file.Blob})
	}
	return origin
}

// links are the addresses of the judged files, where the repository is on the
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

// private says whether the runs of this config start a server of their own.
func private(c config.Config) bool { return c.Runner.Ollama == config.Auto }
