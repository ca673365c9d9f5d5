package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/proc/proctest"
)

// closed fails the test for whatever in a home others may read or change. The
// server gives its blobs their own mode, in a folder that is closed.
func closed(t testing.TB, home string) {
	t.Helper()
	err := filepath.WalkDir(home, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.Type()&fs.ModeSymlink != 0 {
			return err
		}
		info, err := entry.Info()
		if err == nil && info.Mode()&0o077 != 0 && filepath.Base(filepath.Dir(path)) != "blobs" {
			t.Errorf("%s is %v", path, info.Mode())
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// TestRowsAreForOneUser: what a run writes into the home no other user reads, and
// what it writes into the repository has the modes that files have there.
func TestRowsAreForOneUser(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	shared := proctest.SharedDir(t)
	l.sh("mv", l.home, filepath.Join(shared, "home"))
	l.home = filepath.Join(shared, "home")
	if out, err := l.command("dataset", "--base", "main", "--head", "improve").Output(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	closed(t, l.home)
	rows, err := filepath.Glob(filepath.Join(l.home, "store", "dataset", "*", "train.jsonl"))
	if err != nil || len(rows) != 1 {
		t.Fatalf("%q, %v", rows, err)
	}
	beside := filepath.Join(l.repo, "beside")
	proctest.WriteFile(t, beside, "")
	ordinary, err := os.Stat(beside)
	if err != nil {
		t.Fatal(err)
	}
	copied, err := os.Stat(filepath.Join(l.repo, ".tunegate", "run.json"))
	if err != nil || copied.Mode().Perm() != ordinary.Mode().Perm()&0o666 {
		t.Errorf("the workspace's copy: %v, %v", copied, err)
	}
	for _, try := range []string{"ls " + l.home, "cat " + rows[0], "cat " + filepath.Join(l.home, "lock"), "flock -n " + filepath.Join(l.home, "lock") + " true"} {
		if out, err := proctest.Nobody(t, shared, try); err == nil || !strings.Contains(out, "ermission denied") {
			t.Errorf("nobody does %s: %v: %s", try, err, out)
		}
	}
}
