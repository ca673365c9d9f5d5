package filelock

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// within fails the test where do does not end by itself.
func within(t *testing.T, name string, do func() error) error {
	t.Helper()
	ended := make(chan error, 1)
	go func() { ended <- do() }()
	select {
	case err := <-ended:
		return err
	case <-time.After(10 * time.Second):
		t.Fatalf("%s: it hangs", name)
		return nil
	}
}

// Whatever stands in the place of a lock neither hangs a command nor sends it
// elsewhere.
func TestOnlyAPlainFileIsALock(t *testing.T) {
	t.Parallel()
	for name, put := range map[string]func(path string) error{
		"a FIFO": func(path string) error { return syscall.Mkfifo(path, 0o600) },
		"a link": func(path string) error { return os.Symlink(filepath.Join(filepath.Dir(path), "elsewhere"), path) },
		"a link to a FIFO": func(path string) error {
			return errors.Join(syscall.Mkfifo(path+".fifo", 0o600), os.Symlink(path+".fifo", path))
		},
		"a link to a device":     func(path string) error { return os.Symlink("/dev/zero", path) },
		"a folder":               func(path string) error { return os.Mkdir(path, 0o700) },
		"a socket":               func(path string) error { return syscall.Mknod(path, syscall.S_IFSOCK|0o600, 0) },
		"a file of another user": func(path string) error { return errors.Join(os.WriteFile(path, nil, 0o666), chownOrFolder(path)) },
	} {
		path := filepath.Join(t.TempDir(), "lock")
		if err := put(path); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		err := within(t, name, func() error {
			file, err := Open(path)
			if err == nil {
				file.Close()
			}
			return err
		})
		if err == nil {
			t.Errorf("%s was taken for a lock", name)
		}
		if _, err := os.Stat(filepath.Join(filepath.Dir(path), "elsewhere")); err == nil {
			t.Errorf("%s: a link was followed", name)
		}
	}
}

// chownOrFolder gives a file to another user; who may not do that gets a folder.
func chownOrFolder(path string) error {
	if os.Geteuid() == 0 {
		return os.Chown(path, 12345, -1)
	}
	return errors.Join(os.Remove(path), os.Mkdir(path, 0o700))
}

func TestFoldersOfLocksArePrivate(t *testing.T) {
	t.Parallel()
	mode := func(path string) os.FileMode {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		return info.Mode().Perm()
	}
	loose := filepath.Join(t.TempDir(), "loose")
	if err := errors.Join(os.Mkdir(loose, 0o700), os.Chmod(loose, 0o777), os.WriteFile(filepath.Join(loose, "lock"), nil, 0o600), os.Chmod(filepath.Join(loose, "lock"), 0o666)); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{filepath.Join(loose, "lock"), filepath.Join(t.TempDir(), "new", "folder", "lock")} {
		file, err := Open(path)
		if err != nil {
			t.Fatal(err)
		}
		file.Close()
		if mode(path) != 0o600 || mode(filepath.Dir(path)) != 0o700 {
			t.Errorf("%s: %v in a folder %v", path, mode(path), mode(filepath.Dir(path)))
		}
	}
	if os.Geteuid() != 0 {
		t.Skip("SKIPPED, so no folder of another user is tried: only root makes one")
	}
	if err := os.Chown(loose, 12345, -1); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(filepath.Join(loose, "lock")); err == nil || !strings.Contains(err.Error(), "belongs to user 12345, but you are root (hint: run `sudo chown -R 0 "+loose) {
		t.Errorf("got %v", err)
	}
}
