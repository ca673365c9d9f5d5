package ollama

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/proc/proctest"
)

// modelsFolder has a tag of the blobs A (weights, 4 bytes) and B (2 bytes), a
// blob that no tag names and what a cut upload leaves.
func modelsFolder(t *testing.T) string {
	t.Helper()
	models := t.TempDir()
	for name, content := range map[string]string{
		"manifests/registry.ollama.ai/library/demo/x": tagManifest,
		"blobs/sha256-" + sumA:                        "GGUF",
		"blobs/sha256-" + sumB:                        "{}",
		"blobs/sha256-" + strings.Repeat("c", 64):     "orphan",
		"blobs/sha256-123456":                         "cut",
	} {
		proctest.WriteFile(t, filepath.Join(models, name), content)
	}
	return models
}

func TestStored(t *testing.T) {
	t.Parallel()
	if got, err := Stored(filepath.Join(t.TempDir(), "none")); err != nil || got != nil {
		t.Errorf("no folder: %v, %v", got, err)
	}
	models := modelsFolder(t)
	other := filepath.Join(models, "manifests/tutor.lan:5000/team/demo/y")
	proctest.WriteFile(t, other, strings.Replace(tagManifest, sumB, sumA, 1))
	proctest.WriteFile(t, filepath.Join(models, "manifests/registry.ollama.ai/library/empty/latest"), "")
	proctest.WriteFile(t, filepath.Join(models, "manifests/notes.txt"), "not a tag")
	got, err := Stored(models)
	want := []StoredTag{
		{Tag: "demo:x", GGUF: sumA, Size: 6},
		{Tag: "empty:latest", Broken: true},
		{Tag: "tutor.lan:5000/team/demo:y", GGUF: sumA, Size: 6, Broken: true}, // A has not 2 bytes
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v\nwant %+v", got, err, want)
	}
	for _, tag := range append(got, StoredTag{Tag: "demo:none"}) {
		if err := Remove(models, tag.Tag); err != nil {
			t.Errorf("%s: %v", tag.Tag, err)
		}
	}
	if got, err := Stored(models); err != nil || len(got) > 0 {
		t.Errorf("after remove: %+v, %v", got, err)
	}
	if left, err := os.ReadDir(filepath.Join(models, "manifests")); err != nil || len(left) != 1 {
		t.Errorf("folders left: %v, %v", left, err)
	}
	for _, tag := range []string{"", "../../../etc:passwd", "a/../b"} {
		if err := Remove(models, tag); err == nil {
			t.Errorf("removed %q", tag)
		}
	}
}

func TestPrune(t *testing.T) {
	t.Parallel()
	models := modelsFolder(t)
	want := []string{"sha256-123456", "sha256-" + strings.Repeat("c", 64)}
	for _, dry := range []bool{true, false} {
		if freed, blobs, err := Prune(models, dry); err != nil || freed != 9 || !reflect.DeepEqual(blobs, want) {
			t.Errorf("dry %v: %d, %q, %v", dry, freed, blobs, err)
		}
	}
	if freed, blobs, err := Prune(models, false); err != nil || freed != 0 || blobs != nil {
		t.Errorf("again: %d, %q, %v", freed, blobs, err)
	}
	if !HasTag(models, "demo:x", sumA) {
		t.Error("the tag lost a blob")
	}
	if err := Remove(models, "demo:x"); err != nil {
		t.Fatal(err)
	}
	if freed, blobs, err := Prune(models, false); err != nil || freed != 6 || len(blobs) != 2 {
		t.Errorf("without a tag: %d, %q, %v", freed, blobs, err)
	}
	if _, _, err := Prune(filepath.Join(t.TempDir(), "none"), false); err != nil {
		t.Errorf("no folder: %v", err)
	}
}

// TestPruneNeedsToUnderstandAll has folders in which a blob may be needed by
// something that is not understood.
func TestPruneNeedsToUnderstandAll(t *testing.T) {
	t.Parallel()
	const tag = "manifests/registry.ollama.ai/library/demo/y"
	for name, test := range map[string]struct{ path, content, wrong string }{
		"empty manifest":    {tag, "", "the tag demo:y is damaged"},
		"torn manifest":     {tag, tagManifest[:100], "the tag demo:y is damaged"},
		"path as a digest":  {tag, strings.Replace(tagManifest, sumA, "../"+sumA[3:], 1), "the tag demo:y is damaged"},
		"no digest":         {tag, `{}`, "the tag demo:y is damaged"},
		"newer server":      {"manifests-v2/x", "{}", `unknown entry "manifests-v2"`},
		"not among tags":    {"manifests/x", "{}", "not the manifest of a tag"},
		"not a tag's name":  {"manifests/a/b/c/.d", "{}", "not the manifest of a tag"},
		"too deep":          {"manifests/a/b/c/d/e", "{}", "not the manifest of a tag"},
		"endless manifest":  {tag, tagManifest + strings.Repeat(" ", maxManifest) + "x", ""},
		"more than a value": {tag, tagManifest + "x", "the tag demo:y is damaged"},
	} {
		models := modelsFolder(t)
		proctest.WriteFile(t, filepath.Join(models, test.path), test.content)
		freed, blobs, err := Prune(models, false)
		if test.wrong == "" {
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		if err == nil || !strings.Contains(err.Error(), test.wrong) || !strings.Contains(err.Error(), "nothing is removed") || freed != 0 || blobs != nil {
			t.Errorf("%s: %d, %q, %v", name, freed, blobs, err)
		}
		if left, err := os.ReadDir(filepath.Join(models, "blobs")); err != nil || len(left) != 4 {
			t.Errorf("%s: %d blobs are left, %v", name, len(left), err)
		}
	}
}

func FuzzParseManifest(f *testing.F) {
	f.Add([]byte(tagManifest))
	f.Add([]byte(`{"layers":[{"mediaType":"` + adapterLayer + `","digest":"sha256:` + sumA + `"}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := parseManifest(data)
		if err != nil {
			return
		}
		for _, l := range m.blobs() {
			if blob := blobPath("/models", l.Digest); filepath.Dir(blob) != "/models/blobs" {
				t.Errorf("%q leads to %s", l.Digest, blob)
			}
		}
		if sum := m.gguf(); sum != "" && len(sum) != 64 {
			t.Errorf("%q", sum)
		}
	})
}
