package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"github.com/tunegate/tunegate/internal/pipeline"
	"github.com/tunegate/tunegate/internal/plan"
	"github.com/tunegate/tunegate/internal/report/terminal"
	"github.com/tunegate/tunegate/internal/step"
)

type refs struct {
	Base string `help:"Base to judge against (default: the default branch)." placeholder:"REF"`
	Head string `help:"Change to judge (default: the working tree)." placeholder:"REF"`

	BaseName string `hidden:""` // how the two are shown
	HeadName string `hidden:""`
	Change   bool   `hidden:""` // the head is a pull request's, also if it is the base tip itself
}

type runCommand struct {
	refs
	Until       string        `help:"Stop after this stage." placeholder:"STAGE"`
	Force       string        `help:"Redo this stage even if its result is kept." placeholder:"STAGE"`
	PR          int           `name:"pr" help:"Pull request number, for the candidate's tag (default: from GITHUB_REF)." placeholder:"N"`
	MaxDuration time.Duration `help:"Stop after this long (default: limits.duration of the config, else 5h; the smaller of the two applies)." placeholder:"5h"`
	Records     []string      `help:"Record file (relative to the current folder) that the run must train on; an error if no source of the config names it. Repeatable." placeholder:"FILE" sep:"none"`
	DryRun      bool          `help:"Print what the run would do, need and be able to detect, and do nothing."`
}

// stageCommand is `tunegate STAGE`: a run that ends after it.
type stageCommand struct {
	refs
}

func (c stageCommand) Run(s *session, parsed *kong.Context) error {
	return runCommand{refs: c.refs, Until: strings.Fields(parsed.Command())[0]}.Run(s)
}

func (c runCommand) Run(s *session) error {
	if err := c.check(); err != nil {
		return usage(err)
	}
	repository, err := s.repository()
	if err != nil {
		return err
	}
	records, err := s.inRepository(repository.Root(), c.Records)
	if err != nil {
		return usage(err)
	}
	progress := newProgress(s.world.stderr, s.world.clock, s.cli.Quiet)
	machine, err := s.machine(progress)
	if err != nil {
		return err
	}
	ctx, cancel := s.ctx, func() {}
	if c.MaxDuration > 0 {
		ctx, cancel = context.WithTimeoutCause(ctx, c.MaxDuration, fmt.Errorf("did not finish within --max-duration %s", c.MaxDuration))
	}
	defer cancel()
	options := pipeline.Options{
		Refs:       plan.Refs{Base: c.Base, Head: c.Head, BaseName: c.BaseName, HeadName: c.HeadName, Change: c.Change, Records: records},
		ConfigPath: s.cli.Config, Until: step.Stage(c.Until), Force: step.Stage(c.Force),
		Event: s.world.getenv("GITHUB_EVENT_NAME"), PR: s.pullRequest(c.PR), Web: s.web(),
	}
	if c.DryRun {
		return s.dryRun(ctx, machine, repository, options)
	}
	result, err := pipeline.Run(ctx, machine, repository, options)
	progress.clear()
	s.judged = result
	if err != nil {
		if s.ctx.Err() != nil && errors.Is(err, context.Canceled) {
			return errors.New("rerun the same command to resume")
		}
		return inputError(err)
	}
	return s.show(result)
}

// inRepository returns files relative to the top of the repository, slash separated.
func (s *session) inRepository(top string, files []string) ([]string, error) {
	within := make([]string, len(files))
	for i, name := range files {
		folder, err := filepath.Abs(filepath.Dir(s.path(name)))
		if err == nil {
			folder, err = filepath.EvalSymlinks(folder)
		}
		if err == nil {
			within[i], err = filepath.Rel(top, filepath.Join(folder, filepath.Base(name)))
		}
		if err != nil {
			return nil, fmt.Errorf("%q: %w (hint: name a record file)", name, err)
		}
		if !filepath.IsLocal(within[i]) {
			return nil, fmt.Errorf("%q is outside the repository, and a run trains only on files inside it (hint: move it to a path that a source of the config names)", name)
		}
		within[i] = filepath.ToSlash(within[i])
	}
	return within, nil
}

// pullRequest is the number of the judged pull request: the one given,
// else that of the workflow's ref; 0: none.
func (s *session) pullRequest(given int) int {
	if given > 0 {
		return given
	}
	var number int
	if n, err := fmt.Sscanf(s.world.getenv("GITHUB_REF"), "refs/pull/%d/merge", &number); n != 1 || err != nil {
		return 0
	}
	return number
}

// web is the repository's address on its GitHub server, in a workflow.
func (s *session) web() string {
	server, name := s.world.getenv("GITHUB_SERVER_URL"), s.world.getenv("GITHUB_REPOSITORY")
	if server == "" || name == "" {
		return ""
	}
	return strings.TrimSuffix(server, "/") + "/" + name
}

// check refuses the stages that a run cannot stop at or redo.
func (c runCommand) check() error {
	if c.MaxDuration < 0 {
		return errors.New("--max-duration must be above 0 (hint: such as 5h or 90m)")
	}
	for _, name := range []string{c.Until, c.Force} {
		if name != "" && !slices.Contains(step.Stages(), step.Stage(name)) {
			return fmt.Errorf("unknown stage %q (hint: choose one of %s)", name, strings.Trim(fmt.Sprint(step.Stages()), "[]"))
		}
	}
	switch step.Stage(c.Force) {
	case step.Gate, step.Report:
		return fmt.Errorf("--force %s: verdict and report are recomputed in every run (hint: leave --force out)", c.Force)
	}
	if step.Stage(c.Until) == step.Gate {
		return errors.New("--until gate: a verdict always comes with its report (hint: use --until eval to stop before the verdict, or leave --until out for both)")
	}
	return nil
}

// inputError gives mistakes in what the user wrote or named their exit code.
func inputError(err error) error {
	if errors.Is(err, plan.ErrInput) {
		return usage(err)
	}
	return err
}

// show prints a finished run and returns the verdict's exit code.
func (s *session) show(result pipeline.Result) error {
	var err error
	switch {
	case s.cli.JSON:
		err = s.encode(result)
	case result.Verdict == nil:
		var found []byte
		if result.Record.Until == step.Dataset {
			about, err := pipeline.LoadReport(result.Dir)
			if err != nil {
				return err
			}
			found = terminal.FirstFindings(about)
		}
		err = printClean(s.world.stdout, "%s%s\nresults: %s\n", found, quoted(result.Stopped), result.Dir)
	default:
		err = printClean(s.world.stdout, "%sreport: %s\n", result.Summary, filepath.Join(result.Dir, "report", "report.html"))
	}
	if err != nil {
		return err
	}
	if result.Exit != 0 {
		return &exitError{code: result.Exit}
	}
	return nil
}
