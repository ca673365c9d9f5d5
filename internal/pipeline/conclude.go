package pipeline

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/tunegate/tunegate/internal/config"
	"github.com/tunegate/tunegate/internal/dataset"
	"github.com/tunegate/tunegate/internal/gate"
	"github.com/tunegate/tunegate/internal/report"
	"github.com/tunegate/tunegate/internal/store"
)

const reportData = "report.json"

// conclude writes the verdict and the report. Both are made anew in every run:
// they are pure and take no time.
func (r *run) conclude(verdict gate.Verdict, about report.Report) (Result, error) {
	verdict.PolicySHA256 = r.plan.PolicySHA256
	gateDir, reportDir := filepath.Join(r.dir, string(Gate)), filepath.Join(r.dir, string(Report))
	if err := errors.Join(os.MkdirAll(gateDir, 0o755), os.MkdirAll(reportDir, 0o755)); err != nil {
		return Result{}, err
	}
	if err := verdict.Save(filepath.Join(gateDir, "verdict.json")); err != nil {
		return Result{}, err
	}
	about.Verdict = verdict
	about = r.describe(about)
	data, err := json.Marshal(about)
	if err != nil {
		return Result{}, err
	}
	page, err := report.HTML(about)
	if err != nil {
		return Result{}, err
	}
	card, err := report.Card(about)
	if err != nil {
		return Result{}, err
	}
	provenance, err := report.Provenance(about)
	if err != nil {
		return Result{}, err
	}
	for name, content := range map[string][]byte{
		reportData: data, "comment.md": report.Comment(about), "report.html": page,
		"model-card.md": card, "provenance.json": provenance,
	} {
		if content == nil { // no model was made
			continue
		}
		if err := store.WriteFile(filepath.Join(reportDir, name), content); err != nil {
			return Result{}, err
		}
	}
	return Result{Verdict: &verdict, Exit: gate.ExitCode(verdict, about.Policy), Summary: report.Summary(about)}, nil
}

// describe adds what is known of every run, judged or not.
func (r *run) describe(about report.Report) report.Report {
	about.Policy = r.plan.Config.Gate
	about.Base = report.Revision{Ref: r.plan.BaseRef, SHA: r.plan.BaseSHA}
	about.Head = report.Revision{Ref: r.plan.HeadRef, SHA: r.plan.HeadSHA}
	about.Name, about.Suites, about.Links, about.Origin = r.plan.Config.Name, r.plan.Suites, r.links(), r.origin()
	about.Sides, about.Notes = r.plan.sides(about.Findings), r.plan.Notes
	about.Reproduce = Command(r.record, r.options.ConfigPath)
	about.Again, about.Retrains = r.record.Again, r.record.Retrains
	for _, stage := range r.record.Stages {
		about.Stages = append(about.Stages, report.Stage{
			Name: string(stage.Stage), Seconds: stage.Seconds, Reused: stage.State == Reused,
		})
	}
	return about
}

// leaveWord says in the run's folder and in the workspace how the run stands
// that came to no verdict, so that another job can tell of it.
func (r *run) leaveWord(state report.State, cause string) error {
	about := report.Report{State: state, Error: cause}
	if entry, err := r.store.Get(string(Dataset), r.record.key(Dataset)); err == nil {
		var data dataset.Result
		if err := entry.Decode(&data); err != nil {
			return err
		}
		about.Findings, about.Dataset = data.Findings, rowsOf(data.Stats)
	}
	about = r.describe(about)
	dir := filepath.Join(r.dir, string(Report))
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	if err := errors.Join(store.WriteJSON(filepath.Join(dir, reportData), about),
		store.WriteFile(filepath.Join(dir, "comment.md"), report.Comment(about))); err != nil {
		return err
	}
	r.copyOut()
	return nil
}

// Command is how a person gets a run again, or makes the model that it judged
// again. It is empty for a change that is the base tip itself, which the command
// line takes for a retraining.
func Command(record Record, configPath string) string {
	command := "tunegate run"
	if record.Until != "" {
		command = "tunegate " + string(record.Until)
	}
	switch {
	case record.Again:
		command += fmt.Sprintf(" --base %s --head %[1]s", record.HeadSHA)
	case record.HeadRef == workingTree:
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

// LoadReport reads the report of a run, which came to a verdict only where its
// State says so.
func LoadReport(dir string) (report.Report, error) {
	var about report.Report
	data, err := os.ReadFile(filepath.Join(dir, string(Report), reportData))
	if errors.Is(err, fs.ErrNotExist) {
		return about, fmt.Errorf("%s came to no verdict (hint: %s says how far it got)", filepath.Base(dir), filepath.Join(dir, recordName))
	}
	if err != nil {
		return about, err
	}
	return about, json.Unmarshal(data, &about)
}
