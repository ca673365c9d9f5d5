package runner

import "golang.org/x/sys/unix"

// asRoot is a command that only root can run, as this user types it.
func asRoot(command string) string {
	if unix.Geteuid() == 0 {
		return command
	}
	return "sudo " + command
}

// install is the command that brings Debian packages.
func install(packages string) string { return asRoot("apt-get install -y " + packages) }
