package base_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/base"
	"github.com/tunegate/tunegate/internal/base/basetest"
)

// TestNeededFiles: a file of a folder is the one of exactly that name.
func TestNeededFiles(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		from, to string // renamed; to nothing: removed
		want     string // the error; empty: none
	}{
		"whole":            {},
		"shards":           {from: "model.safetensors", to: "model.safetensors.index.json"},
		"config":           {from: "config.json", want: "has no config.json (hint: "}, // tokenizer_config.json is none
		"tokenizer":        {from: "tokenizer.json", to: "my_tokenizer.json", want: "has no tokenizer.json (hint: "},
		"tokenizer config": {from: "tokenizer_config.json", to: "old.tokenizer_config.json", want: "has no tokenizer_config.json (hint: "},
		"weights":          {from: "model.safetensors", to: "consolidated.safetensors", want: "has no model.safetensors or model.safetensors.index.json (hint: "},
		"index":            {from: "model.safetensors", to: "old.model.safetensors.index.json", want: "has no model.safetensors or model.safetensors.index.json (hint: "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := basetest.New()
			m.Other["generation_config.json"] = "{}"
			dir := m.Write(t)
			if c.from != "" {
				at := filepath.Join(dir, c.from)
				if err := os.Rename(at, filepath.Join(dir, c.to)); c.to != "" && err != nil {
					t.Fatal(err)
				}
				if err := os.Remove(at); c.to == "" && err != nil {
					t.Fatal(err)
				}
			}
			if err := base.Open(dir).Check(); c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), dir+" "+c.want)) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

// TestLinkToNothing: as what a cache that was cleared leaves.
func TestLinkToNothing(t *testing.T) {
	t.Parallel()
	dir := basetest.New().Write(t)
	at := filepath.Join(dir, "config.json")
	if err := errors.Join(os.Remove(at), os.Symlink("../blobs/0", at)); err != nil {
		t.Fatal(err)
	}
	if err := base.Open(dir).Check(); err == nil || !strings.Contains(err.Error(), at+" is a link to nothing (hint: ") {
		t.Error(err)
	}
}
