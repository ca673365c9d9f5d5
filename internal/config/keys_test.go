package config

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tunegate/tunegate/internal/reference"
	"github.com/tunegate/tunegate/internal/reference/referencetest"
)

const (
	page   = "../../docs/config.md"
	schema = "../../docs/schema/config.schema.json"
)

func TestEveryKeyIsDescribed(t *testing.T) {
	t.Parallel()
	parsed := referencetest.Keys(reflect.TypeFor[file]())
	referencetest.CheckKeys(t, Format(), parsed, "dataset.checks", "serve.parameters")
	for _, k := range Format().Keys {
		named := strings.HasPrefix(k.Path, "dataset.checks.") && strings.Count(k.Path, ".") == 2 // by the check
		if !named && (!strings.HasSuffix(k.About, ".") || strings.Contains(k.About, "\n")) {
			t.Errorf("%s: %q is no sentence", k.Path, k.About)
		}
	}
}

func TestPageHasEveryKey(t *testing.T) {
	t.Parallel()
	referencetest.CheckPart(t, page, "generated", referencetest.Page(Format()))
}

func TestSchemaIsPublished(t *testing.T) {
	t.Parallel()
	referencetest.CheckSchema(t, schema, Format())
}

func TestExampleIsAConfig(t *testing.T) {
	t.Parallel()
	text := []byte(reference.Example(Format().Keys))
	if _, err := Parse(FileName, text); err != nil {
		t.Error(err)
	}
	if err := referencetest.Load(t, schema).Validate(text); err != nil {
		t.Error(err)
	}
}

// TestDefaultsAreThoseOfTheParser: a config that writes them out is the one that
// leaves them out.
func TestDefaultsAreThoseOfTheParser(t *testing.T) {
	t.Parallel()
	var written []reference.Key
	for _, k := range Format().Keys {
		if _, words := k.Default.(reference.Says); k.Default != nil && !words && k.Path != "limits.duration" && !strings.HasPrefix(k.Path, "dataset.sources[]") {
			k.Example = k.Default
			written = append(written, k)
		}
	}
	want := parsed(t, short)
	text := reference.Example(written) + "version: 1\nname: demo\n"
	text = strings.Replace(text, "base:\n", "base:\n  model: ./base\n", 1)
	text = strings.Replace(text, "dataset:\n", "dataset:\n  sources: [{path: \"data/*.json\"}]\n", 1)
	if diff := cmp.Diff(want, parsed(t, text)); diff != "" {
		t.Errorf("%s\n%s", text, diff)
	}
}

func TestSchemaTakesConfigs(t *testing.T) {
	t.Parallel()
	published := referencetest.Load(t, schema)
	for _, path := range []string{
		"../../testdata/demo/repo/tunegate.yaml", "../doctor/e2e/tunegate.yaml", "../starter/testdata/tutor/tunegate.yaml.golden", "testdata/full.yaml",
	} {
		text, err := os.ReadFile(filepath.FromSlash(path))
		if err != nil {
			t.Fatal(err)
		}
		if err := published.Validate(text); err != nil {
			t.Errorf("%s: %v", path, err)
		}
		if _, err := Parse(path, text); err != nil {
			t.Error(err)
		}
	}
}

func TestSchemaRefusesMistakes(t *testing.T) {
	t.Parallel()
	published := referencetest.Load(t, schema)
	if err := published.Validate([]byte(short)); err != nil {
		t.Fatal(err)
	}
	texts := []string{
		"train: {epochs: many}", "seed: -1", "seed: 1.5", "base: {}", "promote: {to: [{}]}", "promote: {keep: 1}", "promote: {to: [{ollama: \"box:11434\"}]}",
		"limits: {duration: 5}", "limits: {duration: soon}", "limits: {disk: 80}", "limits: {disk: 0GB}", "limits: {disk: 80gb}",
		"runner: {gpu: {memory: 24GB}}", "runner: {gpu: {class: rtx-4090}}", "gate: {merge: {on_inconclusive: maybe}}", "serve: {parameters: {num_ctx: 0}}",
	}
	for text := range outOfBounds() {
		texts = append(texts, text)
	}
	for i, text := range texts {
		texts[i] = short + text + "\n"
	}
	for _, test := range mistakes() {
		texts = append(texts, test.text)
	}
	for _, checks := range []string{"json: {level: off}", "near_duplicate: {threshold: 0}", "exact_duplicate: {threshold: 0.5}", "near: {level: warn}"} {
		texts = append(texts, strings.Replace(short, "dataset: {", "dataset: {checks: {"+checks+"}, ", 1))
	}
	for _, text := range texts {
		if _, err := Parse(FileName, []byte(text)); err == nil {
			t.Errorf("the parser takes\n%s", text)
		}
		if published.Validate([]byte(text)) == nil && !slices.ContainsFunc(beyondSchemas(), func(part string) bool { return strings.Contains(text, part) }) {
			t.Errorf("the schema takes\n%s", text)
		}
	}
}

// beyondSchemas are parts of configs whose mistake no schema can tell: a glob that
// does not close.
func beyondSchemas() []string { return []string{"suites/[.yaml"} }

// keyName is a key of a section in the code of a page.
var keyName = regexp.MustCompile("`((?:base|dataset|train|export|serve|eval|runner|gate|promote|limits)(?:\\.[a-z_]+(?:\\[\\])?)+)\\b[^/`]*`")

// TestPagesNameKeysThatThereAre: or the end of one, as rules of the gate are called.
func TestPagesNameKeysThatThereAre(t *testing.T) {
	t.Parallel()
	pages, err := filepath.Glob("../../docs/*.md")
	if err != nil || len(pages) < 4 {
		t.Fatalf("%v, %v", pages, err)
	}
	f := Format()
	for _, path := range append(pages, "../../README.md") {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range keyName.FindAllStringSubmatch(string(text), -1) {
			key := found[1]
			if len(f.Lookup(key)) == 0 && !slices.Contains([]string{".py", ".json", ".jsonl", ".md", ".yml"}, filepath.Ext(key)) {
				t.Errorf("%s names the key %s, which is gone", path, key)
			}
		}
	}
}
