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
	Template  starter.Template `help:"What to begin with: tutor, a maths tutor's suites and make targets, or generic, a start for any model that chats (default: tutor where there are record files named raw_tuning_records*)." placeholder:"NAME"`
	Name      string           `help:"The name of the tags (default: the repository's folder)." placeholder:"NAME"`
	BaseModel string           `help:"The base model's folder: absolute, or ./FOLDER inside the repository." placeholder:"DIR"`
	Records   []string         `help:"Record files, from the top of the repository; may be given again (default: those that are found)." placeholder:"GLOB" sep:"none"`
	Workflows []string         `help:"Workflows for GitHub: data,gpu (the default) judges pull requests of anybody; pull-request those of a team that trusts its members; retrain and promote go with either; none." placeholder:"NAME"`
	Action    string           `help:"The action that the workflows use, such as a commit of your fork of tunegate/tunegate; without it no workflow is written as long as there is no release." placeholder:"OWNER/NAME@REF"`
}

// begun is the result of `tunegate init`.
type begun struct {
	Template *pickedTemplate `json:"template,omitempty"` // nil where a config was there
	Written  []string        `json:"written"`
	Kept     []string        `json:"kept"`
	Notes    []string        `json:"notes"` // what is left to do, or had no effect
}

// pickedTemplate is a template, and why it was taken.
type pickedTemplate struct {
	Name starter.Template `json:"name"`
	Why  string           `json:"why"`
}

// Run writes the files that a repository begins with and keeps what is there.
// Where there is a config, it has begun: workflows alone are written, since what
// else is missing was deleted.
func (c initCommand) Run(s *session) error {
	if s.cli.Config != config.FileName {
		return usage(fmt.Errorf("init writes %s and takes no --config (hint: leave it out, and rename the file afterwards)", config.FileName))
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
	result := begun{Template: &picked, Written: []string{}, Kept: []string{}, Notes: []string{}}
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
	return s.printBegun(result)
}

// discover gives the template, and what the flags, the repository and the file that the
// playbook's targets would read say; that is seen from top.
func (c initCommand) discover(top, input string) (pickedTemplate, starter.Options, error) {
	picked := pickedTemplate{Name: c.Template, Why: "--template asks for it"}
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
		return picked, options, err
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

// lockOf is the lock of the base model and the tokens of its context, where it lies on
// this machine, where it need not. One that cannot be used is an error of the flags.
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

// files gives the template's files, the config last. Flags that make no valid
// config are a usage error before anything is written.
func (c initCommand) files(template starter.Template, options starter.Options) ([]starter.File, error) {
	files, err := starter.Files(template, options)
	if err != nil {
		return nil, usage(err)
	}
	last := files[len(files)-1]
	if _, err := config.Parse(last.Path, last.Data); err != nil {
		return nil, usage(fmt.Errorf("these flags make no valid config: %w", err))
	}
	return files, nil
}

const noWorkflows = "none"

// workflows gives the workflows that are asked for. Without --action they use the
// newest release, released; where there is none either, there are no workflows,
// and to have asked for some by name is a usage error.
func (c initCommand) workflows(released string) ([]starter.File, error) {
	action := cmp.Or(c.Action, released)
	switch {
	case slices.Equal(c.Workflows, []string{noWorkflows}) && c.Action != "":
		return nil, usage(errors.New("--action is for workflows, and `--workflows none` asks for none (hint: leave one of them out)"))
	case slices.Equal(c.Workflows, []string{noWorkflows}):
		return nil, nil
	case action == "" && len(c.Workflows) > 0:
		return nil, usage(fmt.Errorf("workflows need --action, because there is no release of tunegate yet that they could use "+
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

// hasWorkflow says whether the repository has a workflow of the file's name.
func hasWorkflow(top, name string) bool {
	_, err := os.Stat(filepath.Join(top, filepath.FromSlash(starter.WorkflowsFolder), name))
	return err == nil
}

// missingWorkflows says how to add workflows where nobody declined them, none
// could be written, and none judges pull requests yet.
func (c initCommand) missingWorkflows(top string, files []starter.File) []string {
	if len(files) > 0 || len(c.Workflows) > 0 || hasWorkflow(top, "gpu.yml") || hasWorkflow(top, "pull-request.yml") {
		return nil
	}
	return []string{"no workflows were written, because there is no release of tunegate yet that they could use: " +
		"`tunegate init --action OWNER/NAME@REF` adds them, with your fork of tunegate/tunegate and one of its commits"}
}

// settings says what the workflows that were written need on GitHub, and which
// do not go together.
func settings(top string, written []string) []string {
	var notes []string
	for _, workflow := range []struct{ name, needs string }{
		{"gpu.yml", "the required status tunegate, and the environment tunegate-gpu with a reviewer"},
		{"pull-request.yml", "the required check tunegate"},
		{"promote.yml", "the environment tunegate-promote with a reviewer"},
	} {
		if slices.Contains(written, starter.WorkflowsFolder+"/"+workflow.name) {
			notes = append(notes, fmt.Sprintf("%s needs, on GitHub: %s (hint: docs/github.md of tunegate says where)", workflow.name, workflow.needs))
		}
	}
	switch {
	case len(notes) == 0:
	case hasWorkflow(top, "gpu.yml") && hasWorkflow(top, "pull-request.yml"):
		notes = append(notes, "gpu.yml and pull-request.yml are two gates named tunegate: delete one of them (data.yml goes with gpu.yml)")
	case hasWorkflow(top, "gpu.yml") != hasWorkflow(top, "data.yml"):
		notes = append(notes, "data.yml and gpu.yml go together: one of them is missing")
	}
	return notes
}

// notes says what the new config still lacks, or that one was there.
func (c initCommand) notes(top string, o starter.Options, kept []string, baseThere bool) []string {
	if slices.Contains(kept, starter.ConfigFile) {
		notes := []string{starter.ConfigFile + " was there, so nothing but workflows is written: suites and other files that you deleted stay away"}
		if c.Template != "" || c.Name != "" || c.BaseModel != "" || len(c.Records) > 0 {
			notes = append(notes, "the flags for "+starter.ConfigFile+" changed nothing: edit the file")
		}
		return notes
	}
	var notes []string
	if missing := o.Unmatched(os.DirFS(top)); len(missing) > 0 {
		notes = append(notes, fmt.Sprintf("no file matches %s: put records there, or edit dataset.sources", strings.Join(missing, ", ")))
	}
	if !baseThere {
		notes = append(notes, fmt.Sprintf("no base model lies in %s on this machine: it must be on the one that trains, or edit base.model", o.BaseModel),
			baselock.Path(starter.ConfigFile)+", by which other machines know the base model, is not written yet: `tunegate setup` on the machine that trains writes it; commit it")
	}
	return append(notes, "commit the files to the default branch; then `tunegate doctor`, on the machine that trains, says what is missing")
}

func (s *session) printBegun(result begun) error {
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
