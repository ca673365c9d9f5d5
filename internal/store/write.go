package store

import (
	"encoding/json"
	"path/filepath"
	"regexp"

	"github.com/google/renameio/v2"
)

// WriteJSON atomically replaces a file with v as indented JSON.
func WriteJSON(path string, v any) error {
	data, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	return WriteFile(path, append(data, '\n'))
}

// WriteFile atomically replaces a file. The temporary file that a killed process
// leaves is next to it, where IsTemporary recognises it, never in the system's folder.
func WriteFile(path string, data []byte) error {
	return renameio.WriteFile(path, data, 0o600, renameio.WithTempDir(filepath.Dir(path)))
}

// temporaryName matches names by renameio: a dot, the final name and a random number
// of up to 19 digits, practically never a short one.
var temporaryName = regexp.MustCompile(`^\..+[0-9]{8,19}$`)

// IsTemporary reports whether the name is that of an unfinished WriteFile.
func IsTemporary(name string) bool { return temporaryName.MatchString(name) }
