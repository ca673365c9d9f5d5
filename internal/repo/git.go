package repo

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/tunegate/tunegate/internal/text"
)

// call is one call of git.
type call struct {
	git, dir string
	env      []string
	input    []byte
	args     []string // the subcommand and what follows it
	// explain gives the cause behind git's error message; nil: none is known.
	explain func(ctx context.Context, said string) error
}

// inRepo is a call in the user's repository, under the user's git config. It
// sees the objects of the scratch repository too and writes new ones there.
func (r *Repo) inRepo(args ...string) call {
	return call{git: r.git, dir: r.root, args: args, explain: r.explain, env: with(r.env,
		"GIT_OBJECT_DIRECTORY="+filepath.Join(r.scratch, "objects"))}
}

// inScratch is a call in the scratch repository, which is bare and sees all
// objects, but no ref, work tree, index, attribute or config of the user's.
func (r *Repo) inScratch(args ...string) call {
	return call{git: r.git, dir: r.scratch, args: args, explain: r.explain, env: with(r.env,
		"GIT_DIR="+r.scratch, "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1",
		"GIT_ATTR_NOSYSTEM=1", "XDG_CONFIG_HOME="+r.scratch)}
}

func with(env []string, more ...string) []string {
	return append(append([]string{}, env...), more...)
}

// run hands git's standard output to read, whose error ends git.
func (c call) run(ctx context.Context, read func(*bufio.Reader) error) error {
	running, stop := context.WithCancel(ctx)
	defer stop()
	// #nosec G204 -- no shell, and a ref that looks like an option is refused before
	cmd := exec.CommandContext(running, c.git, append([]string{
		"-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false",
		"-c", "core.splitIndex=false", "-c", "safe.bareRepository=explicit",
	}, c.args...)...)
	cmd.Dir, cmd.Env, cmd.Stdin = c.dir, c.env, bytes.NewReader(c.input)
	cmd.WaitDelay = 2 * time.Second
	var complaint said
	cmd.Stderr = &complaint
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	if err = read(bufio.NewReader(out)); err != nil {
		stop()
	}
	if ended := cmd.Wait(); err == nil {
		err = ended
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	why := complaint.String()
	if err == nil || strings.TrimSpace(why) == "" {
		return err
	}
	if c.explain != nil {
		if cause := c.explain(ctx, why); cause != nil {
			err = cause
		}
	}
	return fmt.Errorf("git %s: %s: %w", c.args[0], reason(why), err)
}

// output returns all that git writes, also where git fails.
func (c call) output(ctx context.Context) (out []byte, err error) {
	err = c.run(ctx, func(r *bufio.Reader) (err error) {
		out, err = io.ReadAll(r)
		return err
	})
	return out, err
}

// line returns git's output without the line break at its end.
func (c call) line(ctx context.Context) (string, error) {
	out, err := c.output(ctx)
	return strings.TrimSuffix(string(out), "\n"), err
}

// maxReason bounds a line of git's that is shown, in characters.
const maxReason = 1000

// reason is the line of git's error output with the cause: warnings may precede
// it, advice may follow.
func reason(said string) string {
	said = strings.TrimSpace(said)
	for _, mark := range []string{"fatal: ", "error: "} {
		for line := range strings.Lines(said) {
			if found, marked := strings.CutPrefix(line, mark); marked {
				return text.Begin(strings.TrimSpace(found), maxReason)
			}
		}
	}
	line, _, _ := strings.Cut(said, "\n")
	return text.Begin(line, maxReason)
}
