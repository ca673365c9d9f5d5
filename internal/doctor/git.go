package doctor

import (
	"context"
	"regexp"
	"strconv"

	"github.com/tunegate/tunegate/internal/check"
)

var versionNumber = regexp.MustCompile(`(\d+)\.(\d+)(?:\.\d+)*`)

// atLeast reports whether a program's version output names this one or a
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

// gitCheck requires 2.38, the first git whose merge-tree writes a tree.
func gitCheck(ctx context.Context, in inspection) check.Check {
	path, err := in.machine.LookPath("git")
	if err != nil {
		return check.Failed("git", "not on PATH", install("git"))
	}
	cmd, done := in.machine.Question(ctx, path, "--version")
	defer done()
	out, err := cmd.Output()
	version, ok := atLeast(string(out), 2, 38)
	if err != nil || version == "" {
		return check.Failed("git", path+" does not run", install("--reinstall git"))
	}
	return check.That(ok, "git", version, "install git 2.38 or newer: `"+install("git")+"`, or see https://git-scm.com/downloads if that installs an older one")
}
