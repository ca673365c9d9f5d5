package starter

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/tunegate/tunegate/internal/config"
	"github.com/tunegate/tunegate/internal/dataset"
	"github.com/tunegate/tunegate/internal/reference/referencetest"
)

// Whatever a name or a glob holds, the config that is written says just that.
func TestConfigSaysWhatWasGiven(t *testing.T) {
	t.Parallel()
	for _, o := range []Options{
		{Name: "a", BaseModel: DefaultBase, Sources: []Source{{Path: "data/*.json", Weight: 1}}},
		{Name: "true", BaseModel: "/models/with space: and # more", Sources: []Source{{Path: "a,b {c}/*.json", Weight: 1}, {Path: `it's "here" & <there>.json`, Weight: 3}}},
		{Name: "0", BaseModel: "./base", Sources: []Source{{Path: "- x.json", Weight: 1}, {Path: "é\tü.json", Weight: 2, Optional: true}}},
	} {
		c, err := config.Parse(ConfigFile, content(t, Generic, o)[ConfigFile])
		if err != nil {
			t.Errorf("%+v: %v", o, err)
			continue
		}
		got := Options{Name: c.Name, BaseModel: c.Base.Model}
		for _, source := range c.Dataset.Sources {
			got.Sources = append(got.Sources, Source{source.Path, source.Weight, source.Optional})
		}
		if diff := cmp.Diff(o, got); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff([]dataset.Tag{}, c.Dataset.Tags); diff != "" {
			t.Errorf("the generic template's tags: %s", diff)
		}
	}
	if _, err := config.Parse(ConfigFile, content(t, Generic, Options{Name: "a\nb: c", BaseModel: "/b", Sources: []Source{{Path: "d", Weight: 1}}})[ConfigFile]); err == nil {
		t.Error("a name of two lines passed")
	}
}

// The config names its suites and prompts, leaves the gate to its defaults, and
// is short.
func TestConfigFits(t *testing.T) {
	t.Parallel()
	for _, template := range Templates() {
		t.Run(string(template), func(t *testing.T) { testConfigFits(t, template) })
	}
}

func testConfigFits(t *testing.T, template Template) {
	files := content(t, template, Options{Name: "a", BaseModel: DefaultBase, Sources: []Source{{Path: "data/*.json", Weight: 1}}})
	for path, data := range files {
		published := ""
		switch {
		case path == ConfigFile:
			published = "../../docs/schema/config.schema.json"
		case strings.HasSuffix(path, ".suite.yaml"):
			published = "../../docs/schema/suite.schema.json"
		default:
			continue
		}
		if err := referencetest.Load(t, published).Validate(data); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
	c, err := config.Parse(ConfigFile, files[ConfigFile])
	if err != nil {
		t.Fatal(err)
	}
	if files[c.Eval.SanityPrompts] == nil {
		t.Errorf("no file %q", c.Eval.SanityPrompts)
	}
	if diff := cmp.Diff([]dataset.Source{{Path: "data/*.json", Weight: 1}}, c.Dataset.Sources); diff != "" {
		t.Error(diff)
	}
	if c.Serve.Parameters["repeat_penalty"] != 1.0 || len(c.Gate.Merge.NoHarm) > 0 {
		t.Errorf("serve %+v, gate %+v", c.Serve, c.Gate)
	}
	if lines := strings.Count(string(files[ConfigFile]), "\n"); lines > 40 {
		t.Errorf("%d lines", lines)
	}
}

// TestOddMakefile: a repository's Makefile is not taken into memory whatever its size,
// and what is no file is named.
func TestOddMakefile(t *testing.T) {
	t.Parallel()
	for want, makefile := range map[string]fstest.MapFile{
		"the Makefile: too large":           {Data: make([]byte, maxMakefile+1)},
		"the Makefile: not a regular file ": {Mode: fs.ModeNamedPipe},
	} {
		top := fstest.MapFS{"Makefile": &makefile}
		if _, err := Discover(Tutor, top, "a", ""); err == nil || !strings.HasPrefix(err.Error(), want) || !strings.Contains(err.Error(), "(hint: set LORA_INPUT") {
			t.Error(err)
		}
		if _, err := Discover(Tutor, top, "a", "a.json"); err != nil {
			t.Error(err)
		}
	}
}

func TestDiscover(t *testing.T) {
	t.Parallel()
	for label, test := range map[string]struct {
		template Template
		top      fs.FS
		folder   string
		want     Options
	}{
		"playbook": {
			Tutor, tree("backend/data/raw_tuning_records.sample.json", "backend/data/raw_tuning_records.followup.sample.json",
				"backend/data/raw_tuning_records.merged.json", "backend/data/lora_train.jsonl", "data/other.json"),
			"EuclidsWindow",
			Options{Name: "euclid-math", BaseModel: DefaultBase, Sources: []Source{
				{Path: "backend/data/raw_tuning_records.followup.sample.json", Weight: 2}, {Path: "backend/data/raw_tuning_records.sample.json", Weight: 1},
				{Path: "backend/data/raw_tuning_records.json", Weight: 1, Optional: true},
			}},
		},
		"the playbook's files, for another model": {
			Generic, tree("backend/data/raw_tuning_records.json"), "Assistant",
			Options{Name: "assistant", BaseModel: DefaultBase, Sources: []Source{{Path: "backend/data/raw_tuning_records.json", Weight: 1}}},
		},
		"only merged": {
			Tutor, tree("backend/data/raw_tuning_records.merged.json"), "Euclid",
			Options{Name: "euclid-math", BaseModel: DefaultBase, Sources: []Source{{Path: "backend/data/raw_tuning_records.json", Weight: 1, Optional: true}}},
		},
		"both kinds": {
			Generic, tree("data/a.json", "data/b.jsonl"), "my tutor",
			Options{Name: "my-tutor", BaseModel: DefaultBase, Sources: []Source{{Path: "data/*.json", Weight: 1}, {Path: "data/*.jsonl", Weight: 1}}},
		},
		"lines":            {Generic, tree("data/b.jsonl"), "..Ünder_Ground..", Options{Name: "nder_ground", BaseModel: DefaultBase, Sources: []Source{{Path: "data/*.jsonl", Weight: 1}}}},
		"nothing":          {Generic, tree(), "Ü", Options{Name: "model", BaseModel: DefaultBase, Sources: []Source{{Path: "data/*.json", Weight: 1}}}},
		"nothing, a tutor": {Tutor, tree(), "Ü", Options{Name: "tutor", BaseModel: DefaultBase, Sources: []Source{{Path: "data/*.json", Weight: 1}}}},
	} {
		got, err := Discover(test.template, test.top, test.folder, "")
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s:\n%s", label, diff)
		}
		if _, err := config.Parse(ConfigFile, content(t, test.template, got)[ConfigFile]); err != nil {
			t.Errorf("%s: %v", label, err)
		}
	}
	o := Options{Sources: []Source{{Path: "./data/*.json", Weight: 1}, {Path: "more/*.json", Weight: 1}, {Path: "**/x.json", Weight: 1}}}
	if got := o.Unmatched(tree("data/a.json")); len(got) != 1 || got[0] != "more/*.json" {
		t.Errorf("unmatched %q", got)
	}
}

// The file that the playbook's targets read is a source before it exists: the
// environment's, else the Makefile's, else the playbook's.
func TestDiscoverInput(t *testing.T) {
	t.Parallel()
	const sample, own = "backend/data/raw_tuning_records.sample.json", "backend/data/raw_tuning_records.json"
	for _, test := range []struct{ makefile, environment, there, want string }{
		{"LORA_INPUT ?= backend/data/raw_tuning_records.json\n", "", sample, sample + " " + own},
		{"A = 1\nLORA_INPUT:=./rows/mine.json # ours\r\nLORA_INPUT = other\n", "", sample, sample + " rows/mine.json"},
		{"LORA_INPUT = a b.json \n", "", "data/raw_tuning_records.json", "data/*.json a b.json"},
		{"LORA_INPUT = $(DATA)/x.json\nexport LORA_INPUT_X = y\n\t@echo LORA_INPUT=z\n", "", sample, sample + " " + own},
		{"LORA_INPUT ?= x.json\n", "y.json", sample, sample + " y.json"},
		{"", "data/new.json", "data/raw_tuning_records.json", "data/*.json"},
		{"", "", own, own},
	} {
		top := fstest.MapFS{test.there: {}}
		if test.makefile != "" {
			top["Makefile"] = &fstest.MapFile{Data: []byte(test.makefile)}
		}
		o, err := Discover(Tutor, top, "Euclid", test.environment)
		var paths []string
		for _, source := range o.Sources {
			paths = append(paths, source.Path)
		}
		if got := strings.Join(paths, " "); err != nil || got != test.want {
			t.Errorf("%q and %q: %q, %v", test.makefile, test.environment, got, err)
		}
		if o, err := Discover(Generic, top, "Euclid", test.environment); err != nil || len(o.Sources) != 1 {
			t.Errorf("generic: %+v, %v", o.Sources, err)
		}
	}
}

func tree(paths ...string) fs.FS {
	files := fstest.MapFS{}
	for _, path := range paths {
		files[path] = &fstest.MapFile{}
	}
	return files
}

func TestRecognize(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		there []string
		want  Template
		why   string
	}{
		{[]string{"backend/data/raw_tuning_records.followup.sample.json"}, Tutor, "found backend/data/raw_tuning_records.followup.sample.json, a tutor's record file"},
		{[]string{"backend/data/raw_tuning_records.merged.json"}, Tutor, "backend/data/raw_tuning_records.merged.json"},
		{[]string{"data/other.json", "data/raw_tuning_records.json"}, Tutor, "data/raw_tuning_records.json"},
		{[]string{"data/raw_tuning_records.more.jsonl"}, Tutor, "data/raw_tuning_records.more.jsonl"},
		{[]string{"data/my_raw_tuning_records.json", "raw_tuning_records.json", "data/raw_tuning_records.txt"}, Generic, "no raw_tuning_records* in backend/data or data"},
		{nil, Generic, "no raw_tuning_records*"},
	} {
		got, why, err := Recognize(tree(test.there...))
		if err != nil || got != test.want || !strings.Contains(why, test.why) {
			t.Errorf("%q: %s, because %s (%v)", test.there, got, why, err)
		}
	}
}

// A tutor's config says this.
func TestTutorConfig(t *testing.T) {
	t.Parallel()
	want, err := os.ReadFile(filepath.Join("testdata", "tutor", "tunegate.yaml.golden"))
	if err != nil {
		t.Fatal(err)
	}
	o, err := Discover(Tutor, tree("backend/data/raw_tuning_records.sample.json", "backend/data/raw_tuning_records.followup.sample.json"), "Euclid", "")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(content(t, Tutor, o)[ConfigFile])); diff != "" {
		t.Error(diff)
	}
}

// The config is written last, so that an init that was killed goes on; another
// template's files are not among them.
func TestFiles(t *testing.T) {
	t.Parallel()
	for template, want := range map[Template]string{
		Tutor: "suites/followup.suite.yaml suites/format.suite.yaml suites/sanity.prompts.yaml suites/steps.suite.yaml " +
			"suites/symbolic.suite.yaml tunegate.mk tunegate.yaml",
		Generic: "suites/general.suite.yaml suites/instructions.suite.yaml suites/sanity.prompts.yaml tunegate.yaml",
	} {
		files, err := Files(template, Options{})
		if err != nil {
			t.Fatal(err)
		}
		var paths []string
		for _, file := range files {
			paths = append(paths, file.Path)
		}
		if got := strings.Join(paths, " "); got != want {
			t.Errorf("%s: %s", template, got)
		}
	}
	for _, template := range []Template{"", ".", "Tutor", "tutor/suites", "../files/tutor"} {
		if _, err := Files(template, Options{}); err == nil || !strings.Contains(err.Error(), "one of [generic tutor]") {
			t.Errorf("%q: %v", template, err)
		}
	}
}

func TestWriteKeepsWhatIsThere(t *testing.T) {
	t.Parallel()
	top := t.TempDir()
	put := func(name, text string) {
		t.Helper()
		path := filepath.Join(top, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	put("b/mine", "mine")
	put("b/.new.tunegate-init", "what a killed init left")
	if err := os.Symlink("nowhere", filepath.Join(top, "link")); err != nil {
		t.Fatal(err)
	}
	files := []File{{"a", []byte("a")}, {"b/mine", []byte("other")}, {"b/new", []byte("new")}, {"link", []byte("x")}}
	written, kept, err := Write(top, files)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([][]string{{"a", "b/new"}, {"b/mine", "link"}}, [][]string{written, kept}); diff != "" {
		t.Error(diff)
	}
	for name, want := range map[string]string{"a": "a", "b/mine": "mine", "b/new": "new"} {
		if got, err := os.ReadFile(filepath.Join(top, name)); err != nil || string(got) != want {
			t.Errorf("%s holds %q, %v", name, got, err)
		}
	}
	if rest, err := filepath.Glob(filepath.Join(top, "*", ".*")); err != nil || len(rest) > 0 {
		t.Errorf("left behind: %q, %v", rest, err)
	}
	if written, kept, err := Write(top, files); err != nil || len(written) > 0 || len(kept) != len(files) {
		t.Errorf("again: wrote %q, kept %q, %v", written, kept, err)
	}
}

// A link out of the repository is not followed.
func TestWriteStaysInside(t *testing.T) {
	t.Parallel()
	top, outside := t.TempDir(), t.TempDir()
	if err := os.Symlink(outside, filepath.Join(top, "suites")); err != nil {
		t.Fatal(err)
	}
	written, _, err := Write(top, []File{{"a", nil}, {"suites/b", []byte("b")}})
	if err == nil || !strings.Contains(err.Error(), "hint:") || len(written) != 1 {
		t.Errorf("wrote %q, %v", written, err)
	}
	if entries, err := os.ReadDir(outside); err != nil || len(entries) > 0 {
		t.Errorf("outside: %v, %v", entries, err)
	}
}

// TestNumCtx: what is served fits the context of the base model.
func TestNumCtx(t *testing.T) {
	t.Parallel()
	for context, want := range map[int][2]int{0: {4096, 1024}, 32768: {4096, 1024}, 4096: {4096, 1024}, 2048: {2048, 1024}, 1024: {1024, 512}} {
		o := Options{Context: context}
		if got := [2]int{o.NumCtx(), o.NumPredict()}; got != want {
			t.Errorf("context %d: num_ctx and num_predict %v, want %v", context, got, want)
		}
	}
}
