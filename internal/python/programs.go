package python

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

//go:embed programs/*.py
var programs embed.FS

//go:embed requirements.in
var requirements string

//go:embed requirements.lock
var requirementsLock []byte

//go:embed installer.lock
var installerLock []byte

// Digest returns the digest, in hex, of everything that decides what a program computes:
// the programs and the locked packages. For store keys.
func Digest() string {
	all := sha256.New()
	add := func(name string, data []byte) {
		fmt.Fprintf(all, "%s %d\n", name, len(data))
		all.Write(data)
	}
	add("requirements.lock", requirementsLock)
	eachProgram(func(name string, data []byte) error {
		add(name, data)
		return nil
	})
	return hex.EncodeToString(all.Sum(nil))
}

// eachProgram visits the embedded programs in the order of their names.
func eachProgram(visit func(name string, data []byte) error) error {
	entries, err := programs.ReadDir("programs")
	if err != nil {
		return err
	}
	for _, entry := range entries {
		data, err := programs.ReadFile("programs/" + entry.Name())
		if err != nil {
			return err
		}
		if err := visit(entry.Name(), data); err != nil {
			return err
		}
	}
	return nil
}

// unpack returns the folder with the programs under root, and creates it if it is missing
// or differs.
func unpack(root string) (string, error) {
	folder := filepath.Join(root, "programs-"+Digest()[:idLen])
	if unpacked(folder) {
		return folder, nil
	}
	partial, err := os.MkdirTemp(root, "programs-*.partial")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(partial)
	err = eachProgram(func(name string, data []byte) error {
		return os.WriteFile(filepath.Join(partial, name), data, 0o600)
	})
	if err != nil {
		return "", err
	}
	err = errors.Join(os.RemoveAll(folder), os.Rename(partial, folder))
	if err != nil && !unpacked(folder) { // another process may have been faster
		return "", err
	}
	return folder, nil
}

func unpacked(folder string) bool {
	return eachProgram(func(name string, data []byte) error {
		found, err := os.ReadFile(filepath.Join(folder, name))
		if err == nil && !bytes.Equal(found, data) {
			err = fs.ErrInvalid
		}
		return err
	}) == nil
}

// pin is a package that the programs import, with its version.
type pin struct{ name, version string }

func pins() []pin {
	var all []pin
	for line := range strings.Lines(requirements) {
		if name, version, ok := strings.Cut(strings.TrimSpace(line), "=="); ok {
			all = append(all, pin{name, version})
		}
	}
	return all
}
