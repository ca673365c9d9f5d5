package enginetest

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tunegate/tunegate/internal/engine"
)

func (c *check) version(t *testing.T) {
	if version, err := c.Version(t.Context()); err != nil || version == "" {
		t.Errorf("%q, %v", version, err)
	}
}

// shows: a tag is shown byte by byte as it was defined.
func (c *check) shows(t *testing.T) {
	d := c.define("conform:shown")
	d.Template += "{{- /* \"\"\" and `,\n\tßé */ -}}"
	d.System = "  Be \"kind\".\nPARAMETER seed 3\n\"\"\" Sinus: sin²(x)\n"
	d.License = "Line 1\nLine 2"
	d.Parameters = map[string]any{
		"temperature": 0.25, "num_predict": 1000000, "repeat_penalty": 1.0, "stop": []any{"<|im_end|>", "\"\n"},
	}
	c.add(t, d)
	c.expect(t, d.Tag, d.Model())
	c.expect(t, d.Tag, engine.Model{
		GGUF: c.first.digest, Template: d.Template, System: d.System, License: d.License,
		Parameters: map[string][]string{
			"temperature": {"0.25"}, "num_predict": {"1000000"}, "repeat_penalty": {"1"}, "stop": {"<|im_end|>", "\"\n"},
		},
	})
}

func (c *check) expect(t *testing.T, tag string, want engine.Model) {
	t.Helper()
	shown, err := c.Show(t.Context(), tag)
	if diff := cmp.Diff(want, shown); err != nil || diff != "" {
		t.Errorf("%s: %v\n%s", tag, err, diff)
	}
}

// replaces: a tag that is made anew is what it was made of last.
func (c *check) replaces(t *testing.T) {
	d := c.define("conform:replaced")
	c.add(t, d)
	first := c.answer(t, question(d.Tag))
	d.GGUF, d.System = c.second.digest, "Be brief."
	c.add(t, d)
	c.expect(t, d.Tag, d.Model())
	if second := c.answer(t, question(d.Tag)); second.Text == first.Text {
		t.Errorf("other weights answer %q too", first.Text)
	}
}

func (c *check) copies(t *testing.T) {
	ctx, from, to := t.Context(), c.define("conform:from"), c.define("conform:to")
	to.System = "This is written over."
	c.add(t, from)
	c.add(t, to)
	before := c.digests(t, from.Tag, to.Tag)
	if again := c.digests(t, from.Tag, to.Tag); before[0] == before[1] || again != before {
		t.Errorf("digests %q, then %q", before, again)
	}
	for range 2 {
		if err := c.Copy(ctx, from.Tag, to.Tag); err != nil {
			t.Fatal(err)
		}
		c.expect(t, to.Tag, from.Model())
		if after := c.digests(t, from.Tag, to.Tag); after != [2]string{before[0], before[0]} {
			t.Errorf("after the copy digests %q, before %q", after, before)
		}
	}
	first := c.answer(t, question(from.Tag))
	for range 2 {
		if err := c.Delete(ctx, from.Tag); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := c.Show(ctx, from.Tag); !errors.Is(err, engine.ErrNotFound) {
		t.Errorf("deleted: %v", err)
	}
	if again := c.answer(t, question(to.Tag)); again.Text != first.Text {
		t.Errorf("the copy answers %q, not %q", again.Text, first.Text)
	}
}

// digests are those of two tags.
func (c *check) digests(t *testing.T, tags ...string) (digests [2]string) {
	t.Helper()
	for i, tag := range tags {
		digest, err := c.Digest(t.Context(), tag)
		if err != nil || digest == "" {
			t.Errorf("digest of %s: %q, %v", tag, digest, err)
		}
		digests[i] = digest
	}
	return digests
}

func (c *check) unknown(t *testing.T) {
	ctx, tag := t.Context(), "conform:unknown"
	_, showErr := c.Show(ctx, tag)
	_, renderErr := c.Render(ctx, tag, question(tag).Messages)
	_, chatErr := c.Chat(ctx, question(tag))
	_, digestErr := c.Digest(ctx, tag)
	for doing, err := range map[string]error{
		"show": showErr, "digest": digestErr, "render": renderErr, "chat": chatErr,
		"copy": c.Copy(ctx, tag, "conform:copied"), "unload": c.Unload(ctx, tag),
	} {
		if !errors.Is(err, engine.ErrNotFound) {
			t.Errorf("%s: %v", doing, err)
		}
	}
	if err := c.Delete(ctx, tag); err != nil {
		t.Errorf("delete: %v", err)
	}
}

// damaged: weights that cannot be loaded are found by the first question at the
// latest, and other tags go on answering.
func (c *check) damaged(t *testing.T) {
	for name, change := range map[string]func([]byte) []byte{
		"no GGUF":              func([]byte) []byte { return []byte("this is no model") },
		"cut off":              func(data []byte) []byte { return data[:len(data)-1] },
		"unknown architecture": func(data []byte) []byte { return bytes.ReplaceAll(data, []byte("qwen2"), []byte("qwenX")) },
	} {
		data, err := os.ReadFile(c.first.path)
		if err != nil {
			t.Fatal(err)
		}
		data = change(data)
		path := filepath.Join(t.TempDir(), "damaged.gguf")
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
		digest := sha256.Sum256(data)
		d := c.define("conform:damaged")
		d.GGUF = hex.EncodeToString(digest[:])
		err = c.Add(t.Context(), path, d)
		if err == nil {
			_, err = c.Chat(t.Context(), question(d.Tag))
		}
		if !errors.Is(err, engine.ErrUnloadable) {
			t.Errorf("%s: %v", name, err)
		}
	}
	c.answer(t, question(c.tag))
}

// changed: a file that is not what its digest says makes no tag.
func (c *check) changed(t *testing.T) {
	d := c.define("conform:changed")
	d.GGUF = strings.Repeat("a", 64)
	if err := c.Add(t.Context(), c.first.path, d); err == nil {
		t.Error("no error")
	}
	if _, err := c.Show(t.Context(), d.Tag); !errors.Is(err, engine.ErrNotFound) {
		t.Errorf("show: %v", err)
	}
}
