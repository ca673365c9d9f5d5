package export

import (
	"errors"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/tunegate/tunegate/internal/gguf"
)

const (
	adapterWeightsFile = "adapter_model.safetensors"
	adapterPrefix      = "base_model.model."
	suffixA            = ".lora_A.weight"
	suffixB            = ".lora_B.weight"
)

// patches are the changes of a checked adapter, by GGUF tensor name.
type patches struct {
	byTensor map[string]*patch
	weights  *gguf.Weights
}

func (p patches) Close() error { return p.weights.Close() }

// pair locates a module's two factors.
type pair struct {
	a, b       gguf.Array
	hasA, hasB bool
}

// readAdapter opens an adapter and proves, before anything is written, that it is
// complete, not zero, fits the base and holds the change that the trainer measured.
func readAdapter(adapter Adapter, base baseFile) (_ patches, err error) {
	config, err := readAdapterConfig(adapter.Dir)
	if err != nil {
		return patches{}, err
	}
	path := filepath.Join(adapter.Dir, adapterWeightsFile)
	weights, err := gguf.OpenSafetensors(path)
	if errors.Is(err, fs.ErrNotExist) {
		return patches{}, fail(MissingTensor, "train again", "%s is missing", path)
	}
	if err != nil {
		return patches{}, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, weights.Close())
		}
	}()
	pairs, err := readPairs(path, weights)
	if err != nil {
		return patches{}, err
	}
	if err := checkComplete(path, pairs, config, adapter.Changes); err != nil {
		return patches{}, err
	}
	all := patches{byTensor: make(map[string]*patch), weights: weights}
	for _, change := range adapter.Changes {
		parts, err := newPatches(pairs[change.Module], config, change, base)
		if err != nil {
			return patches{}, err
		}
		for _, p := range parts {
			all.byTensor[p.tensor] = p
		}
	}
	return all, nil
}

func readPairs(path string, weights *gguf.Weights) (map[string]pair, error) {
	pairs := make(map[string]pair)
	for _, name := range weights.Names() {
		key, ok := strings.CutPrefix(name, adapterPrefix)
		array, _ := weights.Find(name)
		if module, is := strings.CutSuffix(key, suffixA); ok && is {
			p := pairs[module]
			p.a, p.hasA = array, true
			pairs[module] = p
		} else if module, is := strings.CutSuffix(key, suffixB); ok && is {
			p := pairs[module]
			p.b, p.hasB = array, true
			pairs[module] = p
		} else {
			return nil, fail(UnknownTensor, "train a plain LoRA on linear layers only",
				"%s: %q is not a factor of a linear layer", path, name)
		}
	}
	return pairs, nil
}

// checkComplete compares the adapter's modules with those in its config and those that
// the trainer measured.
func checkComplete(path string, pairs map[string]pair, config adapterConfig, changes []Change) error {
	const hint = "the file is truncated or from another run: train again"
	for _, c := range changes {
		p := pairs[c.Module]
		if !p.hasA {
			return fail(MissingTensor, hint, "%s lacks %s%s%s, which was trained", path, adapterPrefix, c.Module, suffixA)
		}
		if !p.hasB {
			return fail(MissingTensor, hint, "%s lacks %s%s%s, which was trained", path, adapterPrefix, c.Module, suffixB)
		}
	}
	modules := slices.Sorted(maps.Keys(pairs))
	for _, m := range modules {
		if !slices.ContainsFunc(changes, func(c Change) bool { return c.Module == m }) {
			return fail(UnknownTensor, hint, "%s: the trainer measured no change for module %s", path, m)
		}
	}
	if target, missing := config.missingTarget(modules); missing {
		return fail(MissingTensor, hint, "%s: no module %s, which %s targets", path, target, adapterConfigFile)
	}
	if len(modules) == 0 {
		return fail(NoChange, "train again", "%s holds no tensors", path)
	}
	return nil
}
