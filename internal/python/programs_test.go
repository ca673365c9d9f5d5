package python

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestUnpack(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	folder, err := unpack(root)
	if err != nil {
		t.Fatal(err)
	}
	train := filepath.Join(folder, "train.py")
	want, err := os.ReadFile("programs/train.py")
	if err != nil {
		t.Fatal(err)
	}
	for _, damage := range []func() error{
		func() error { return nil },
		func() error { return os.WriteFile(train, []byte("x"), 0o644) },
		func() error { return os.Remove(train) },
		func() error { return os.RemoveAll(folder) },
	} {
		if err := damage(); err != nil {
			t.Fatal(err)
		}
		again, err := unpack(root)
		if err != nil || again != folder {
			t.Errorf("%q, %v", again, err)
		}
		if got, err := os.ReadFile(train); err != nil || string(got) != string(want) {
			t.Errorf("train.py has %d bytes of %d, %v", len(got), len(want), err)
		}
	}
	entries, err := os.ReadDir(root)
	if err != nil || len(entries) != 1 {
		t.Errorf("left %v, %v", entries, err)
	}
}

func TestDigest(t *testing.T) {
	t.Parallel()
	if got := Digest(); len(got) != 64 || got != Digest() || got == lockDigest() {
		t.Errorf("%q", got)
	}
}

// Every package of a lock has hashes, every pinned one is in it, and it names
// no place to get them from.
func TestLocks(t *testing.T) {
	t.Parallel()
	installer, err := os.ReadFile("installer.in")
	if err != nil {
		t.Fatal(err)
	}
	for _, lock := range []struct{ in, text string }{
		{requirements, string(requirementsLock)},
		{string(installer), string(installerLock)},
	} {
		locked := map[string]bool{}
		for block := range strings.SplitSeq(strings.ReplaceAll(lock.text, "\\\n", ""), "\n") {
			if block == "" || strings.HasPrefix(block, "#") {
				continue
			}
			name, _, _ := strings.Cut(block, " ")
			locked[name] = true
			if !regexp.MustCompile(`^[a-z0-9-]+==[0-9a-z.]+ +(;[^#]+ )?( *--hash=sha256:[0-9a-f]{64})+$`).MatchString(block) {
				t.Errorf("odd line: %.100s", block)
			}
		}
		for line := range strings.Lines(lock.in) {
			if line = strings.TrimSpace(line); !strings.HasPrefix(line, "#") && !locked[line] {
				t.Errorf("%s is not in the lock: remake it", line)
			}
		}
		if strings.Contains(lock.text, "://") || strings.Contains(lock.text, "index") {
			t.Error("a lock names an index")
		}
	}
	if n := len(pins()); n != 12 || !slices.Contains(pins(), pin{"torch", "2.15.0"}) {
		t.Errorf("%d pins: %v", n, pins())
	}
}
