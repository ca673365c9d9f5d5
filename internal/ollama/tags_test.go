package ollama

import (
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/engine"
	"github.com/tunegate/tunegate/internal/gguf/gguftest"
	"github.com/tunegate/tunegate/internal/proc/proctest"
)

func TestRealTags(t *testing.T) {
	t.Parallel()
	server, home := serveReal(t)
	client, ctx := server.Client(), t.Context()
	if tags, err := client.Tags(ctx); err != nil || len(tags) > 0 {
		t.Errorf("new server: %v, %v", tags, err)
	}
	first, firstSum := gguftest.Tiny(t, 1)
	second, secondSum := gguftest.Tiny(t, 2)
	err := errors.Join(
		client.Add(ctx, first, engine.Definition{Tag: "demo-lora-v1", GGUF: firstSum, Template: chatML}),
		client.Add(ctx, second, engine.Definition{Tag: "demo-lora-v2", GGUF: secondSum, Template: chatML}))
	if err != nil {
		t.Fatal(err)
	}
	expect := func(want string) {
		t.Helper()
		if shown, err := client.Show(ctx, "demo:stable"); err != nil || shown.GGUF != want {
			t.Errorf("%.8s, %v, want %.8s", shown.GGUF, err, want)
		}
	}
	for range 2 {
		if err := client.Copy(ctx, "demo-lora-v1", "demo:stable"); err != nil {
			t.Fatal(err)
		}
		expect(firstSum)
	}
	if err := client.Copy(ctx, "demo-lora-v2", "demo:stable"); err != nil {
		t.Fatal(err)
	}
	expect(secondSum)
	tags, err := client.Tags(ctx)
	if err != nil || len(tags) != 3 {
		t.Fatalf("%v, %v", tags, err)
	}
	digests := map[string]string{}
	for _, tag := range tags {
		digests[tag.Name] = tag.Digest
	}
	if digests["demo:stable"] != digests["demo-lora-v2:latest"] || digests["demo-lora-v1:latest"] == digests["demo-lora-v2:latest"] {
		t.Errorf("%v", digests)
	}
	for range 2 {
		if err := client.Delete(ctx, "demo-lora-v2"); err != nil {
			t.Error(err)
		}
	}
	expect(secondSum)
	if err := client.Delete(ctx, "demo:stable"); err != nil {
		t.Error(err)
	}
	stored, err := Stored(Models(home))
	if err != nil || len(stored) != 1 || stored[0].Tag != "demo-lora-v1:latest" || stored[0].GGUF != firstSum || stored[0].Broken {
		t.Errorf("%+v, %v", stored, err)
	}
	if _, blobs, err := Prune(Models(home), true); err != nil || len(blobs) > 0 {
		t.Errorf("the server left %q, %v", blobs, err)
	}
}

func TestRealLoaded(t *testing.T) {
	t.Parallel()
	server, _ := serveReal(t)
	client, ctx := server.Client(), t.Context()
	first, firstSum := gguftest.Tiny(t, 1)
	second, secondSum := gguftest.Tiny(t, 2)
	add := func(tag, path, sum string) {
		t.Helper()
		if err := client.Add(ctx, path, engine.Definition{Tag: tag, GGUF: sum, Template: chatML, System: tag}); err != nil {
			t.Fatal(err)
		}
	}
	add("theirs", first, firstSum)
	add("ours:x", first, firstSum)
	add("other", second, secondSum)
	expect := func(when, sum string, want bool) {
		t.Helper()
		if got, err := client.Loaded(ctx, sum); err != nil || got != want {
			t.Errorf("%s: %v, %v, want %v", when, got, err, want)
		}
	}
	load := func(tag string) {
		t.Helper()
		if _, err := client.Chat(ctx, short(tag)); err != nil {
			t.Fatal(err)
		}
	}
	expect("nothing loaded", firstSum, false)
	load("theirs")
	expect("loaded under another tag", firstSum, true)
	expect("another GGUF is loaded", secondSum, false)
	load("other") // a private server has one model in memory
	expect("pushed out", firstSum, false)
	expect("the other one", secondSum, true)
	if err := client.Unload(ctx, "other"); err != nil {
		t.Fatal(err)
	}
	load("theirs")
	add("theirs", second, secondSum)
	expect("its tag was replaced", firstSum, true)
	if err := client.Delete(ctx, "theirs"); err != nil {
		t.Fatal(err)
	}
	expect("its tag was deleted", firstSum, true)
}

func TestDeleteOfABrokenTagOnAnEmptyServer(t *testing.T) {
	t.Parallel()
	server, home := serveReal(t)
	proctest.WriteFile(t, filepath.Join(Models(home), "manifests/registry.ollama.ai/library/demo/broken"), "")
	if err := server.Client().Delete(t.Context(), "demo:broken"); !errors.Is(err, engine.ErrBroken) {
		t.Errorf("%v", err)
	}
	if err := Remove(Models(home), "demo:broken"); err != nil {
		t.Error(err)
	}
	if err := server.Client().Delete(t.Context(), "demo:broken"); err != nil {
		t.Error(err)
	}
	if left, err := os.ReadDir(filepath.Join(Models(home), "manifests")); err != nil || len(left) > 0 {
		t.Errorf("%v, %v", left, err)
	}
}

func TestNotOllama(t *testing.T) {
	t.Parallel()
	page := answer(200, "<html>It works!</html>")
	for name, handlers := range map[string]map[string]http.HandlerFunc{
		"nothing":  {},
		"web page": {"/": page},
	} {
		client := fake(t, handlers)
		_, versionErr := client.Version(t.Context())
		_, tagsErr := client.Tags(t.Context())
		_, showErr := client.Show(t.Context(), "demo")
		errs := []error{versionErr, tagsErr, showErr}
		if slices.ContainsFunc(errs, func(err error) bool {
			return err == nil || errors.Is(err, engine.ErrNotFound) || !strings.Contains(err.Error(), "check that this is the address of an Ollama server")
		}) {
			t.Errorf("%s: %v", name, errors.Join(errs...))
		}
	}
}
