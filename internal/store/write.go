package store

import (
	"encoding/json"
	"path/filepath"
	"regexp"

	"github.com/google/renameio/v2"
)

// WriteJSON replaces a file by v's indented JSON, in one step.
func WriteJSON(path string, v any) error {
	data, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	return WriteFile(path, append(data, '\n'))
}

// WriteFile replaces a file in one step. What a killed process leaves of it lies
// beside the file, where IsTemporary knows it, and never in the system's folder
// for temporary files.
func WriteFile(path string, data []byte) error {
	return renameio.WriteFile(path, data, 0o600, renameio.WithTempDir(filepath.Dir(path)))
}

// temporaryName is a name that renameio gives: a dot, the final name and a
// random number of up to 19 digits, which is practically never a short one.
var temporaryName = regexp.MustCompile(`^\..+[0-9]{8,19}$`)

// IsTemporary says whether a file of this name is one that a WriteFile did not
// come to finish.
func IsTemporary(name string) bool { return temporaryName.MatchString(name) }
