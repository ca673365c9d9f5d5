package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestWithHome(t *testing.T) {
	t.Parallel()
	recorded := func() (string, error) { return "/home/service", nil }
	for name, tt := range map[string]struct {
		environ  []string
		recorded func() (string, error)
		want     []string
	}{
		"set":              {[]string{"HOME=/home/a", "A=b"}, recorded, []string{"HOME=/home/a", "A=b"}},
		"not set":          {[]string{"A=b"}, recorded, []string{"A=b", "HOME=/home/service"}},
		"empty":            {[]string{"HOME=", "A=b"}, recorded, []string{"A=b", "HOME=/home/service"}},
		"relative":         {[]string{"HOME=.", "A=b"}, recorded, []string{"A=b", "HOME=/home/service"}},
		"not recorded":     {[]string{"A=b"}, func() (string, error) { return "", errors.New("no such user") }, []string{"A=b"}},
		"recorded as none": {[]string{"A=b"}, func() (string, error) { return "", nil }, []string{"A=b"}},
	} {
		if got := withHome(tt.environ, tt.recorded); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// TestServiceWithoutHome: a service that starts without HOME keeps its results
// where the same user's shell does, and its git finds that user's settings.
func TestServiceWithoutHome(t *testing.T) {
	t.Parallel()
	shell := exec.Command("bash", "-c", "cd ~ && pwd") // which bash reads in the password file
	shell.Env = []string{"PATH=" + os.Getenv("PATH")}
	out, err := shell.Output()
	if err != nil {
		t.Fatal(err)
	}
	want := strings.TrimSpace(string(out))
	environ := withHome([]string{"PATH=" + os.Getenv("PATH")}, recordedHome)
	s := session{world: world{environ: environ}}
	if home, err := s.home(); err != nil || home != filepath.Join(want, ".local", "share", "tunegate") {
		t.Errorf("the home is %q, %v", home, err)
	}
	if !slices.Contains(s.gitEnviron(), "HOME="+want) {
		t.Errorf("git gets %q", s.gitEnviron())
	}
}
