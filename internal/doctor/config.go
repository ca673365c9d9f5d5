package doctor

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/tunegate/tunegate/internal/bounded"
	"github.com/tunegate/tunegate/internal/check"
	"github.com/tunegate/tunegate/internal/config"
	"github.com/tunegate/tunegate/internal/plan"
	"github.com/tunegate/tunegate/internal/repo"
)

// readConfig reads the config as a run would: at the default branch, with the
// suites and all else that it names, and in the working tree.
func readConfig(ctx context.Context, about Subject) (check.Check, wanted) {
	wants := wanted{runner: config.Runner{Python: config.Auto, Ollama: config.Auto}}
	fail := func(err error, fix string) (check.Check, wanted) {
		return check.Failed("config", err.Error(), fix), wants
	}
	fine := func(found string) (check.Check, wanted) {
		return check.Passed("config", found), wants
	}
	unread := func(err error) (check.Check, wanted) {
		return check.Stopped("config", err, "git fsck"), wants
	}
	if about.Repo == nil {
		if strings.Contains(about.RepoErr.Error(), "not a git repository") {
			return check.Warned("config", "no git repository here: the machine is checked with the defaults", "run doctor in the repository, or name it with `-C DIR`"), wants
		}
		return unread(about.RepoErr)
	}
	wants.root = about.Repo.Root()
	draft, found, err := readDraft(about)
	if err != nil {
		return fail(err, "correct "+about.ConfigPath+" in the working tree")
	}
	if found {
		wants.runner, wants.config = draft.Runner, &draft
	}
	branch, err := about.Repo.DefaultBranch(ctx)
	switch {
	case errors.Is(err, repo.ErrNoCommit) && found:
		return fail(err, "git add -A && git commit -m \"judge tuning data\"")
	case err != nil && found:
		return unread(err)
	}
	committed := false
	if err == nil {
		if committed, err = has(ctx, about.Repo, branch, about.ConfigPath); err != nil {
			return unread(err)
		}
	}
	short := repo.ShortName(branch)
	switch {
	case !committed && found:
		return readFirst(ctx, about, branch, wants)
	case !committed:
		return check.Failed("config", "no "+about.ConfigPath+" here, without which no run starts; the rest is checked with the defaults",
			"`"+about.Command+" init`, then commit what it writes"), wants
	}
	// A branch against itself: pending changes do not matter here.
	judging, err := plan.New(ctx, about.Repo, about.ConfigPath, plan.Refs{Base: branch, Head: branch})
	if err != nil {
		fix := "correct it and commit the correction to " + short
		if errors.Is(err, plan.ErrNoRecords) {
			fix = "put records where `dataset.sources` looks, and commit them to " + short
		}
		if files, asked := about.Repo.Uncommitted(ctx, plan.PolicyFiles(about.ConfigPath, draft)...); found && asked == nil && len(files) > 0 {
			fix = plan.HowToCommit(branch, files)
		}
		return fail(err, fix)
	}
	wants.runner, wants.config, wants.plan = judging.Config.Runner, &judging.Config, judging
	return fine(about.ConfigPath + " at " + short)
}

// readFirst reads the working tree's config if the default branch has none: nothing
// is judged until it does.
func readFirst(ctx context.Context, about Subject, branch string, wants wanted) (check.Check, wanted) {
	first, err := plan.New(ctx, about.Repo, about.ConfigPath, plan.Refs{Base: branch})
	if err != nil {
		fix := "correct it in the working tree"
		if errors.Is(err, plan.ErrNoRecords) {
			fix = "put records where `dataset.sources` looks, or correct it in the working tree"
		}
		return check.Failed("config", err.Error(), fix), wants
	}
	wants.plan = first
	files, _ := about.Repo.Uncommitted(ctx, plan.Named(about.ConfigPath, *wants.config)...) // unknown, they are said to be elsewhere
	return check.Warned("config", about.ConfigPath+" of the working tree: "+repo.ShortName(branch)+" has none yet, and nothing is judged until it has",
		plan.HowToCommit(branch, files)), wants
}

// maxNamed bounds the uncommitted files that are listed.
const maxNamed = 5

// uncommittedChecks warn of a policy in the working tree that runs do not use: theirs
// is the default branch's.
func uncommittedChecks(ctx context.Context, in inspection) []check.Check {
	if in.plan == nil || !in.plan.Gated {
		return nil
	}
	patterns := plan.PolicyFiles(in.about.ConfigPath, *in.config)
	if in.plan.Lock == nil { // which its own check tells of
		patterns = slices.DeleteFunc(patterns, func(name string) bool { return name == in.plan.LockPath() })
	}
	files, err := in.about.Repo.Uncommitted(ctx, patterns...)
	if err != nil || len(files) == 0 {
		return nil
	}
	named := strings.Join(files[:min(len(files), maxNamed)], ", ")
	if more := len(files) - maxNamed; more > 0 {
		named += fmt.Sprintf(" and %d more", more)
	}
	return []check.Check{check.Warned("uncommitted", "uncommitted changes in the working tree: "+named+"; runs use what "+in.plan.BaseRef+" has",
		plan.HowToCommit(in.plan.BaseRef, files))}
}

// readDraft reads the config in the working tree, if there is one. Like git's
// trees, it does not accept a link as a file.
func readDraft(about Subject) (draft config.Config, found bool, err error) {
	path := filepath.Join(about.Repo.Root(), filepath.FromSlash(about.ConfigPath))
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) || err == nil && !info.Mode().IsRegular() {
		return config.Config{}, false, nil
	}
	if err != nil {
		return config.Config{}, false, err
	}
	data, err := bounded.ReadFile(path, plan.MaxPolicyFile)
	if err != nil {
		return config.Config{}, false, err
	}
	draft, err = config.Parse(about.ConfigPath, data)
	return draft, true, err
}

func has(ctx context.Context, r *repo.Repo, ref, path string) (bool, error) {
	commit, err := r.Commit(ctx, ref)
	if err != nil {
		return false, err
	}
	tree, err := r.Tree(ctx, commit)
	if err != nil {
		return false, err
	}
	_, found, err := tree.Lookup(ctx, path)
	return found, err
}
