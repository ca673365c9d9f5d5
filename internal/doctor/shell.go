package doctor

import (
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/tunegate/tunegate/internal/text"
)

// asRoot is a command for root, as this user types it.
func asRoot(command string) string {
	if unix.Geteuid() == 0 {
		return command
	}
	return "sudo " + command
}

// install is the command that installs Debian packages.
func install(packages string) string { return asRoot("apt-get install -y " + packages) }

// quoteAll quotes paths for a shell.
func quoteAll(paths []string) string {
	quoted := slices.Clone(paths)
	for i, path := range quoted {
		quoted[i] = text.ShellWord(path)
	}
	return strings.Join(quoted, " ")
}
