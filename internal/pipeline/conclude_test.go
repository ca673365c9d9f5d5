package pipeline

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func TestCommandMakesTheRunAgain(t *testing.T) {
	t.Parallel()
	for want, record := range map[string]Record{
		"tunegate run --base b --head h":     {BaseSHA: "b", HeadSHA: "h", HeadRef: "improve"},
		"tunegate run --base b":              {BaseSHA: "b", HeadSHA: "h", HeadRef: workingTree},
		"tunegate dataset --base b --head h": {BaseSHA: "b", HeadSHA: "h", HeadRef: "improve", Until: Dataset},
		"tunegate run --base h --head h":     {BaseSHA: "b", HeadSHA: "h", HeadRef: "v1", Again: true},
		"tunegate run --base s --head s":     {BaseSHA: "s", HeadSHA: "s", HeadRef: "main", Retrains: true},
	} {
		if got := Command(record, "tunegate.yaml"); got != want {
			t.Errorf("%+v: %s, want %s", record, got, want)
		}
		if got := Command(record, "other.yaml"); got != want+` --config "other.yaml"` {
			t.Errorf("with another config: %s", got)
		}
	}
	if got := Command(Record{BaseSHA: "s", HeadSHA: "s", HeadRef: "main"}, "tunegate.yaml"); got != "" {
		t.Errorf("a change that is the base tip: %s", got)
	}
}

// TestPublishCopyAfterAKill: what a killed run left of a copy is taken away, what
// tunegate did not write is not, and links are not followed.
func TestPublishCopyAfterAKill(t *testing.T) {
	t.Parallel()
	o := newOutlook(t)
	dir := t.TempDir()
	put(t, filepath.Join(dir, recordName), "{}")
	put(t, filepath.Join(dir, "dataset", "train.jsonl"), "row")
	final := filepath.Join(o.repo.Root(), ".tunegate")
	precious := filepath.Join(t.TempDir(), "precious")
	put(t, filepath.Join(precious, recordName), "{}")

	for name, leave := range map[string]func(){
		"nothing":      func() {},
		"a whole copy": func() {},
		"by half":      func() { put(t, filepath.Join(final, ignoreName), ignoreAll) },
		"unfinished":   func() { put(t, filepath.Join(final+".tmp", "dataset", "old.jsonl"), "row") },
		"links": func() {
			if err := errors.Join(os.Symlink(precious, final), os.Symlink(precious, final+".tmp")); err != nil {
				t.Fatal(err)
			}
		},
	} {
		if name != "a whole copy" {
			if err := os.RemoveAll(final); err != nil {
				t.Fatal(err)
			}
		}
		leave()
		if err := CopyRun(o.repo.Root(), dir); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if !exists(filepath.Join(final, "dataset", "train.jsonl")) || exists(filepath.Join(final, "dataset", "old.jsonl")) || exists(final+".tmp") {
			t.Errorf("%s: not copied, or not cleared up", name)
		}
	}
	if !exists(filepath.Join(precious, recordName)) {
		t.Error("a link was followed")
	}
	if err := os.RemoveAll(final); err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(final, "mine"), "")
	if err := CopyRun(o.repo.Root(), dir); err == nil || !exists(filepath.Join(final, "mine")) {
		t.Errorf("somebody's folder: %v", err)
	}
}
