package dataset

import (
	"context"
	"crypto/sha256"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tunegate/tunegate/internal/repo"
	"github.com/tunegate/tunegate/internal/suite"
)

var update = flag.Bool("update", false, "write the golden files")

func load(t *testing.T, folder, pattern string) []repo.File {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(folder, filepath.FromSlash(pattern)))
	if err != nil || len(paths) == 0 {
		t.Fatalf("%s/%s: %v %v", folder, pattern, paths, err)
	}
	files := make([]repo.File, len(paths))
	for i, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		name, err := filepath.Rel(folder, path)
		if err != nil {
			t.Fatal(err)
		}
		files[i] = repo.File{Path: filepath.ToSlash(name), Blob: fmt.Sprintf("%x", sha256.Sum256(data)), Data: data}
	}
	return files
}

func parse(t *testing.T, files []repo.File) []suite.Suite {
	t.Helper()
	suites := make([]suite.Suite, len(files))
	for i, file := range files {
		var err error
		if suites[i], err = (suite.Reader{}).Suite(file.Path, file.Data); err != nil {
			t.Fatal(err)
		}
	}
	return suites
}

// options are the defaults with one source.
func options(source string, validation float64) Options {
	return Options{Sources: []Source{{Path: source, Weight: 1}}, Validation: validation, Seed: 42, Checks: DefaultChecks(), DefaultTags: levels}
}

func outputs(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := make(map[string]string)
	for _, file := range load(t, dir, "*") {
		all[file.Path] = string(file.Data)
	}
	return all
}

func TestBuildGolden(t *testing.T) {
	t.Parallel()
	in := Input{
		Head:   load(t, "testdata/build/head", "data/*"),
		Base:   load(t, "testdata/build/base", "data/*"),
		Suites: parse(t, load(t, "testdata/build", "suites/*")),
	}
	o := Options{
		Sources:    []Source{{Path: "data/followup.json", Weight: 2, License: "CC0-1.0"}, {Path: "data/**", Weight: 1}},
		Validation: 0.25, System: "Be brief.", Seed: 7, Checks: DefaultChecks(), DefaultTags: levels,
	}
	dir := t.TempDir()
	if *update {
		dir = "testdata/build/want"
	}
	result, err := Build(t.Context(), o, in, dir)
	if err != nil {
		t.Fatal(err)
	}
	want := outputs(t, "testdata/build/want")
	if diff := cmp.Diff(want, outputs(t, dir)); diff != "" {
		t.Error(diff)
	}
	if !result.Blocked {
		t.Error("new errors do not block")
	}

	slices.Reverse(in.Head)
	again := t.TempDir()
	if _, err := Build(t.Context(), o, in, again); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, outputs(t, again)); diff != "" {
		t.Error("the order of the files matters: " + diff)
	}
}

// The demo's records are clean, and the base form of a record is in the cluster of
// its follow-ups.
func TestBuildDemo(t *testing.T) {
	t.Parallel()
	const demo = "../../testdata/demo"
	base := load(t, demo+"/repo", "data/*.json")
	suites := parse(t, load(t, demo+"/repo", "suites/*.suite.yaml"))
	for _, change := range []string{"improve", "poison"} {
		in := Input{Head: slices.Concat(base, load(t, demo+"/"+change, "data/*.json")), Base: base, Suites: suites}
		result, err := Build(t.Context(), options("data/*.json", 0.1), in, t.TempDir())
		if err != nil || result.Blocked || result.Stats.Errors > 0 {
			t.Errorf("%s: %v %+v", change, err, result.Findings)
		}
		s := result.Stats
		if s.Validation < s.Rows/20 || s.Train < s.Rows*8/10 || s.Train+s.Validation != s.Rows {
			t.Errorf("%s: %+v", change, s)
		}
	}
}

func TestBuildErrors(t *testing.T) {
	t.Parallel()
	broken := repo.File{Path: "data/a.json", Blob: "broken", Data: []byte("[{")}
	empty := repo.File{Path: "data/a.json", Data: []byte("[]")}
	one := repo.File{Path: "data/a.json", Data: []byte(`[{"question": "q", "answer": "a"}]`)}
	for name, test := range map[string]struct {
		options Options
		in      Input
		want    string
	}{
		"options":           {options("data/*", 1), Input{}, "dataset.validation is 1 (hint: "},
		"nothing":           {options("data/*", 0), Input{}, "no record is left for training (0 records, 0 held out) (hint: "},
		"empty":             {options("data/*", 0), Input{Head: []repo.File{empty}}, "no record is left for training"},
		"broken before too": {options("data/*", 0), Input{Head: []repo.File{broken}, Base: []repo.File{broken}}, "no record is fit for training: data/a.json:1:3: this is not JSON"},
		"all held out":      {options("data/*", 0.999999), Input{Head: []repo.File{one}}, "no record is left for training (1 record, 1 held out)"},
		"no source":         {options("x", 0), Input{Head: []repo.File{one}}, "data/a.json matches no dataset source"},
	} {
		if _, err := Build(t.Context(), test.options, test.in, t.TempDir()); err == nil || !strings.HasPrefix(err.Error(), test.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Build(t.Context(), options("data/*", 0), Input{Head: []repo.File{one}}, t.TempDir()+"/missing"); err == nil {
		t.Error("a folder that does not exist is no error")
	}
	stopped, stop := context.WithCancel(t.Context())
	stop()
	if _, err := Build(stopped, options("data/*", 0), Input{Head: []repo.File{one}}, t.TempDir()); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled build: %v", err)
	}
	result, err := Build(t.Context(), options("data/*", 0), Input{Head: []repo.File{broken}}, t.TempDir())
	if err != nil || !result.Blocked {
		t.Errorf("a broken file: %v %+v", err, result)
	}
}
