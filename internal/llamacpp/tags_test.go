package llamacpp

import (
	"errors"
	"os"
	"testing"

	"github.com/tunegate/tunegate/internal/engine"
	"github.com/tunegate/tunegate/internal/gguf/gguftest"
	"github.com/tunegate/tunegate/internal/proc"
)

// TestTagsStay: another engine on the same folder shows the tags, and weights go
// with the last tag that names them. A damaged tag is told, and can be deleted.
func TestTagsStay(t *testing.T) {
	t.Parallel()
	home, ctx := t.TempDir(), t.Context()
	open := func() *Engine {
		e, err := New(proc.Launcher{}, Options{Home: home})
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	path, digest := gguftest.Tiny(t, 1)
	d := engine.Definition{Tag: "library/demo:one", GGUF: digest, Template: "{{ .Prompt }}", Parameters: map[string]any{"stop": []any{"x"}, "top_k": 3}}
	if err := errors.Join(open().Add(ctx, path, d), open().Copy(ctx, d.Tag, "demo:two"), open().Delete(ctx, d.Tag)); err != nil {
		t.Fatal(err)
	}
	e := open()
	if shown, err := e.Show(ctx, "demo:two"); err != nil || shown.GGUF != digest || shown.Parameters["top_k"][0] != "3" {
		t.Errorf("%+v, %v", shown, err)
	}
	if err := os.Rename(e.blobPath(digest), e.blobPath(digest)+".gone"); err != nil {
		t.Fatal(err)
	}
	if _, err := e.Show(ctx, "demo:two"); !errors.Is(err, engine.ErrBroken) {
		t.Errorf("without its weights: %v", err)
	}
	if err := e.Delete(ctx, "demo:two"); err != nil {
		t.Error(err)
	}
	for _, folder := range []string{e.tags(), e.blobs()} {
		if left, err := os.ReadDir(folder); err != nil || len(left) > 0 {
			t.Errorf("%s: %v, %v", folder, left, err)
		}
	}
	d.Parameters["unheard_of"] = true
	if err := e.Add(ctx, path, d); err == nil {
		t.Error("an unknown parameter is taken")
	}
}
