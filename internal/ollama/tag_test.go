package ollama

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/proc/proctest"
)

const tagManifest = `{"schemaVersion":2,"config":{"mediaType":"application/vnd.docker.container.image.v1+json","digest":"sha256:` + sumB + `","size":2},
"layers":[{"mediaType":"application/vnd.ollama.image.model","digest":"sha256:` + sumA + `","size":4}]}`

func TestHasTag(t *testing.T) {
	t.Parallel()
	adapter := strings.Replace(tagManifest, `"layers":[`, `"layers":[{"mediaType":"application/vnd.ollama.image.adapter","digest":"sha256:`+sumB+`","size":2},`, 1)
	for _, test := range []struct {
		name, tag, manifest, weights, config string
		want                                 bool
	}{
		{"right", "demo:x", tagManifest, "GGUF", "{}", true},
		{"full name", "registry.ollama.ai/library/demo:x", tagManifest, "GGUF", "{}", true},
		{"another tag", "demo:y", tagManifest, "GGUF", "{}", false},
		{"latest", "demo", tagManifest, "GGUF", "{}", false},
		{"no name", "", tagManifest, "GGUF", "{}", false},
		{"outside", "../demo:x", tagManifest, "GGUF", "{}", false},
		{"cut weights", "demo:x", tagManifest, "GGU", "{}", false},
		{"no weights", "demo:x", tagManifest, "", "{}", false},
		{"no config", "demo:x", tagManifest, "GGUF", "", false},
		{"empty manifest", "demo:x", "", "GGUF", "{}", false},
		{"other weights", "demo:x", strings.Replace(tagManifest, sumA, sumB, 1), "GGUF", "GGUF", false},
		{"adapter", "demo:x", adapter, "GGUF", "{}", false},
		{"no layers", "demo:x", `{"config":{"digest":"sha256:` + sumB + `","size":2}}`, "GGUF", "{}", false},
		{"digest that is a path", "demo:x", strings.Replace(tagManifest, sumB, "../"+sumB[3:], 1), "GGUF", "{}", false},
	} {
		models := t.TempDir()
		proctest.WriteFile(t, filepath.Join(models, "manifests/registry.ollama.ai/library/demo/x"), test.manifest)
		for digest, content := range map[string]string{sumA: test.weights, sumB: test.config} {
			if content != "" {
				proctest.WriteFile(t, filepath.Join(models, "blobs/sha256-"+digest), content)
			}
		}
		if got := HasTag(models, test.tag, sumA); got != test.want {
			t.Errorf("%s: %v", test.name, got)
		}
	}
}
