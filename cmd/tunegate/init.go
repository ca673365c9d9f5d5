package main

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/tunegate/tunegate/internal/base"
	"github.com/tunegate/tunegate/internal/baselock"
	"github.com/tunegate/tunegate/internal/config"
	"github.com/tunegate/tunegate/internal/export"
	"github.com/tunegate/tunegate/internal/proc"
	"github.com/tunegate/tunegate/internal/starter"
)

type initCommand struct {
	Template  starter.Template `help:"Starter template: tutor (a maths tutor's suites and make targets) or generic (any chat model). Default: tutor if there are record files named raw_tuning_records*, else generic." placeholder:"NAME"`
	Name      string           `help:"Model name, used in tags (default: the name of the repository's folder)." placeholder:"NAME"`
	BaseModel string           `help:"Folder of the base model: an absolute path, or ./FOLDER inside the repository." placeholder:"DIR"`
	Records   []string         `help:"Record files, relative to the top of the repository. Repeatable (default: those found)." placeholder:"GLOB" sep:"none"`
	Workflows []string         `help:"GitHub workflows to write: data,gpu (the default) for pull requests from anybody; pull-request for a team that trusts its members; retrain and promote in addition to either; or none." placeholder:"NAME"`
	Action    string           `help:"Action that the workflows use, such as a commit of your fork of tunegate/tunegate. Until there is a release, no workflow is written without it." placeholder:"OWNER/NAME@REF"`
}

// initResult is the result of `tunegate init`.
type initResult struct {
	Template *pickedTemplate `json:"template,omitempty"` // nil if there was a config
	Written  []string        `json:"written"`
	Kept     []string        `json:"kept"`
	Notes    []string        `json:"notes"` // what remains to be done, or had no effect
}

// pickedTemplate is a template, and why it was chosen.
type pickedTemplate struct {
	Name starter.Template `json:"name"`
	Why  string           `json:"why"`
}

// Run writes the starter files and keeps existing ones.
// If there is a config, only workflows are written, since what
// else is missing was deleted on purpose.
func (c initCommand) Run(s *session) error {
	if s.cli.Config != config.FileName {
		return usage(fmt.Errorf("init always writes %s and takes no --config (hint: leave --config out, and rename the file afterwards)", config.FileName))
	}
	repository, err := s.repository()
	if err != nil {
		return err
	}
	top := repository.Root()
	picked, options, err := c.discover(top, s.world.getenv("LORA_INPUT"))
	if err != nil {
		return err
	}
	var lock []starter.File // of the base model, where that lies on this machine
	_, err = os.Lstat(filepath.Join(top, starter.ConfigFile))
	begins := err != nil
	if begins {
		if lock, options.Context, err = lockOf(top, options.BaseModel); err != nil {
			return err
		}
	}
	files, err := c.files(picked.Name, options)
	if err != nil {
		return err
	}
	workflows, err := c.workflows(released)
	if err != nil {
		return err
	}
	result := initResult{Template: &picked, Written: []string{}, Kept: []string{}, Notes: []string{}}
	if !begins {
		result.Template = nil
		files = files[len(files)-1:] // the config, which is kept
	}
	written, kept, err := starter.Write(top, slices.Concat(workflows, lock, files))
	result.Written, result.Kept = append(result.Written, written...), append(result.Kept, kept...)
	if err != nil {
		return err
	}
	result.Notes = slices.Concat(result.Notes, settings(top, written), c.missingWorkflows(top, workflows), c.notes(top, options, kept, lock != nil))
	if s.cli.JSON {
		return s.encode(result)
	}
	return s.printInit(result)
}

// discover returns the template, and the options from the flags, the repository and the
// file that the playbook's targets would read, which is relative to top.
func (c initCommand) discover(top, input string) (pickedTemplate, starter.Options, error) {
	picked := pickedTemplate{Name: c.Template, Why: "set by --template"}
	tree, err := os.DirFS(top), error(nil)
	if picked.Name == "" {
		if picked.Name, picked.Why, err = starter.Recognize(tree); err != nil {
			return picked, starter.Options{}, err
		}
	}
	if filepath.IsAbs(input) {
		if input, err = filepath.Rel(top, input); err != nil {
			return picked, starter.Options{}, err
		}
	}
	options, err := starter.Discover(picked.Name, tree, filepath.Base(top), input)
	if err != nil {
		return picked, options, usage(err)
	}
	options.Name = cmp.Or(c.Name, options.Name)
	options.BaseModel = cmp.Or(c.BaseModel, options.BaseModel)
	if len(c.Records) > 0 {
		options.Sources = nil
		for _, glob := range c.Records {
			options.Sources = append(options.Sources, starter.Source{Path: glob, Weight: 1})
		}
	}
	return picked, options, nil
}

// lockOf is the lock of the base model and its context in tokens, if the model is on
// this machine, where it need not be. An unusable model is an error of the flags.
func lockOf(top, model string) (files []starter.File, context int, err error) {
	folder := base.Open(model)
	if !filepath.IsAbs(model) {
		folder = base.Open(filepath.Join(top, model))
	}
	if _, err := os.Stat(folder.Name); errors.Is(err, fs.ErrNotExist) {
		return nil, 0, nil
	}
	if err := export.CheckBase(folder); err != nil {
		return nil, 0, usage(fmt.Errorf("the base model: %w", err))
	}
	folder.Commit = !filepath.IsAbs(model) // it will be
	lock, err := baselock.Of(folder, model, "")
	if err != nil {
		return nil, 0, usage(fmt.Errorf("the base model: %w", err))
	}
	data, err := lock.Encode()
	return []starter.File{{Path: baselock.Path(starter.ConfigFile), Data: data}}, lock.Context, err
}

// files returns the template's files, the config last. Flags that give an invalid
// config are a usage error before anything is written.
func (c initCommand) files(template starter.Template, options starter.Options) ([]starter.File, error) {
	files, err := starter.Files(template, options)
	if err != nil {
		return nil, usage(err)
	}
	last := files[len(files)-1]
	if _, err := config.Parse(last.Path, last.Data); err != nil {
		return nil, usage(fmt.Errorf("these flags give an invalid config: %w", err))
	}
	return files, nil
}

const noWorkflows = "none"

// workflows returns the requested workflows. Without --action they use the
// newest release, released. Without a release there are no workflows,
// and naming some is a usage error.
func (c initCommand) workflows(released string) ([]starter.File, error) {
	action := cmp.Or(c.Action, released)
	switch {
	case slices.Equal(c.Workflows, []string{noWorkflows}) && c.Action != "":
		return nil, usage(errors.New("--action has no effect with `--workflows none` (hint: leave one of them out)"))
	case slices.Equal(c.Workflows, []string{noWorkflows}):
		return nil, nil
	case action == "" && len(c.Workflows) > 0:
		return nil, usage(fmt.Errorf("workflows need --action, because tunegate has no release yet "+
			"(hint: `--workflows %s --action OWNER/NAME@REF` with your fork of tunegate/tunegate and one of its commits, or `--workflows none`)",
			strings.Join(c.Workflows, ",")))
	case action == "":
		return nil, nil
	}
	names := c.Workflows
	if len(names) == 0 {
		names = []string{"data", "gpu"}
	}
	files, err := starter.Workflows(names, action)
	return files, usage(err)
}

// hasWorkflow reports whether the repository has a workflow of the file's name.
func hasWorkflow(top, name string) bool {
	_, err := os.Stat(filepath.Join(top, filepath.FromSlash(starter.WorkflowsFolder), name))
	return err == nil
}

// missingWorkflows tells how to add workflows if nobody declined them, none
// could be written, and none judges pull requests yet.
func (c initCommand) missingWorkflows(top string, files []starter.File) []string {
	if len(files) > 0 || len(c.Workflows) > 0 || hasWorkflow(top, "gpu.yml") || hasWorkflow(top, "pull-request.yml") {
		return nil
	}
	return []string{"no workflows were written, because tunegate has no release yet " +
		"(hint: `tunegate init --action OWNER/NAME@REF` adds them; name your fork of tunegate/tunegate and one of its commits)"}
}

// settings lists what the written workflows need on GitHub, and which
// exclude each other.
func settings(top string, written []string) []string {
	var notes []string
	for _, workflow := range []struct{ name, needs string }{
		{"gpu.yml", "the required status tunegate, and the environment tunegate-gpu with a reviewer"},
		{"pull-request.yml", "the required check tunegate"},
		{"promote.yml", "the environment tunegate-promote with a reviewer"},
	} {
		if slices.Contains(written, starter.WorkflowsFolder+"/"+workflow.name) {
			notes = append(notes, fmt.Sprintf("%s needs on GitHub: %s (hint: see docs/github.md of tunegate)", workflow.name, workflow.needs))
		}
	}
	switch {
	case len(notes) == 0:
	case hasWorkflow(top, "gpu.yml") && hasWorkflow(top, "pull-request.yml"):
		notes = append(notes, "gpu.yml and pull-request.yml both define a gate named tunegate (hint: delete one of them; data.yml belongs to gpu.yml)")
	case hasWorkflow(top, "gpu.yml") != hasWorkflow(top, "data.yml"):
		notes = append(notes, "data.yml and gpu.yml work only together, and one of them is missing")
	}
	return notes
}

// notes lists what the new config still lacks, or notes that there was one.
func (c initCommand) notes(top string, o starter.Options, kept []string, baseThere bool) []string {
	if slices.Contains(kept, starter.ConfigFile) {
		notes := []string{starter.ConfigFile + " exists, so only workflows are written; other starter files are not restored"}
		if c.Template != "" || c.Name != "" || c.BaseModel != "" || len(c.Records) > 0 {
			notes = append(notes, "the flags for "+starter.ConfigFile+" had no effect (hint: edit the file)")
		}
		return notes
	}
	var notes []string
	if missing := o.Unmatched(os.DirFS(top)); len(missing) > 0 {
		notes = append(notes, fmt.Sprintf("no file matches %s (hint: put records there, or edit `dataset.sources`)", strings.Join(missing, ", ")))
	}
	if !baseThere {
		notes = append(notes, fmt.Sprintf("there is no base model in %s on this machine (hint: put it there on the machine that trains, or edit `base.model`)", o.BaseModel),
			baselock.Path(starter.ConfigFile)+", which describes the base model to other machines, is not written yet (hint: run `tunegate setup` on the machine that trains, and commit it)")
	}
	return append(notes, "commit the files to the default branch, then run `tunegate doctor` on the machine that trains")
}

func (s *session) printInit(result initResult) error {
	out := proc.NewCleaner(s.world.stdout, "")
	if picked := result.Template; picked != nil {
		fmt.Fprintf(out, "template %s: %s\n", picked.Name, picked.Why)
	}
	for _, path := range result.Written {
		fmt.Fprintln(out, "wrote", quoted(path))
	}
	for _, path := range result.Kept {
		fmt.Fprintln(out, "kept ", quoted(path))
	}
	for _, note := range result.Notes {
		fmt.Fprintln(out, "note:", quoted(note))
	}
	return out.Close()
}
