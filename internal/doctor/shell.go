package doctor

import (
	"regexp"
	"slices"
	"strings"

	"golang.org/x/sys/unix"
)

// asRoot is a command that only root can run, as this user types it.
func asRoot(command string) string {
	if unix.Geteuid() == 0 {
		return command
	}
	return "sudo " + command
}

// install is the command that brings Debian packages.
func install(packages string) string { return asRoot("apt-get install -y " + packages) }

// unquoted is what a shell takes as it is.
var unquoted = regexp.MustCompile(`^[A-Za-z0-9_@%+=:,./-]+$`)

// Quote makes one word of a shell of the value.
func Quote(value string) string {
	if unquoted.MatchString(value) {
		return value
	}
	return "'" + strings.ReplaceAll(value, "'", `'\''`) + "'"
}

// quoteAll are paths as a shell reads them.
func quoteAll(paths []string) string {
	quoted := slices.Clone(paths)
	for i, path := range quoted {
		quoted[i] = Quote(path)
	}
	return strings.Join(quoted, " ")
}
