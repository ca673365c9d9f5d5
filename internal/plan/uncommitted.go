package plan

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/tunegate/tunegate/internal/baselock"
	"github.com/tunegate/tunegate/internal/bounded"
	"github.com/tunegate/tunegate/internal/config"
	"github.com/tunegate/tunegate/internal/repo"
	"github.com/tunegate/tunegate/internal/text"
)

// PolicyFiles are patterns (see repo.Tree.Match) of what the policy of a config consists of.
func PolicyFiles(configPath string, c config.Config) []string {
	patterns := append([]string{configPath, baselock.Path(configPath)}, c.Eval.Suites...)
	for _, file := range []string{c.Eval.SanityPrompts, c.Serve.TemplateFile} {
		if file != "" {
			patterns = append(patterns, file)
		}
	}
	return patterns
}

// Named are patterns of all that a config names in the repository: its policy, the
// records, and a base model that lies there.
func Named(configPath string, c config.Config) []string {
	patterns := PolicyFiles(configPath, c)
	for _, source := range c.Dataset.Sources {
		patterns = append(patterns, source.Path)
	}
	if c.Base.Model != "" && !filepath.IsAbs(c.Base.Model) {
		patterns = append(patterns, path.Join(filepath.ToSlash(c.Base.Model), "**"))
	}
	return patterns
}

// HowToCommit is a hint on how to bring uncommitted files (see repo.Uncommitted) to
// a ref. If there are none, another branch or only this clone has what is missing there.
func HowToCommit(ref string, files []string) string {
	branch, ofOrigin := strings.CutPrefix(repo.ShortName(ref), "origin/")
	switch {
	case len(files) > 0 && ofOrigin:
		return fmt.Sprintf("commit to %s, and push: `%s`, then `git push`", branch, commitCommand(files))
	case len(files) > 0:
		return fmt.Sprintf("commit to %s: `%s`", branch, commitCommand(files))
	case ofOrigin:
		return fmt.Sprintf("`git push` if %s in this clone has it, else merge the pull request that adds it", branch)
	}
	return fmt.Sprintf("merge the branch that has it into %s", branch)
}

// maxAdded bounds the files that a command lists.
const maxAdded = 6

// commitCommand commits files, or their folders if there are many.
func commitCommand(files []string) string {
	var words []string
	for _, file := range files {
		if folder := path.Dir(file); len(files) > maxAdded && folder != "." {
			file = folder
		}
		if word := text.ShellWord(file); !slices.Contains(words, word) {
			words = append(words, word)
		}
	}
	return "git add -- " + strings.Join(words, " ") + ` && git commit -m "judge tuning data"`
}

// noConfig is the error that no ref has a config, with a command.
func noConfig(ctx context.Context, r *repo.Repo, configPath string, refs ...string) error {
	says := fmt.Sprintf("%s has no %s", refs[0], configPath)
	if len(refs) > 1 && refs[0] != refs[1] {
		says = fmt.Sprintf("%s: neither %s nor %s has it", configPath, refs[0], refs[1])
	}
	data, err := bounded.ReadFile(filepath.Join(r.Root(), filepath.FromSlash(configPath)), MaxPolicyFile)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s (hint: `tunegate init` writes one to start from; commit it to %s)", says, strings.TrimPrefix(refs[0], "origin/"))
	}
	if err != nil { // a pull request that is checked out may make it a link to anything
		return fmt.Errorf("%s, and the one in the working tree cannot be used: %w (hint: remove it; `tunegate init` writes one to start from)", says, err)
	}
	if slices.Contains(refs, WorkingTree) {
		return fmt.Errorf("%s (hint: git ignores it; add it with `git add -f -- %s`, then commit it)", says, text.ShellWord(configPath))
	}
	patterns := []string{configPath}
	if draft, err := config.Parse(configPath, data); err == nil {
		patterns = Named(configPath, draft)
	}
	files, _ := r.Uncommitted(ctx, patterns...) // unknown, they are said to be elsewhere
	return fmt.Errorf("%s, but the working tree does (hint: %s)", says, HowToCommit(refs[0], files))
}
