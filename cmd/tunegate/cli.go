package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/alecthomas/kong"

	"github.com/tunegate/tunegate/internal/config"
	"github.com/tunegate/tunegate/internal/machine"
	"github.com/tunegate/tunegate/internal/pipeline"
	"github.com/tunegate/tunegate/internal/proc"
	"github.com/tunegate/tunegate/internal/promote"
	"github.com/tunegate/tunegate/internal/publish"
	"github.com/tunegate/tunegate/internal/repo"
)

// guardCommand is the hidden command under which children run.
const guardCommand = "guard"

// The exit codes.
const (
	exitBroke     = 1
	exitUsage     = 2
	exitFail      = 3
	exitCancelled = 130
)

type cli struct {
	Dir    string           `short:"C" help:"Run as if started in this folder." default:"." placeholder:"DIR"`
	Config string           `help:"Config file, relative to the top of the repository." default:"${config}" placeholder:"FILE"`
	Home   string           `help:"Folder for results, models and tools (default: $$TUNEGATE_HOME, else the user's data folder)." placeholder:"DIR"`
	JSON   bool             `name:"json" help:"Print the result as JSON on standard output."`
	Quiet  bool             `short:"q" help:"Print no progress."`
	About  kong.VersionFlag `name:"version" help:"Print the version."`
	NoWait bool             `help:"Fail at once instead of waiting for another tunegate that is running on this machine."`

	Init    initCommand    `cmd:"" help:"Write starter files: tunegate.yaml, suites, tunegate.mk, workflows and, if the base model is on this machine, tunegate.lock. Existing files are kept."`
	Setup   setupCommand   `cmd:"" help:"Prepare a machine, once: Python environment, Ollama, the base model's GGUF and its baseline answers."`
	Doctor  doctorCommand  `cmd:"" help:"Find what would stop a run, and print a fix for each problem."`
	Run     runCommand     `cmd:"" help:"Judge a change: dataset, prepare, train, export, register, eval, gate, report."`
	Show    showCommand    `cmd:"" help:"Show a run's verdict, findings or answers."`
	Version versionCommand `cmd:"" help:"Print the version."`
	Help    helpCommand    `cmd:"" help:"Explain a command or a topic."`

	Promote  promoteCommand  `cmd:"" help:"Make a run's model the stable one, on the server that evaluated it and on those under promote.to."`
	Rollback rollbackCommand `cmd:"" help:"Make an earlier version stable again."`
	List     listCommand     `cmd:"" help:"List promoted versions and candidates."`
	Publish  publishCommand  `cmd:"" help:"Publish a run to GitHub from a workflow: comment, findings, status and summary. Same exit code as the run."`
	Clean    cleanCommand    `cmd:"" help:"Remove superseded runs, and results that nothing needs any more. Unfinished work is kept."`

	Hook hookCommand `cmd:"" help:"Clean up after killed jobs, from a runner's job hooks: before a job (started) and after it (completed)."`

	Dataset  datasetCommand `cmd:"" help:"Run through the dataset: rows, findings and statistics. Or write the playbook's files."`
	Train    stageCommand   `cmd:"" help:"Run through training: the adapter."`
	Export   stageCommand   `cmd:"" help:"Run through the export: the proved GGUF."`
	Register stageCommand   `cmd:"" help:"Run through registration: the candidate's tag."`
	Eval     evalCommand    `cmd:"" help:"Run through evaluation: the graded answers. Or print a running app's live report."`

	Action actionCommand `cmd:"" hidden:"" help:"The step of the GitHub action: run the command that its inputs ask for."`
}

// planned are the commands of the design that are not built yet.
func planned() []string {
	return []string{"gate", "report", "case"}
}

// world is what a command uses of its process.
type world struct {
	args           []string
	environ        []string
	stdout, stderr io.Writer
	clock          func() time.Time
	executable     func() (string, error)
	hide           func() error // this process from others of the same user
}

// getenv is os.Getenv of the command's environment.
func (w world) getenv(name string) string { return lookUp(w.environ)(name) }

// exitError is an error with its own exit code.
type exitError struct {
	code int
	err  error
}

func (e *exitError) Error() string {
	if e.err == nil {
		return ""
	}
	return e.err.Error()
}
func (e *exitError) Unwrap() error { return e.err }

func usage(err error) error {
	if err == nil {
		return nil
	}
	return &exitError{exitUsage, err}
}

// run parses the command line, runs the command and returns the exit code.
func run(ctx context.Context, w world) int {
	_, code := perform(ctx, w)
	return code
}

// perform is run, and returns the session with the command's results.
func perform(ctx context.Context, w world) (*session, int) {
	s := &session{ctx: ctx, world: w}
	parser, exited, err := s.parser()
	if err != nil {
		return s, w.end(ctx, err)
	}
	parsed, err := parser.Parse(w.args)
	if *exited >= 0 {
		return s, *exited
	}
	if err != nil {
		code := w.end(ctx, usage(explain(err)))
		fmt.Fprintln(w.stderr, usageLine(parser, err))
		return s, code
	}
	return s, w.end(ctx, errors.Join(parsed.Run(s), s.close()))
}

// parser reads the command line into the session. Help and version, which it answers
// itself, leave their exit code in exited; -1: neither was requested.
func (s *session) parser() (parser *kong.Kong, exited *int, err error) {
	exited = new(-1)
	parser, err = kong.New(&s.cli, kong.Name("tunegate"),
		kong.Description("CI for model weights: a change of tuning data becomes a verdict about the model that is served."),
		kong.Vars{"config": config.FileName, "version": "tunegate " + version}, kong.Writers(s.world.stdout, s.world.stderr),
		kong.Exit(func(code int) { *exited = code }), kong.ConfigureHelp(kong.HelpOptions{Compact: true, FlagsLast: true}))
	if err == nil {
		group(parser.Model)
	}
	return parser, exited, err
}

func (w world) end(ctx context.Context, err error) int {
	var exit *exitError
	switch {
	case err == nil:
		return 0
	case ctx.Err() != nil:
		if text := err.Error(); text != "" { // tells what was left unfinished
			w.complain(fmt.Errorf("cancelled: %s", text))
		} else {
			fmt.Fprintln(w.stderr, "tunegate: cancelled")
		}
		return exitCancelled
	case errors.As(err, &exit):
		if exit.err != nil {
			w.complain(err)
		}
		return exit.code
	default:
		w.complain(err)
		return exitBroke
	}
}

// maxComplaint bounds a printed error, in bytes.
const maxComplaint = 8 << 10

// complain prints an error. It may quote text from a pull request or a model,
// so it is cleaned, and no line starts with such text.
func (w world) complain(err error) {
	text := err.Error()
	if len(text) > maxComplaint {
		text = text[:maxComplaint] + " ..."
	}
	fmt.Fprint(w.stderr, "tunegate: ", fenced(text))
}

// session is a parsed command line in its world.
type session struct {
	ctx   context.Context
	world world
	cli   cli

	opened    *repo.Repo
	judged    pipeline.Result // of a run, also of one that failed: Dir and Record
	moved     promote.Result  // of promote and rollback
	published publish.Result
}

// close releases what the command opened.
func (s *session) close() error {
	if s.opened == nil {
		return nil
	}
	return s.opened.Close()
}

// home is the folder in which everything is kept.
func (s *session) home() (string, error) {
	w := s.world
	for _, candidate := range []string{s.cli.Home, w.getenv("TUNEGATE_HOME")} {
		if candidate != "" {
			return filepath.Abs(candidate)
		}
	}
	if folder := w.folder("XDG_DATA_HOME", "share"); folder != "" {
		return folder, nil
	}
	return "", usage(errors.New("no folder to keep results in: HOME is not set, and the password file has no home for this user (hint: set TUNEGATE_HOME)"))
}

// locks is the folder of this user's GPU locks, whatever home a
// command works in; empty if the user has no folder.
func (s *session) locks() string {
	if folder := s.world.folder("XDG_STATE_HOME", "state"); folder != "" {
		return filepath.Join(folder, "locks")
	}
	return ""
}

// folder is tunegate's among those of the user that a variable names, else below
// ~/.local; empty if the user has none.
func (w world) folder(variable, local string) string {
	if of := w.getenv(variable); filepath.IsAbs(of) {
		return filepath.Join(of, "tunegate")
	}
	if user := w.getenv("HOME"); filepath.IsAbs(user) {
		return filepath.Join(user, ".local", local, "tunegate")
	}
	return ""
}

func (s *session) machine(progress machine.Progress) (machine.Machine, error) {
	home, err := s.home()
	if err != nil {
		return machine.Machine{}, err
	}
	self, err := s.world.executable()
	if err != nil {
		return machine.Machine{}, err
	}
	mark, err := proc.NewMark(home, s.world.getenv("RUNNER_NAME"))
	if err != nil {
		return machine.Machine{}, err
	}
	launcher := proc.NewLauncher(self, guardCommand)
	launcher.Mark = mark
	return machine.Machine{
		Home: home, Tool: version, Environ: s.world.environ, LookPath: exec.LookPath,
		Launcher: launcher,
		Clock:    s.world.clock, Progress: progress, TempDir: os.TempDir(), Locks: s.locks(), Nodes: "/dev/nvidia*", NoWait: s.cli.NoWait,
	}, nil
}

// repository opens the repository that the command is about.
func (s *session) repository() (*repo.Repo, error) {
	git, err := exec.LookPath("git")
	if err != nil {
		return nil, usage(errors.New("git is not on PATH (hint: apt-get install git)"))
	}
	dir, err := filepath.Abs(s.cli.Dir)
	if err != nil {
		return nil, err
	}
	s.opened, err = repo.Open(s.ctx, dir, git, s.gitEnviron())
	return s.opened, usage(err)
}

// gitEnviron is the environment for git: without GIT_DIR or GIT_INDEX_FILE
// of a hook, but with the user's config, wherever it is.
func (s *session) gitEnviron() []string {
	return proc.OnlyEnv(s.world.environ,
		"PATH", "HOME", "XDG_CONFIG_HOME", "TMPDIR", "GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM")
}
