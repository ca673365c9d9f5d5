package pipeline

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/tunegate/tunegate/internal/config"
	"github.com/tunegate/tunegate/internal/gate"
	"github.com/tunegate/tunegate/internal/plan"
	"github.com/tunegate/tunegate/internal/report"
	"github.com/tunegate/tunegate/internal/report/card"
	"github.com/tunegate/tunegate/internal/report/comment"
	"github.com/tunegate/tunegate/internal/report/page"
	"github.com/tunegate/tunegate/internal/report/provenance"
	"github.com/tunegate/tunegate/internal/report/terminal"
	"github.com/tunegate/tunegate/internal/runs"
	"github.com/tunegate/tunegate/internal/step"
	"github.com/tunegate/tunegate/internal/store"
)

// conclude writes the verdict and the report. Both are recomputed in every run:
// they are pure and fast.
func (r *run) conclude(o outcome) (Result, error) {
	o.verdict.PolicySHA256 = r.plan.PolicySHA256
	gateDir, reportDir := filepath.Join(r.dir, string(step.Gate)), filepath.Join(r.dir, string(step.Report))
	if err := errors.Join(os.MkdirAll(gateDir, 0o700), os.MkdirAll(reportDir, 0o700)); err != nil {
		return Result{}, err
	}
	if err := o.verdict.Save(filepath.Join(gateDir, "verdict.json")); err != nil {
		return Result{}, err
	}
	about, err := r.report(o)
	if err != nil {
		return Result{}, err
	}
	data, err := report.Encode(about)
	if err != nil {
		return Result{}, err
	}
	html, err := page.Render(about)
	if err != nil {
		return Result{}, err
	}
	modelCard, err := card.Render(about)
	if err != nil {
		return Result{}, err
	}
	statement, err := provenance.Render(about)
	if err != nil {
		return Result{}, err
	}
	for name, content := range map[string][]byte{
		report.File: data, "comment.md": comment.Render(about), "report.html": html,
		"model-card.md": modelCard, "provenance.json": statement,
	} {
		if content == nil { // no model was made
			continue
		}
		if err := store.WriteFile(filepath.Join(reportDir, name), content); err != nil {
			return Result{}, err
		}
	}
	summary := terminal.Summary
	if r.options.Until == step.Dataset {
		summary = terminal.DataSummary
	}
	return Result{Verdict: &o.verdict, Exit: gate.ExitCode(o.verdict, about.Policy), Summary: summary(about)}, nil
}

// writeStatus records in the run's folder and in the workspace the state of a run
// without a verdict, so that another job can report it.
func (r *run) writeStatus(state report.State, cause string) error {
	o := outcome{state: state, cause: cause}
	if r.steps != nil && r.steps.Dataset.Brought() {
		o.steps, o.findings = r.steps, r.findings()
	}
	about, err := r.report(o)
	if err != nil {
		return err
	}
	dir := filepath.Join(r.dir, string(step.Report))
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	data, err := report.Encode(about)
	if err != nil {
		return err
	}
	if err := errors.Join(store.WriteFile(filepath.Join(dir, report.File), data),
		store.WriteFile(filepath.Join(dir, "comment.md"), comment.Render(about))); err != nil {
		return err
	}
	r.copyOut()
	return nil
}

// Command is the command that repeats a run, or makes the model that it judged
// again. It is empty for a change that is the base tip itself, which the command
// line takes for a retraining.
func Command(record runs.Record, configPath string) string {
	command := "tunegate " + record.Command()
	switch {
	case record.Again:
		command += fmt.Sprintf(" --base %s --head %[1]s", record.HeadSHA)
	case record.HeadRef == plan.WorkingTree:
		command += " --base " + record.BaseSHA
	case record.HeadSHA == record.BaseSHA && !record.Retrains:
		return ""
	default:
		command += fmt.Sprintf(" --base %s --head %s", record.BaseSHA, record.HeadSHA)
	}
	if configPath != config.FileName {
		command += fmt.Sprintf(" --config %q", configPath)
	}
	return command
}

// LoadReport reads the report of a run, which has a verdict only if its
// State says so.
func LoadReport(dir string) (report.Report, error) {
	path := filepath.Join(dir, string(step.Report), report.File)
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return report.Report{}, fmt.Errorf("%s has no verdict (hint: see %s for how far it got)", filepath.Base(dir), filepath.Join(dir, runs.RecordFile))
	}
	if err != nil {
		return report.Report{}, err
	}
	about, err := report.Decode(data)
	if err != nil {
		return report.Report{}, fmt.Errorf("%s: %w", filepath.Dir(path), err)
	}
	return about, nil
}
