package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/tunegate/tunegate/internal/config"
	"github.com/tunegate/tunegate/internal/ledger"
	"github.com/tunegate/tunegate/internal/machine"
	"github.com/tunegate/tunegate/internal/pipeline"
	"github.com/tunegate/tunegate/internal/plan"
	"github.com/tunegate/tunegate/internal/proc"
	"github.com/tunegate/tunegate/internal/promote"
	"github.com/tunegate/tunegate/internal/repo"
)

type promoteCommand struct {
	Version string `arg:"" help:"Name of the new version, such as v1; the model's tag becomes NAME-lora-VERSION."`
	ID      string `name:"run" help:"Run whose model to promote, by a prefix of its ID (default: the latest promotable run of what the base branch holds)." placeholder:"ID"`
	Head    string `help:"Promote the newest model trained on the data of this merged commit, such as a release's. It is evaluated again first." placeholder:"REF"`
	Base    string `help:"Branch that must contain it and whose policy applies (default: the default branch)." placeholder:"REF"`
}

func (c promoteCommand) Run(s *session) error {
	return s.move(c.Base, func(m machine.Machine, r *repo.Repo, policy config.Config) (promote.Result, error) {
		o := promote.Options{Version: c.Version, Run: c.ID, Repository: r.Root()}
		o.Holds = func(ctx context.Context) (promote.Held, error) {
			tip, err := plan.Tip(ctx, r, s.cli.Config, c.Base)
			if err != nil {
				return promote.Held{}, err
			}
			return promote.Held{Branch: tip.BaseRef, Lineage: tip.Lineage}, nil
		}
		if c.Head == "" {
			return promote.Promote(s.ctx, m, policy, o)
		}
		name := ""
		if repo.IsCommitID(c.Head) { // such as the commit of a release's workflow
			name = c.Version
		}
		moved, judged, err := promote.Release(s.ctx, m, r, pipeline.Options{
			Refs: plan.Refs{
				Base: c.Base, Head: c.Head, HeadName: name, BaseName: strings.TrimPrefix(strings.TrimPrefix(c.Base, "refs/remotes/"), "origin/"),
			},
			ConfigPath: s.cli.Config, Event: "release", Web: s.web(),
		}, o)
		s.judged = judged
		return moved, err
	})
}

type rollbackCommand struct {
	Version string `arg:"" optional:"" help:"Earlier version to return to (default: the one before the stable one). Safe to repeat if a version is named."`
}

func (c rollbackCommand) Run(s *session) error {
	return s.move("", func(m machine.Machine, _ *repo.Repo, policy config.Config) (promote.Result, error) {
		return promote.Rollback(s.ctx, m, policy, c.Version)
	})
}

// move changes the stable version, by the config of a branch (empty: the default
// one), and reports the result, here and in the workspace.
func (s *session) move(branch string, do func(machine.Machine, *repo.Repo, config.Config) (promote.Result, error)) error {
	progress := newProgress(s.world.stderr, s.world.clock, s.cli.Quiet)
	defer progress.clear()
	machine, err := s.machine(progress)
	if err != nil {
		return err
	}
	repository, err := s.repository()
	if err != nil {
		return err
	}
	policy, err := plan.LoadPolicy(s.ctx, repository, s.cli.Config, branch)
	if err != nil {
		return inputError(err)
	}
	if err := promote.Forget(repository.Root()); err != nil {
		return err
	}
	result, err := do(machine, repository, policy)
	switch {
	case errors.Is(err, promote.ErrUsage):
		return usage(err)
	case errors.Is(err, promote.ErrVerdict):
		return &exitError{exitFail, err}
	case err != nil:
		return inputError(err)
	}
	if err := result.Save(machine.Home, repository.Root()); err != nil {
		progress.Say("note: could not write the promotion into the workspace: %v", err)
	}
	progress.clear()
	s.moved = result
	if s.cli.JSON {
		return s.encode(result)
	}
	s.printMoved(result)
	return nil
}

func (s *session) printMoved(r promote.Result) {
	out := proc.NewCleaner(s.world.stdout, "")
	done := "now"
	if !r.Changed || r.Stable != r.Version { // an older version changes no stable tag
		done = "already"
	}
	fmt.Fprintf(out, "%s:stable is %s %s\n", quoted(r.Name), quoted(r.Stable), done)
	if r.Stable == r.Version {
		fmt.Fprintf(out, "model: %s, model_id %.12s, tested by run %s\n", quoted(r.Tag), quoted(r.ModelID), quoted(r.Run))
	}
	fmt.Fprintf(out, "on: %s\n", quoted(strings.Join(places(r.Servers), ", ")))
	if r.Previous != "" {
		fmt.Fprintf(out, "previous: %s (hint: `tunegate rollback` returns to it)\n", quoted(r.Previous))
	}
	for _, note := range r.Notes {
		fmt.Fprintf(out, "note: %s\n", quoted(note))
	}
}

// places describes the servers in words.
func places(servers []string) []string {
	var words []string
	for _, server := range servers {
		if server == ledger.Private {
			server = "this machine's private server"
		}
		words = append(words, server)
	}
	return words
}
