package doctor

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/tunegate/tunegate/internal/check"
	"github.com/tunegate/tunegate/internal/config"
	"github.com/tunegate/tunegate/internal/machine"
	"github.com/tunegate/tunegate/internal/ollama"
	"github.com/tunegate/tunegate/internal/pipeline"
	"github.com/tunegate/tunegate/internal/plan"
	"github.com/tunegate/tunegate/internal/repo"
	"github.com/tunegate/tunegate/internal/runs"
	"github.com/tunegate/tunegate/internal/step"
)

// rehearsalFolder is the home of the tiny run, inside the real one: what a killed run
// left there is cleared by the next one.
const rehearsalFolder = "doctor-e2e"

// borrowed are the parts of a home that setup fills once for a machine.
func borrowed() []string { return []string{"python", "ollama"} }

// Rehearse runs everything with a tiny model and tiny data on this machine, with
// the Python, the server and the card that a run with the subject's config would
// use, and reports how each stage went. Nothing of it is kept but the folder of a run
// that failed.
func Rehearse(ctx context.Context, m machine.Machine, about Subject) []check.Check {
	_, wants := readConfig(ctx, about)
	m, release, err := runs.Lock(ctx, m, "doctor --e2e")
	if err != nil {
		return []check.Check{rehearsed("lock", err, about)}
	}
	defer release()
	folder := filepath.Join(m.Home, rehearsalFolder)
	r := rehearsal{machine: m, runner: wants.runner, about: about, folder: folder}
	r.machine.Home = filepath.Join(folder, "home")
	checks, err := r.run(ctx)
	if err != nil && ctx.Err() == nil {
		return checks
	}
	if err := os.RemoveAll(folder); err != nil {
		checks = append(checks, rehearsed("clean", err, about))
	}
	return checks
}

// rehearsed is the check of a part of the tiny run.
func rehearsed(part string, err error, about Subject) check.Check {
	if err == nil {
		return check.Passed("e2e "+part, "")
	}
	return check.Failed("e2e "+part, err.Error(), "follow its hint; if it is about a Python module, remove the folder `python` in $TUNEGATE_HOME and run `"+
		about.Command+" setup --tools`; then `"+about.Command+" doctor --e2e` again")
}

type rehearsal struct {
	machine machine.Machine // whose home is the tiny run's
	runner  config.Runner
	about   Subject
	folder  string
}

// run returns a check for each stage; the error is that of the failed one.
func (r rehearsal) run(ctx context.Context) ([]check.Check, error) {
	opened, err := r.prepare(ctx)
	if err != nil {
		return []check.Check{rehearsed("setup", err, r.about)}, err
	}
	defer opened.Close()
	began := r.machine.Clock()
	result, err := pipeline.Run(ctx, r.machine, opened, pipeline.Options{
		Refs: plan.Refs{Base: "main", Head: "change"}, ConfigPath: config.FileName,
	})
	checks := r.stages(err)
	if err == nil && result.Verdict != nil {
		last := rehearsed("verdict", nil, r.about)
		took := r.machine.Clock().Sub(began).Round(time.Second)
		last.Found = fmt.Sprintf("reached after %s (%s; the weights are random)", took, result.Verdict.Outcome)
		checks = append(checks, last)
	}
	if r.runner.Ollama != config.Auto {
		if tags := r.removeTags(ctx); tags != nil {
			checks, err = append(checks, rehearsed("tags", tags, r.about)), errors.Join(err, tags)
		}
	}
	return checks, err
}

// prepare creates the tiny run's home and repository.
func (r rehearsal) prepare(ctx context.Context) (*repo.Repo, error) {
	home := filepath.Dir(r.folder)
	if err := errors.Join(os.RemoveAll(r.folder), os.MkdirAll(r.machine.Home, 0o700)); err != nil {
		return nil, err
	}
	for _, part := range borrowed() {
		if _, err := os.Stat(filepath.Join(home, part)); err != nil {
			continue // an interpreter or a server from elsewhere
		}
		if err := os.Symlink(filepath.Join(home, part), filepath.Join(r.machine.Home, part)); err != nil {
			return nil, err
		}
	}
	git, err := r.machine.LookPath("git")
	if err != nil {
		return nil, err
	}
	tree := filepath.Join(r.folder, "repo")
	section := fmt.Sprintf("runner: {python: %q, ollama: %q}\n", r.runner.Python, r.runner.Ollama)
	if err := writeTiny(tree, section); err != nil {
		return nil, err
	}
	// A hook's GIT_DIR or GIT_INDEX_FILE would make these commits in the user's repository.
	env := slices.DeleteFunc(slices.Clone(r.machine.Environ), func(entry string) bool { return strings.HasPrefix(entry, "GIT_") })
	env = append(env,
		"GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1", "GIT_AUTHOR_NAME=tunegate", "GIT_AUTHOR_EMAIL=tunegate@localhost",
		"GIT_COMMITTER_NAME=tunegate", "GIT_COMMITTER_EMAIL=tunegate@localhost")
	for _, args := range [][]string{{"init", "-q", "-b", "main"}, {"add", "-A"}, {"commit", "-qm", "base"}, {"checkout", "-qb", "change"}} {
		if err := call(ctx, git, tree, env, args...); err != nil {
			return nil, err
		}
	}
	if err := writeSums(tree, "change.json", 5, 8); err != nil {
		return nil, err
	}
	for _, args := range [][]string{{"add", "-A"}, {"commit", "-qm", "change"}} {
		if err := call(ctx, git, tree, env, args...); err != nil {
			return nil, err
		}
	}
	return repo.Open(ctx, tree, git, env)
}

func call(ctx context.Context, git, dir string, env []string, args ...string) error {
	cmd := exec.CommandContext(ctx, git, args...) // #nosec G204 -- git, with arguments of this file
	cmd.Dir, cmd.Env = dir, env
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("git %s: %w: %.300s", args[0], err, out)
	}
	return nil
}

// stages returns a check for each stage of the tiny run, which ended with err.
func (r rehearsal) stages(err error) []check.Check {
	runs, listing := runs.All(r.machine.Home)
	if listing != nil || len(runs) == 0 {
		return []check.Check{rehearsed("run", errors.Join(err, listing), r.about)}
	}
	var checks []check.Check
	for _, stage := range runs[len(runs)-1].Stages {
		if stage.State != step.Done && stage.State != step.Reused {
			continue // the error names it
		}
		done := rehearsed(string(stage.Stage), nil, r.about)
		done.Found = time.Duration(stage.Seconds * float64(time.Second)).Round(100 * time.Millisecond).String()
		if n := len(checks); n > 0 && checks[n-1].Name == done.Name { // such as the two evaluations
			checks[n-1].Found += " and " + done.Found
			continue
		}
		checks = append(checks, done)
	}
	if err != nil {
		checks = append(checks, rehearsed("run", err, r.about))
	}
	return checks
}

// tagsWait bounds the removal of tags after a tiny run was stopped.
const tagsWait = 3 * time.Second

// removeTags removes the tiny run's tags from a shared server, also if the
// run was stopped: nothing else knows them.
func (r rehearsal) removeTags(ctx context.Context) error {
	if ctx.Err() != nil {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(context.WithoutCancel(ctx), tagsWait)
		defer cancel()
	}
	client, err := ollama.Dial(r.runner.Ollama)
	if err != nil {
		return err
	}
	tags, err := client.Tags(ctx)
	if err != nil {
		return err
	}
	var failed error
	for _, tag := range tags {
		if name, _, _ := strings.Cut(tag.Name, ":"); name == "tunegate-doctor" || name == "tunegate-doctor-base" {
			failed = errors.Join(failed, client.Delete(ctx, tag.Name))
		}
	}
	return failed
}
