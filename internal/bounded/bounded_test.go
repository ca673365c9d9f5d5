package bounded

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestRead: a file of as many bytes is read, one more is an error that says so, and
// what is no plain file is not waited for.
func TestRead(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := errors.Join(os.WriteFile(filepath.Join(dir, "four"), []byte("four"), 0o600), os.Mkdir(filepath.Join(dir, "folder"), 0o700),
		syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o600), os.Symlink("four", filepath.Join(dir, "link"))); err != nil {
		t.Fatal(err)
	}
	for name, read := range map[string]func(name string, most int64) ([]byte, error){
		"a path":        func(name string, most int64) ([]byte, error) { return ReadFile(filepath.Join(dir, name), most) },
		"a file system": func(name string, most int64) ([]byte, error) { return ReadFS(os.DirFS(dir), name, most) },
	} {
		for _, whole := range []string{"four", "link"} {
			if data, err := read(whole, 4); err != nil || string(data) != "four" {
				t.Errorf("%s, %s: %q, %v", name, whole, data, err)
			}
		}
		if data, err := read("four", 3); !errors.Is(err, ErrTooLarge) || !strings.HasSuffix(err.Error(), "too large: 4 bytes, the limit is 3") || data != nil {
			t.Errorf("%s: %q, %v", name, data, err)
		}
		for _, other := range []string{"folder", "pipe"} {
			if _, err := read(other, 4); err == nil || !strings.Contains(err.Error(), "not a regular file") {
				t.Errorf("%s, %s: %v", name, other, err)
			}
		}
		if _, err := read("none", 4); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if data, err := ReadFile("/proc/self/status", 1); !errors.Is(err, ErrTooLarge) { // it has no size
		t.Errorf("%q, %v", data, err)
	}
}
