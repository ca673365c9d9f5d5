package gguf

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const (
	shardA = `{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`
	shardB = `{"b":{"dtype":"F16","shape":[2],"data_offsets":[0,4]}}`
)

func folder(t *testing.T, files map[string][]byte) string {
	t.Helper()
	dir := t.TempDir()
	for name, data := range files {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func openFolder(dir string) (*Weights, error) { return OpenWeights(os.DirFS(dir), dir) }

func TestOpenWeights(t *testing.T) {
	t.Parallel()
	index := []byte(`{"metadata":{"total_size":8},"weight_map":{"a":"1.safetensors","b":"2.safetensors"}}`)
	sharded := map[string][]byte{IndexFile: index, "1.safetensors": raw(shardA, 4), "2.safetensors": raw(shardB, 4)}
	for name, c := range map[string]struct {
		files map[string][]byte
		want  []string
	}{
		"single":  {map[string][]byte{WeightsFile: raw(shardA, 4), "other.safetensors": nil}, []string{"a"}},
		"sharded": {sharded, []string{"a", "b"}},
	} {
		w, err := openFolder(folder(t, c.files))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got := w.Names(); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestOpenWeightsRefuses(t *testing.T) {
	t.Parallel()
	one, two := raw(shardA, 4), raw(shardB, 4)
	for name, c := range map[string]struct {
		index, want string
	}{
		"missing shard":   {`{"weight_map":{"a":"1.safetensors","b":"3.safetensors"}}`, "3.safetensors"},
		"missing tensor":  {`{"weight_map":{"a":"1.safetensors","c":"1.safetensors"}}`, `tensor "c" is not in 1.safetensors`},
		"wrong shard":     {`{"weight_map":{"a":"2.safetensors","b":"1.safetensors"}}`, `tensor "a" lies in 1.safetensors, weight_map says "2.safetensors"`},
		"unlisted tensor": {`{"weight_map":{"x":"1.safetensors"}}`, `tensor "a" lies in 1.safetensors, weight_map says ""`},
		"outside":         {`{"weight_map":{"a":"../1.safetensors"}}`, "not a file of this folder"},
		"sub-folder":      {`{"weight_map":{"a":"x/1.safetensors"}}`, "not a file of this folder"},
		"empty":           {`{"weight_map":{}}`, "names no file"},
		"too many":        {strings.Repeat(",", maxCommas+1), "more than 2097152 values (hint: "},
		"duplicate":       {`{"weight_map":{"a":"1.safetensors","a":"2.safetensors"}}`, "duplicate"},
	} {
		dir := folder(t, map[string][]byte{IndexFile: []byte(c.index), "1.safetensors": one, "2.safetensors": two})
		_, err := openFolder(dir)
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), IndexFile) {
			t.Errorf("%s: error %v, want one with %q", name, err, c.want)
		}
	}
	large := folder(t, map[string][]byte{IndexFile: nil})
	if err := os.Truncate(filepath.Join(large, IndexFile), maxIndex+1); err != nil {
		t.Fatal(err)
	}
	if _, err := openFolder(large); err == nil || !strings.Contains(err.Error(), IndexFile+": too large: 67108865 bytes, the limit is 67108864 (hint: ") {
		t.Errorf("a large index: error %v", err)
	}
	if _, err := openFolder(t.TempDir()); err == nil || !strings.Contains(err.Error(), "neither model.safetensors nor") {
		t.Errorf("empty folder: error %v", err)
	}
	if _, err := openFolder(folder(t, map[string][]byte{WeightsFile: nil})); err == nil || !strings.Contains(err.Error(), WeightsFile) {
		t.Errorf("empty file: error %v", err)
	}
}
