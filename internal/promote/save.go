package promote

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/tunegate/tunegate/internal/runs"
	"github.com/tunegate/tunegate/internal/store"
)

// FileName is the file in the folder of a run, and in the copy in the workspace,
// that holds the Result of the last promotion or rollback to its model.
const FileName = "promotion.json"

// Save leaves the result in the folder of the run that tested the model, and a
// copy of that run in the workspace, for another job to report it.
func (r Result) Save(home, workspace string) error {
	dir := runs.Folder(home, r.Run)
	if _, err := os.Stat(dir); err != nil {
		return err
	}
	if err := store.WriteJSON(filepath.Join(dir, FileName), r); err != nil {
		return err
	}
	return runs.CopyOut(workspace, dir)
}

// Forget removes an earlier result from the workspace, so that nobody mistakes it
// for that of a refused command.
func Forget(workspace string) error {
	copied := filepath.Join(workspace, runs.CopyFolder)
	if info, err := os.Lstat(copied); err != nil || !info.IsDir() { // a link may lead anywhere
		return nil
	}
	err := os.Remove(filepath.Join(copied, FileName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
