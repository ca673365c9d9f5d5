package python

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
)

// Under home/python, by digest: environments, unpacked programs, and the
// programs' scratch folder.
const (
	idLen     = 12 // characters of a digest in a folder's name
	readyName = "READY"
)

func rootDir(home string) string { return filepath.Join(home, "python") }

func environmentDir(home string) string {
	return filepath.Join(rootDir(home), lockDigest()[:idLen])
}

func lockDigest() string {
	sum := sha256.Sum256(requirementsLock)
	return hex.EncodeToString(sum[:])
}

func executable(folder string) string { return filepath.Join(folder, "bin", "python") }

// readyText is the content of an environment's READY file: its lock, and the machine's
// Python that it needs.
func readyText(folder string) (string, error) {
	base, err := filepath.EvalSymlinks(executable(folder))
	return lockDigest() + "\n" + base + "\n", err
}

// complete reports whether the folder is a complete environment.
func complete(folder string) bool {
	want, err := readyText(folder)
	if err != nil {
		return false
	}
	found, err := os.ReadFile(filepath.Join(folder, readyName))
	return err == nil && string(found) == want
}
