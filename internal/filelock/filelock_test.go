package filelock

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func TestOneAtATime(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, open := range map[string]func() (*os.File, error){
		"a file":   func() (*os.File, error) { return Open(filepath.Join(dir, "lock")) },
		"a folder": func() (*os.File, error) { return OpenFolder(dir) },
	} {
		first, err := open()
		if err != nil {
			t.Fatal(err)
		}
		second, err := open()
		if err != nil {
			t.Fatal(err)
		}
		defer second.Close()
		if err := Try(first); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if err := Try(second); !errors.Is(err, ErrHeld) {
			t.Errorf("%s: the second got %v", name, err)
		}
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		if err := Wait(ended, second); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: the second, which was told to end, got %v", name, err)
		}
		first.Close()
		if err := Wait(t.Context(), second); err != nil {
			t.Errorf("%s: after the first's end: %v", name, err)
		}
	}
}

func TestNoLinkIsFollowed(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	link := filepath.Join(dir, "link")
	if err := os.Symlink(filepath.Join(dir, "elsewhere"), link); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(link); err == nil {
		t.Error("a link was opened")
	}
	if _, err := OpenFolder(link); err == nil {
		t.Error("a link was opened as a folder")
	}
}
