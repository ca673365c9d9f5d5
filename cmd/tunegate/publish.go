package main

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/tunegate/tunegate/internal/actions"
	"github.com/tunegate/tunegate/internal/github"
	"github.com/tunegate/tunegate/internal/proc"
	"github.com/tunegate/tunegate/internal/publish"
	"github.com/tunegate/tunegate/internal/runs"
)

type publishCommand struct {
	ID       string `arg:"" optional:"" name:"run" help:"The start of a run's id (default: the copy of a run in .tunegate)." placeholder:"RUN"`
	Announce bool   `help:"Say that the training comes next, where the run was asked for the data alone. Without this such a run counts as one that brought no result."`
	Author   string `help:"Whose comments are tunegate's: the login of the token's bot." default:"github-actions[bot]" placeholder:"LOGIN"`
	Data     string `name:"data-outcome" help:"What a job of the same workflow run found that looked at the data alone: after ready, a run that says unchanged is not believed." placeholder:"OUTCOME"`
	Status   string `help:"Set the commit status of this name, for a branch rule to require (default: tunegate in a workflow_run, else none)." placeholder:"CONTEXT"`
}

// Run publishes from a step of a workflow. It needs no repository: the job that
// has a token that may write checks nothing out.
func (c publishCommand) Run(s *session) error {
	event, err := actions.Load(s.world.getenv)
	if err != nil {
		return usage(err)
	}
	dir, err := c.folder(s)
	if err != nil {
		return err
	}
	progress := newProgress(s.world.stderr, s.world.clock, s.cli.Quiet)
	client, err := github.New(github.Options{
		API: event.APIURL, Repository: event.Repository, UserAgent: "tunegate/" + version, Sleep: sleep, Log: progress.Say, Author: c.Author,
		Token: cmp.Or(s.world.getenv("INPUT_GITHUB_TOKEN"), s.world.getenv("GITHUB_TOKEN")),
	})
	if err != nil {
		return usage(err)
	}
	s.published, err = publish.Run(s.ctx, publish.Options{
		Dir: dir, Event: event, Client: client, Job: actions.New(s.world.getenv, s.world.stdout),
		ConfigPath: s.cli.Config, Status: c.Status, Announce: c.Announce, DataOutcome: c.Data, TempDir: os.TempDir(),
	})
	if printed := s.printPublished(); printed != nil {
		return printed
	}
	if err != nil || s.published.Exit != 0 {
		return &exitError{code: s.published.Exit, err: err}
	}
	return nil
}

// folder is what a run left.
func (c publishCommand) folder(s *session) (string, error) {
	if c.ID == "" {
		return filepath.Join(s.cli.Dir, runs.CopyFolder), nil
	}
	home, err := s.home()
	if err != nil {
		return "", err
	}
	dir, _, err := runs.Find(home, c.ID, "")
	return dir, usage(err)
}

func (s *session) printPublished() error {
	if s.cli.JSON {
		return s.encode(s.published)
	}
	out := proc.NewCleaner(s.world.stdout, "")
	fmt.Fprintf(out, "published: %s\n", quoted(s.published.Headline))
	if s.published.URL != "" {
		fmt.Fprintf(out, "at: %s\n", quoted(s.published.URL))
	}
	for _, note := range s.published.Notes {
		fmt.Fprintf(out, "note: %s\n", quoted(note))
	}
	return nil
}

// sleep waits, or less when the context ends.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
