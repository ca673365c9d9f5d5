package pipeline

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/tunegate/tunegate/internal/config"
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
	about.Verdict, about.Policy = verdict, r.plan.Config.Gate
	about.Base = report.Revision{Ref: r.plan.BaseRef, SHA: r.plan.BaseSHA}
	about.Head = report.Revision{Ref: r.plan.HeadRef, SHA: r.plan.HeadSHA}
	about.Name, about.Suites, about.Links, about.Origin = r.plan.Config.Name, r.plan.Suites, r.links(), r.origin()
	about.Notes = r.plan.Notes
	about.Reproduce = r.command()
	for _, stage := range r.record.Stages {
		about.Stages = append(about.Stages, report.Stage{
			Name: string(stage.Stage), Seconds: stage.Seconds, Reused: stage.State == Reused,
		})
	}
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

// command is how a person gets this run again.
func (r *run) command() string {
	command := "tunegate run --base " + r.plan.BaseSHA
	if r.options.Refs.Head != "" {
		command += " --head " + r.plan.HeadSHA
	}
	if r.options.ConfigPath != config.FileName {
		command += fmt.Sprintf(" --config %q", r.options.ConfigPath)
	}
	return command
}

// LoadReport reads the report of a finished run.
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

// copyLimit is the size in bytes above which a file stays out of the copy.
const copyLimit = 4 << 20

// publishCopy leaves a copy of the run, without its large files, in the
// repository's .tunegate folder, which ignores itself.
func (r *run) publishCopy() error {
	final := filepath.Join(r.repo.Root(), ".tunegate")
	temporary := final + ".tmp"
	if _, err := os.Lstat(final); err == nil && !isCopy(final) {
		return fmt.Errorf("%s is there and was not written by tunegate (hint: give it another name)", final)
	}
	if err := errors.Join(removeCopy(temporary), os.MkdirAll(temporary, 0o755)); err != nil {
		return err
	}
	// First of all: a copy that is cut short must not be taken for data.
	if err := os.WriteFile(filepath.Join(temporary, ignoreName), []byte(ignoreAll), 0o644); err != nil {
		return err
	}
	if err := errors.Join(copyTree(r.dir, temporary), removeCopy(final)); err != nil {
		return err
	}
	return os.Rename(temporary, final)
}

// The file that keeps a copy out of git.
const (
	ignoreName = ".gitignore"
	ignoreAll  = "*\n"
)

// isCopy says whether a folder is such a copy, or what a killed run left of it.
func isCopy(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, recordName))
	ignored, _ := os.ReadFile(filepath.Join(dir, ignoreName))
	return err == nil || string(ignored) == ignoreAll
}

// removeCopy takes a copy away, the file that keeps it out of git last. A link
// in its place, which a change can hold, is not followed.
func removeCopy(dir string) error {
	if info, err := os.Lstat(dir); err != nil || !info.IsDir() {
		return os.RemoveAll(dir)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if entry.Name() == ignoreName {
			continue
		}
		if err := os.RemoveAll(filepath.Join(dir, entry.Name())); err != nil {
			return err
		}
	}
	return os.RemoveAll(dir)
}

func copyTree(from, to string) error {
	entries, err := os.ReadDir(from)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(to, 0o755); err != nil {
		return err
	}
	for _, entry := range entries {
		source, target := filepath.Join(from, entry.Name()), filepath.Join(to, entry.Name())
		info, err := os.Stat(source) // a stage's folder is a link into the store
		switch {
		case err != nil:
			return err
		case info.IsDir():
			err = copyTree(source, target)
		case info.Size() <= copyLimit && !slices.Contains([]string{".gguf", ".safetensors"}, filepath.Ext(source)):
			err = copyFile(source, target)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func copyFile(from, to string) error {
	source, err := os.Open(from)
	if err != nil {
		return err
	}
	defer source.Close()
	target, err := os.Create(to)
	if err != nil {
		return err
	}
	_, err = io.Copy(target, source)
	return errors.Join(err, target.Close())
}
