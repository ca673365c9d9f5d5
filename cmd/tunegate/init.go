package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/tunegate/tunegate/internal/config"
	"github.com/tunegate/tunegate/internal/proc"
	"github.com/tunegate/tunegate/internal/starter"
)

type initCommand struct {
	Name      string   `help:"The name of the tags (default: the repository's folder)." placeholder:"NAME"`
	BaseModel string   `help:"The base model's folder: absolute, or ./FOLDER inside the repository." placeholder:"DIR"`
	Records   []string `help:"Record files, from the top of the repository; may be given again (default: those that are found)." placeholder:"GLOB" sep:"none"`
	Workflows []string `help:"Workflows for GitHub: data,gpu judges pull requests of anybody; pull-request those of a team that trusts its members; retrain and promote go with either; none." placeholder:"NAME,..." default:"data,gpu"`
}

// begun is the result of `tunegate init`.
type begun struct {
	Written []string `json:"written"`
	Kept    []string `json:"kept"`
	Notes   []string `json:"notes"` // what is left to do, or had no effect
}

// Run writes the files that a repository begins with and keeps what is there.
func (c initCommand) Run(s *session) error {
	if s.cli.Config != config.FileName {
		return usage(fmt.Errorf("init writes %s and takes no --config (hint: leave it out, and rename the file afterwards)", config.FileName))
	}
	repository, err := s.repository()
	if err != nil {
		return err
	}
	files, options, err := c.files(repository.Root())
	if err != nil {
		return err
	}
	result := begun{Written: []string{}, Kept: []string{}, Notes: []string{}}
	written, kept, err := starter.Write(repository.Root(), files)
	result.Written, result.Kept = append(result.Written, written...), append(result.Kept, kept...)
	if err != nil {
		return err
	}
	result.Notes = append(result.Notes, settings(repository.Root(), result.Written)...)
	result.Notes = append(result.Notes, c.notes(repository.Root(), options, result)...)
	if s.cli.JSON {
		return s.encode(result)
	}
	return s.printBegun(result)
}

// files gives the files for the repository. A flag that makes no valid config
// is a usage error before anything is written.
func (c initCommand) files(top string) ([]starter.File, starter.Options, error) {
	options, err := starter.Discover(os.DirFS(top), filepath.Base(top))
	if err != nil {
		return nil, options, err
	}
	if c.Name != "" {
		options.Name = c.Name
	}
	if c.BaseModel != "" {
		options.BaseModel = c.BaseModel
	}
	if len(c.Records) > 0 {
		options.Sources = nil
		for _, glob := range c.Records {
			options.Sources = append(options.Sources, starter.Source{Path: glob, Weight: 1})
		}
	}
	var files []starter.File
	if !slices.Equal(c.Workflows, []string{"none"}) {
		if files, err = starter.Workflows(c.Workflows); err != nil {
			return nil, options, usage(err)
		}
	}
	others, err := starter.Files(options)
	if err != nil {
		return nil, options, err
	}
	files = append(files, others...)
	for _, file := range files {
		if file.Path == starter.ConfigFile {
			_, err = config.Parse(file.Path, file.Data)
		}
	}
	if err != nil {
		err = usage(fmt.Errorf("these flags make no valid config: %w", err))
	}
	return files, options, err
}

// settings says what the workflows that were written need on GitHub, and which
// do not go together.
func settings(top string, written []string) []string {
	there := func(name string) bool {
		_, err := os.Stat(filepath.Join(top, filepath.FromSlash(starter.WorkflowsFolder), name))
		return err == nil
	}
	var notes []string
	for _, workflow := range []struct{ name, needs string }{
		{"gpu.yml", "the required status tunegate, and the environment tunegate-gpu with a reviewer"},
		{"pull-request.yml", "the required check tunegate"},
		{"promote.yml", "the environment tunegate-promote with a reviewer"},
	} {
		if slices.Contains(written, starter.WorkflowsFolder+"/"+workflow.name) {
			notes = append(notes, fmt.Sprintf("%s needs, on GitHub: %s (README, Use it in your repository)", workflow.name, workflow.needs))
		}
	}
	switch {
	case len(notes) == 0:
	case there("gpu.yml") && there("pull-request.yml"):
		notes = append(notes, "gpu.yml and pull-request.yml are two gates named tunegate: delete one of them (data.yml goes with gpu.yml)")
	case there("gpu.yml") != there("data.yml"):
		notes = append(notes, "data.yml and gpu.yml go together: one of them is missing")
	}
	return notes
}

// notes says what the new config still lacks, or that a kept one was not changed.
func (c initCommand) notes(top string, o starter.Options, result begun) []string {
	for _, path := range result.Kept {
		if path != starter.ConfigFile {
			continue
		}
		if c.Name != "" || c.BaseModel != "" || len(c.Records) > 0 {
			return []string{starter.ConfigFile + " was there, so the flags changed nothing: edit the file"}
		}
		return []string{}
	}
	notes := []string{}
	if missing := o.Unmatched(os.DirFS(top)); len(missing) > 0 {
		notes = append(notes, fmt.Sprintf("no file matches %s: put records there, or edit dataset.sources", strings.Join(missing, ", ")))
	}
	base := o.BaseModel
	if !filepath.IsAbs(base) {
		base = filepath.Join(top, base)
	}
	if _, err := os.Stat(filepath.Join(base, "config.json")); err != nil {
		notes = append(notes, fmt.Sprintf("no base model lies in %s on this machine: it must be on the one that trains, or edit base.model", o.BaseModel))
	}
	return append(notes, "commit the files to the default branch; then `tunegate doctor`, on the machine that trains, says what is missing")
}

func (s *session) printBegun(result begun) error {
	out := proc.NewCleaner(s.world.stdout, "")
	for _, path := range result.Written {
		fmt.Fprintln(out, "wrote", path)
	}
	for _, path := range result.Kept {
		fmt.Fprintln(out, "kept ", path)
	}
	for _, note := range result.Notes {
		fmt.Fprintln(out, "note:", note)
	}
	return out.Close()
}
