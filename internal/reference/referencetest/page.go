// Package referencetest compares the pages of docs with the tables in the code, and
// fails where a page says something else.
package referencetest

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v4"
)

// updateVariable has the pages written anew.
const updateVariable = "UPDATE_DOCS"

// CheckPart fails the test where a generated part of the page is not want. It stands
// between two comments, <!-- NAME --> and <!-- /NAME -->, and prose around it. Where
// UPDATE_DOCS is set it writes that part.
func CheckPart(t *testing.T, path, name, want string) {
	t.Helper()
	begin, end := "<!-- "+name+" -->\n", "<!-- /"+name+" -->\n"
	if os.Getenv(updateVariable) != "" {
		defer lock(t, path)()
	}
	page := string(read(t, path))
	before, rest, begins := strings.Cut(page, begin)
	part, after, ends := strings.Cut(rest, end)
	if !begins || !ends {
		t.Fatalf("%s has no part between <!-- %s --> and <!-- /%s -->", path, name, name)
	}
	if os.Getenv(updateVariable) != "" {
		write(t, path, []byte(before+begin+want+end+after))
		part = want
	}
	compare(t, path, []byte(want), []byte(part))
}

func compare(t *testing.T, path string, want, got []byte) {
	t.Helper()
	if !bytes.Equal(want, got) {
		t.Errorf("%s is not what the code says (hint: `%s=1 go test ./... -run %s` writes it):\n%s",
			path, updateVariable, t.Name(), cmp.Diff(string(got), string(want)))
	}
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return data
}

// ReadYAML reads a file that may have the keys of into only.
func ReadYAML(t *testing.T, path string, into any) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	decoder.KnownFields(true)
	if err := decoder.Decode(into); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
}

func write(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

// lock keeps the page to this test until it is let go of: packages, which are tested at
// the same time, write parts of one page.
func lock(t *testing.T, path string) (release func()) {
	t.Helper()
	page, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Flock(int(page.Fd()), syscall.LOCK_EX); err != nil {
		t.Fatal(err)
	}
	return func() { _ = page.Close() }
}

// subject is a name of the code that a heading, or an item of a list, is about.
var subject = regexp.MustCompile("(?m)^(?:#+|\\*|\\|) `([^`\n]+)`")

// CheckNames fails the test where a heading, an item of a list or a row of a table is
// about a name in backticks that is none of those in the code.
func CheckNames(t *testing.T, path string, names []string) {
	t.Helper()
	for _, found := range subject.FindAllStringSubmatch(string(read(t, path)), -1) {
		if !slices.Contains(names, found[1]) {
			t.Errorf("%s is about %q, which is gone from the code", path, found[1])
		}
	}
}
