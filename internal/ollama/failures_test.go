package ollama

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/engine"
	"github.com/tunegate/tunegate/internal/gguf/gguftest"
	"github.com/tunegate/tunegate/internal/proc/proctest"
)

// altered writes a changed model and returns its path and its own sha256.
func altered(t *testing.T, change func([]byte) []byte) (path, sum string) {
	t.Helper()
	path, _ = gguftest.Tiny(t, 7)
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	data = change(data)
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
	digest := sha256.Sum256(data)
	return path, hex.EncodeToString(digest[:])
}

// TestFailures takes a real server through what can be wrong with a model and
// its definition. Create and the first answer together must find it, and the
// other tag must go on answering.
func TestFailures(t *testing.T) {
	t.Parallel()
	v := newVictim(t)
	client := v.server.Client()
	swap := func(from, to string) func([]byte) []byte {
		return func(b []byte) []byte { return bytes.Replace(b, []byte(from), []byte(to), 1) }
	}
	fine := func(b []byte) []byte { return b }
	const cannotLoad = "export it again with `tunegate run --force export`"
	for _, test := range []struct {
		name   string
		file   func([]byte) []byte
		change func(*engine.Definition)
		doing  string // where it shows
		is     error
		hint   string
	}{
		{"no GGUF", func([]byte) []byte { return []byte("this is no model") }, nil, "create", engine.ErrUnloadable, cannotLoad},
		{"empty file", func([]byte) []byte { return nil }, nil, "create", engine.ErrUnloadable, cannotLoad},
		{"one byte short", func(b []byte) []byte { return b[:len(b)-1] }, nil, "create", engine.ErrUnloadable, cannotLoad},
		{"cut header", func(b []byte) []byte { return b[:200] }, nil, "create", engine.ErrUnloadable, cannotLoad},
		{"GGUF version 99", func(b []byte) []byte { b[4] = 99; return b }, nil, "chat", engine.ErrUnloadable, cannotLoad},
		{"unknown architecture", func(b []byte) []byte { return bytes.ReplaceAll(b, []byte("qwen2"), []byte("qwenX")) }, nil, "chat", engine.ErrUnloadable, cannotLoad},
		// The server's runner ends itself on this, and the server says the one or the other.
		{"missing tensor", swap("ffn_down", "ffn_dowm"), nil, "chat", nil, "run --force export`"},
		{"wrong digest", fine, func(d *engine.Definition) { d.GGUF = sumA }, "upload", nil, "changed after it was hashed"},
		{"malformed digest", fine, func(d *engine.Definition) { d.GGUF = "xyz" }, "upload", nil, "64 hexadecimal digits"},
		{"bad template", fine, func(d *engine.Definition) { d.Template = "{{ range" }, "create", nil, "correct the Go template of serve.template"},
		{"wrong type of parameter", fine, func(d *engine.Definition) { d.Parameters = map[string]any{"temperature": "hot"} }, "chat", nil, "correct serve.parameters"},
		{"name with a space", fine, func(d *engine.Definition) { d.Tag = "demo:n w" }, "create", nil, "write the tag as NAME:TAG"},
		{"long name", fine, func(d *engine.Definition) { d.Tag = "demo:" + strings.Repeat("x", 81) }, "create", nil, "write the tag as NAME:TAG"},
	} {
		path, sum := altered(t, test.file)
		definition := engine.Definition{Tag: "demo:new", GGUF: sum, Template: chatML}
		if test.change != nil {
			test.change(&definition)
		}
		err := client.Add(t.Context(), path, definition)
		if err == nil {
			_, err = client.Chat(t.Context(), short(definition.Tag))
		}
		if err == nil || !strings.HasPrefix(err.Error(), "ollama: "+test.doing+" ") || !strings.Contains(err.Error(), test.hint) {
			t.Errorf("%s: %v", test.name, err)
		}
		if test.is != nil && !errors.Is(err, test.is) {
			t.Errorf("%s: %v is not %v", test.name, err, test.is)
		}
		t.Logf("%s: %v", test.name, err)
		if err := client.Delete(t.Context(), "demo:new"); err != nil {
			t.Errorf("%s: %v", test.name, err)
		}
		if got := v.ask("demo:old"); got != v.answer {
			t.Errorf("%s: the old tag answers %q, it was %q", test.name, got, v.answer)
		}
		if tags := names(t, client); !slices.Equal(tags, []string{"demo:old"}) {
			t.Errorf("%s: the server has the tags %q", test.name, tags)
		}
	}
	v.restart()
}

func names(t *testing.T, client *Client) []string {
	t.Helper()
	tags, err := client.Tags(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, tag := range tags {
		names = append(names, tag.Name)
	}
	slices.Sort(names)
	return names
}

func TestMissingTag(t *testing.T) {
	t.Parallel()
	server, _ := serveReal(t)
	client, ctx := server.Client(), t.Context()
	for doing, call := range map[string]func() error{
		"show":   func() error { _, err := client.Show(ctx, "none"); return err },
		"chat":   func() error { _, err := client.Chat(ctx, short("none")); return err },
		"render": func() error { _, err := client.Render(ctx, "none", nil); return err },
		"copy":   func() error { return client.Copy(ctx, "none", "other") },
		"unload": func() error { return client.Unload(ctx, "none") },
	} {
		if err := call(); !errors.Is(err, engine.ErrNotFound) || !strings.Contains(err.Error(), doing+" ") {
			t.Errorf("%s: %v", doing, err)
		}
	}
	if err := client.Delete(ctx, "none"); err != nil {
		t.Errorf("delete: %v", err)
	}
	for doing, err := range map[string]error{
		"delete": client.Delete(ctx, "no name:x"), "copy": client.Copy(ctx, "no name:x", "y"), "copy to": client.Copy(ctx, "y", "no name:x"),
	} {
		if err == nil || !strings.Contains(err.Error(), hintName) {
			t.Errorf("%s of an invalid name: %v", doing, err)
		}
	}
}

// TestBrokenTag has what a server's death in the middle of a create or a copy
// leaves behind: an empty manifest.
func TestBrokenTag(t *testing.T) {
	t.Parallel()
	v := newVictim(t)
	client, ctx := v.server.Client(), t.Context()
	file := filepath.Join(Models(v.home), "manifests/registry.ollama.ai/library/demo/broken")
	for repair, call := range map[string]func() error{
		"delete": func() error { return client.Delete(ctx, "demo:broken") },
		"copy":   func() error { return client.Copy(ctx, "demo:old", "demo:broken") },
		"create": func() error { d := v.old; d.Tag = "demo:broken"; return client.Add(ctx, v.path, d) },
		"remove": func() error { return Remove(Models(v.home), "demo:broken") },
	} {
		proctest.WriteFile(t, file, "")
		if _, err := client.Show(ctx, "demo:broken"); !errors.Is(err, engine.ErrBroken) {
			t.Errorf("show: %v", err)
		}
		if _, err := client.Chat(ctx, short("demo:broken")); !errors.Is(err, engine.ErrBroken) {
			t.Errorf("chat: %v", err)
		}
		stored, err := Stored(Models(v.home))
		if err != nil || len(stored) != 2 || stored[0] != (StoredTag{Tag: "demo:broken", Broken: true}) || stored[1].Broken {
			t.Errorf("stored: %+v, %v", stored, err)
		}
		if err := call(); err != nil {
			t.Errorf("%s: %v", repair, err)
		}
		_, err = client.Show(ctx, "demo:broken")
		if gone := repair == "delete" || repair == "remove"; gone != errors.Is(err, engine.ErrNotFound) || !gone && err != nil {
			t.Errorf("after %s: %v", repair, err)
		}
		if got := v.ask("demo:old"); got != v.answer {
			t.Errorf("%s: the old tag answers %q, it was %q", repair, got, v.answer)
		}
	}
}

// TestBrokenBlob has weights that were cut on the server's disk: only the next
// load shows it, and uploading again is no cure, because the server has the blob.
func TestBrokenBlob(t *testing.T) {
	t.Parallel()
	v := newVictim(t)
	path, sum := gguftest.Tiny(t, 3)
	if err := v.server.Client().Add(t.Context(), path, engine.Definition{Tag: "demo:cut", GGUF: sum, Template: chatML}); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(filepath.Join(Models(v.home), "blobs", "sha256-"+sum), 1000); err != nil {
		t.Fatal(err)
	}
	if _, err := v.server.Client().Chat(t.Context(), short("demo:cut")); !errors.Is(err, engine.ErrUnloadable) {
		t.Errorf("%v", err)
	}
	if HasTag(Models(v.home), "demo:cut", sum) {
		t.Error("HasTag trusts it")
	}
	if broken := v.restart(); !slices.Equal(broken, []string{"demo:cut"}) {
		t.Errorf("broken: %q", broken)
	}
	if err := v.server.Client().Add(t.Context(), path, engine.Definition{Tag: "demo:cut", GGUF: sum, Template: chatML}); err != nil {
		t.Fatal(err)
	}
	v.ask("demo:cut")
}
