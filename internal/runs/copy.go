package runs

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/tunegate/tunegate/internal/eval"
	"github.com/tunegate/tunegate/internal/report"
)

// CopyFolder is the folder at the top of the repository with a copy of the latest run,
// for a workflow to upload.
const CopyFolder = ".tunegate"

// copyLimit is the size in bytes above which a file is not copied. Graded cases and the
// report are always copied: verdict and comment are recomputed from them.
const copyLimit = 4 << 20

// CopyOut copies a run's folder, without its large files, to the workspace's .tunegate
// folder, which git ignores.
func CopyOut(workspace, dir string) error {
	final := filepath.Join(workspace, CopyFolder)
	temporary := final + ".tmp"
	if _, err := os.Lstat(final); err == nil && !isCopy(final) {
		return fmt.Errorf("%s exists and was not written by tunegate (hint: rename it)", final)
	}
	if err := errors.Join(removeCopy(temporary), os.MkdirAll(temporary, 0o755)); err != nil {
		return err
	}
	// First: an incomplete copy must not be taken for data.
	if err := os.WriteFile(filepath.Join(temporary, ignoreName), []byte(ignoreAll), 0o644); err != nil {
		return err
	}
	if err := errors.Join(copyTree(dir, temporary), removeCopy(final)); err != nil {
		return err
	}
	return os.Rename(temporary, final)
}

// The file that makes git ignore a copy.
const (
	ignoreName = ".gitignore"
	ignoreAll  = "*\n"
)

// isCopy reports whether a folder is such a copy, complete or not.
func isCopy(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, RecordFile))
	ignored, _ := os.ReadFile(filepath.Join(dir, ignoreName))
	return err == nil || string(ignored) == ignoreAll
}

// removeCopy removes a copy, its .gitignore last. It does not follow a symbolic link in
// its place, which a change may contain.
func removeCopy(dir string) error {
	if info, err := os.Lstat(dir); err != nil || !info.IsDir() {
		return os.RemoveAll(dir)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if entry.Name() == ignoreName {
			continue
		}
		if err := os.RemoveAll(filepath.Join(dir, entry.Name())); err != nil {
			return err
		}
	}
	return os.RemoveAll(dir)
}

func copyTree(from, to string) error {
	entries, err := os.ReadDir(from)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(to, 0o755); err != nil {
		return err
	}
	for _, entry := range entries {
		source, target := filepath.Join(from, entry.Name()), filepath.Join(to, entry.Name())
		info, err := os.Stat(source) // a stage's folder is a link into the store
		switch {
		case err != nil:
			return err
		case info.IsDir():
			err = copyTree(source, target)
		case slices.Contains([]string{".gguf", ".safetensors"}, filepath.Ext(source)):
		case info.Size() <= copyLimit || slices.Contains([]string{eval.CasesFile, report.File}, entry.Name()):
			err = copyFile(source, target)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func copyFile(from, to string) error {
	source, err := os.Open(from)
	if err != nil {
		return err
	}
	defer source.Close()
	target, err := os.Create(to)
	if err != nil {
		return err
	}
	_, err = io.Copy(target, source)
	return errors.Join(err, target.Close())
}
