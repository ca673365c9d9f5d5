package gguf

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/tunegate/tunegate/internal/bounded"
)

// The weights of a model are one file, or shards listed in an index.
const (
	WeightsFile = "model.safetensors"
	IndexFile   = "model.safetensors.index.json"

	maxIndex = 64 << 20 // bytes; that of DeepSeek-V3, one of the largest, has 9 million
)

// OpenWeights opens the weights in a model's folder; dir names it in messages. They are
// model.safetensors, or else the shards that model.safetensors.index.json lists. Each
// tensor must be in the shard that the index gives, and no shard may hold others. Close
// the weights after use.
func OpenWeights(files fs.FS, dir string) (*Weights, error) {
	w, err := openIn(files, dir, WeightsFile)
	if !errors.Is(err, fs.ErrNotExist) {
		return w, err
	}
	weightMap, err := readIndex(files, dir)
	if err != nil {
		return nil, err
	}
	w, err = openShards(files, dir, weightMap)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Join(dir, IndexFile), err)
	}
	return w, nil
}

// WeightFiles returns the names of the files that OpenWeights opens, sorted.
func WeightFiles(files fs.FS, dir string) ([]string, error) {
	if _, err := fs.Stat(files, WeightsFile); !errors.Is(err, fs.ErrNotExist) {
		return []string{WeightsFile}, err
	}
	weightMap, err := readIndex(files, dir)
	return shards(weightMap), err
}

// readIndex returns an index's map from tensor name to file name.
func readIndex(files fs.FS, dir string) (map[string]string, error) {
	data, err := bounded.ReadFS(files, IndexFile, maxIndex)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: neither %s nor %s exists (hint: save the model with save_pretrained, as safetensors)", dir, WeightsFile, IndexFile)
	}
	if err == nil {
		err = checkValues(data)
	}
	var index struct {
		WeightMap map[string]string `json:"weight_map"`
	}
	if err == nil {
		err = json.Unmarshal(data, &index)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w (hint: the file is damaged: download it again)", filepath.Join(dir, IndexFile), err)
	}
	return index.WeightMap, nil
}

func shards(weightMap map[string]string) []string {
	return slices.Compact(slices.Sorted(maps.Values(weightMap)))
}

func openIn(files fs.FS, dir, name string) (*Weights, error) {
	path := filepath.Join(dir, name)
	f, err := files.Open(name)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return openSafetensors(path, f)
}

// openShards opens the files of weightMap, a map from tensor name to file name.
func openShards(files fs.FS, dir string, weightMap map[string]string) (_ *Weights, err error) {
	all := &Weights{arrays: make(map[string]Array)}
	defer func() {
		if err != nil {
			err = errors.Join(err, all.Close())
		}
	}()
	names := shards(weightMap)
	if len(names) == 0 {
		return nil, errors.New("weight_map names no file (hint: download the model again)")
	}
	for _, name := range names {
		if !filepath.IsLocal(name) || strings.ContainsAny(name, `/\`) {
			return nil, fmt.Errorf("weight_map names %q, which is not a file of this folder (hint: download the model again)", name)
		}
		shard, err := openIn(files, dir, name)
		if err != nil {
			return nil, err
		}
		all.files = append(all.files, shard.files...)
		for _, tensor := range shard.Names() {
			if weightMap[tensor] != name {
				return nil, fmt.Errorf("tensor %q lies in %s, weight_map says %q (hint: download the model again)", tensor, name, weightMap[tensor])
			}
			all.arrays[tensor] = shard.arrays[tensor]
		}
	}
	for _, tensor := range slices.Sorted(maps.Keys(weightMap)) {
		if _, ok := all.arrays[tensor]; !ok {
			return nil, fmt.Errorf("tensor %q is not in %s (hint: download the model again)", tensor, weightMap[tensor])
		}
	}
	return all, nil
}
