// Package ollamatest finds Ollama for tests: in the home that the environment names.
package ollamatest

import (
	"os"
	"path/filepath"
)

// Home is the home in which `make setup` puts the tools that tests use.
func Home() string {
	if home := os.Getenv("TUNEGATE_HOME"); home != "" {
		return home
	}
	data := os.Getenv("XDG_DATA_HOME")
	if data == "" {
		data = filepath.Join(os.Getenv("HOME"), ".local", "share")
	}
	return filepath.Join(data, "tunegate")
}
