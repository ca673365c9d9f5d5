package runner

import (
	"context"
	"fmt"
	"regexp"
	"strconv"

	"github.com/tunegate/tunegate/internal/machine"
)

var versionNumber = regexp.MustCompile(`(\d+)\.(\d+)(?:\.\d+)*`)

// atLeast says whether a program's words about its version name this one or a
// newer one, and which.
func atLeast(said string, major, minor int) (found string, ok bool) {
	parts := versionNumber.FindStringSubmatch(said)
	if parts == nil {
		return "", false
	}
	a, _ := strconv.Atoi(parts[1])
	b, _ := strconv.Atoi(parts[2])
	return parts[0], a > major || a == major && b >= minor
}

// gitCheck wants 2.38, the first git whose merge-tree writes a tree.
func gitCheck(ctx context.Context, m machine.Machine) Check {
	path, err := m.LookPath("git")
	if err != nil {
		return judge("git", false, "not on PATH", install("git"))
	}
	cmd, done := m.Question(ctx, path, "--version")
	defer done()
	out, err := cmd.Output()
	version, ok := atLeast(string(out), 2, 38)
	if err != nil || version == "" {
		return judge("git", false, fmt.Sprintf("%s does not run", path), install("--reinstall git"))
	}
	return judge("git", ok, version, "git 2.38 or newer is needed: `"+install("git")+"`, or see https://git-scm.com/downloads where that brings an older one")
}
