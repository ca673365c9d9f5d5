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
	ID       string `arg:"" optional:"" name:"run" help:"Prefix of a run ID (default: the run copied to .tunegate)." placeholder:"RUN"`
	Announce bool   `help:"Post a training-pending comment for a run that checked only the data. Without this flag such a run counts as one without a result."`
	Author   string `help:"Login whose comments are tunegate's: the token's bot." default:"github-actions[bot]" placeholder:"LOGIN"`
	Data     string `name:"data-outcome" help:"Outcome of the data job of the same workflow run. After ready, a run that claims unchanged is rejected." placeholder:"OUTCOME"`
	Status   string `help:"Commit status to set, which a branch rule can require (default: tunegate in a workflow_run, else none)." placeholder:"CONTEXT"`
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

// folder is where the run's files are.
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

// sleep waits, at most until the context ends.
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
