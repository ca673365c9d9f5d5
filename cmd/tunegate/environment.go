package main

import (
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"strconv"

	"github.com/tunegate/tunegate/internal/proc"
)

// withHome is an environment whose HOME is set: a service, such as a
// self-hosted runner, may start without it, and then the password file's is used.
// Git, Go and uv look for the user's settings and caches there too.
func withHome(environ []string, recorded func() (string, error)) []string {
	if filepath.IsAbs(lookUp(environ)("HOME")) {
		return environ
	}
	folder, err := recorded()
	if err != nil || !filepath.IsAbs(folder) {
		return environ
	}
	return proc.WithEnv(environ, "HOME", folder)
}

// recordedHome is this user's home folder in the password file.
func recordedHome() (string, error) {
	found, err := user.LookupId(strconv.Itoa(os.Geteuid()))
	if err != nil {
		return "", fmt.Errorf("the password file: %w", err)
	}
	return found.HomeDir, nil
}
