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
	if err := base.Open(dir).Check(); err == nil || !strings.Contains(err.Error(), at+" is a broken symbolic link (hint: ") {
		t.Error(err)
	}
}

// TestWeightsSize: a second copy of the weights, as Mistral's models have, does not count.
func TestWeightsSize(t *testing.T) {
	t.Parallel()
	m := basetest.New()
	m.Other["consolidated.safetensors"] = strings.Repeat("x", 1000)
	single := m.Write(t)
	sharded := m.Write(t)
	for name, content := range map[string]string{
		"model-1.safetensors": "123", "model-2.safetensors": "45",
		"model.safetensors.index.json": `{"weight_map": {"a": "model-1.safetensors", "b": "model-2.safetensors", "c": "model-1.safetensors"}}`,
	} {
		if err := os.WriteFile(filepath.Join(sharded, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	info, err := os.Stat(filepath.Join(single, "model.safetensors"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(sharded, "model.safetensors")); err != nil {
		t.Fatal(err)
	}
	for dir, want := range map[string]int64{single: info.Size(), sharded: 5} {
		if got, err := base.Open(dir).WeightsSize(); got != want || err != nil {
			t.Errorf("%s: %d, %v, want %d", dir, got, err, want)
		}
	}
	if err := os.Remove(filepath.Join(sharded, "model-2.safetensors")); err != nil {
		t.Fatal(err)
	}
	if _, err := base.Open(sharded).WeightsSize(); err == nil || !strings.Contains(err.Error(), "model-2.safetensors") {
		t.Errorf("missing shard: %v", err)
	}
}
