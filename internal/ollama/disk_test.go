package ollama

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/engine"
	"github.com/tunegate/tunegate/internal/gguf/gguftest"
	"github.com/tunegate/tunegate/internal/proc/proctest"
)

// TestFullDisk gives a real server a models folder of 4 MB, in a mount namespace
// of its own, which ends with it.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	proctest.NeedMounts(t)
	binary := wrapped(t, "")
	script := filepath.Join(t.TempDir(), "ollama")
	proctest.WriteFile(t, script, fmt.Sprintf("#!/bin/sh\nexec unshare -rm sh -c 'mount -t tmpfs -o size=4m none \"$OLLAMA_MODELS\" && exec \"$@\"' sh '%s' \"$@\"\n", binary.Path))
	binary.Path = script
	v := &victim{t: t, home: t.TempDir(), binary: binary}
	v.server = serveIn(t, binary, v.home)
	client, ctx := v.server.Client(), t.Context()
	models := fmt.Sprintf("/proc/%d/root%s", v.pid(), Models(v.home))

	path, sum := gguftest.Tiny(t, 1)
	old := engine.Definition{Tag: "demo:old", GGUF: sum, Template: chatML}
	if err := client.Add(ctx, path, old); err != nil {
		t.Fatal(err)
	}
	v.answer = v.ask("demo:old")
	if err := client.Copy(ctx, "demo:old", "demo:stable"); err != nil {
		t.Fatal(err)
	}
	large, largeSum := big(t)
	if err := client.Upload(ctx, large, largeSum); err == nil || !strings.Contains(err.Error(), "free disk space") {
		t.Errorf("upload: %v", err)
	}
	if blobs, err := os.ReadDir(filepath.Join(models, "blobs")); err != nil || len(blobs) != 3 {
		t.Errorf("blobs after a failed upload: %v, %v", blobs, err)
	}

	// The rest of the disk is taken by somebody else.
	fill := filepath.Join(models, "fill")
	if err := os.WriteFile(fill, make([]byte, 4<<20), 0o644); err == nil {
		t.Fatal("the disk is larger than 4 MB")
	}
	for doing, call := range map[string]func(tag string) error{
		"copy":   func(tag string) error { return client.Copy(ctx, "demo:old", tag) },
		"create": func(tag string) error { d := old; d.Tag = tag; return client.Create(ctx, d) },
	} {
		tag := "demo:" + doing
		if err := call(tag); err == nil || !strings.Contains(err.Error(), "free disk space") {
			t.Errorf("%s: %v", doing, err)
		}
		t.Logf("%s: %v", doing, call(tag))
		if got := v.ask("demo:old"); got != v.answer {
			t.Errorf("%s: the old tag answers %q, it was %q", doing, got, v.answer)
		}
	}
	if err := client.Copy(ctx, "demo:old", "demo:stable"); err != nil {
		t.Errorf("a copy over a tag needs no more space: %v", err)
	}
	if tags := names(t, client); !slices.Equal(tags, []string{"demo:old", "demo:stable"}) {
		t.Errorf("the server has the tags %q", tags)
	}
	if _, err := client.Show(ctx, "demo:copy"); !errors.Is(err, engine.ErrBroken) {
		t.Errorf("show: %v", err)
	}
	if err := client.Delete(ctx, "demo:copy"); !errors.Is(err, engine.ErrBroken) || !strings.Contains(err.Error(), "free disk space") {
		t.Errorf("delete while the disk is full: %v", err)
	}
	stored, err := Stored(models)
	if err != nil || !slices.ContainsFunc(stored, func(s StoredTag) bool { return s.Tag == "demo:copy" && s.Broken }) {
		t.Errorf("%+v, %v", stored, err)
	}

	if err := os.Remove(fill); err != nil {
		t.Fatal(err)
	}
	for _, s := range stored {
		if !s.Broken {
			continue
		}
		if err := client.Delete(ctx, s.Tag); err != nil {
			t.Error(err)
		}
	}
	if after, err := Stored(models); err != nil || len(after) != 2 || after[0].Broken || after[1].Broken {
		t.Errorf("%+v, %v", after, err)
	}
	if got := v.ask("demo:old"); got != v.answer {
		t.Errorf("at last the old tag answers %q, it was %q", got, v.answer)
	}
}
