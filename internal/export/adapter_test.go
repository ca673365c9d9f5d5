package export

import (
	"context"
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// exports makes the base GGUF and NAME-base's export in a folder.
func exports(t testing.TB) (base, baseExport string) {
	t.Helper()
	base, _ = writeBase(t, newModel(true))
	baseExport = filepath.Join(t.TempDir(), "name-base.gguf")
	if _, err := Run(context.Background(), Options{"f16"}, base, nil, baseExport, nil); err != nil {
		t.Fatal(err)
	}
	return base, baseExport
}

// TestAdapterRefused: each way in which an adapter can be wrong is found, named
// and leaves no file.
func TestAdapterRefused(t *testing.T) {
	t.Parallel()
	const down = "model.layers.1.mlp.down_proj"
	base, baseExport := exports(t)
	for name, c := range map[string]struct {
		edit       func(*testing.T, *adapter)
		name, want string
	}{
		"zeroed B": {func(t *testing.T, a *adapter) { clear(a.find(t, down+suffixB).values) },
			DeadAdapter, down + ".lora_B.weight is all zeros"},
		"zeroed A": {func(t *testing.T, a *adapter) { clear(a.find(t, down+suffixA).values) },
			DeadAdapter, down + ".lora_A.weight is all zeros"},
		"one B dropped": {func(t *testing.T, a *adapter) { a.drop(down + suffixB) },
			MissingTensor, "lacks base_model.model." + down + ".lora_B.weight"},
		"one A dropped": {func(t *testing.T, a *adapter) { a.drop(down + suffixA) },
			MissingTensor, "lacks base_model.model." + down + ".lora_A.weight"},
		"module dropped": {func(t *testing.T, a *adapter) { a.drop(down) },
			MissingTensor, "lacks base_model.model." + down + ".lora_A.weight"},
		"module dropped and not measured": {func(t *testing.T, a *adapter) { a.drop(down); a.changes = a.changes[:2] },
			MissingTensor, "no module " + down + ", which adapter_config.json targets"},
		"nothing in it": {func(t *testing.T, a *adapter) {
			a.tensors, a.changes = nil, nil
			a.config["target_modules"] = "all-linear"
		}, NoChange, "holds no tensor"},
		"not measured": {func(t *testing.T, a *adapter) { a.changes = a.changes[:2] },
			UnknownTensor, "no change for module " + down},
		"embedding": {func(t *testing.T, a *adapter) {
			a.find(t, down+suffixA).name = "base_model.model.model.embed_tokens.lora_embedding_A"
		},
			UnknownTensor, "lora_embedding_A"},
		"another base's module": {func(t *testing.T, a *adapter) { a.add("model.layers.7.mlp.down_proj", 6, 32, 40) },
			UnknownTensor, "model.layers.7.mlp.down_proj"},
		"output layer": {func(t *testing.T, a *adapter) { a.add("lm_head", 6, 12, 32) },
			UnknownTensor, "lm_head"},
		"another rank": {func(t *testing.T, a *adapter) { a.config["r"] = 3 },
			RankMismatch, "rank 3 and the base's 32x32 require lora_A 3x32"},
		"another width": {func(t *testing.T, a *adapter) { a.find(t, down+suffixA).shape = []int{5, 48} },
			RankMismatch, down},
		"change of another shape": {func(t *testing.T, a *adapter) { a.changes[2].Shape = [2]int{40, 32} },
			RankMismatch, down},
		"wrong alpha": {func(t *testing.T, a *adapter) { a.config["lora_alpha"] = 12.1 },
			ChangeDiffers, "model.layers.0.self_attn.q_proj: the adapter's change has norm"},
		"rsLoRA": {func(t *testing.T, a *adapter) { a.config["use_rslora"] = true },
			ChangeDiffers, "the trainer measured"},
		"wrong rank throughout": {func(t *testing.T, a *adapter) {
			a.config["r"] = 12
			for i := range a.tensors {
				a.tensors[i] = widen(a.tensors[i])
			}
		}, ChangeDiffers, "the trainer measured"},
		"one factor changed": {func(t *testing.T, a *adapter) { a.find(t, down+suffixB).values[3] += 0.1 },
			ChangeDiffers, down},
		"rows swapped": {func(t *testing.T, a *adapter) {
			b := a.find(t, down+suffixB).values
			for k := range 6 {
				b[k], b[31*6+k] = b[31*6+k], b[k]
			}
		}, ChangeDiffers, down + " row 0, column 5"},
		"NaN":      {func(t *testing.T, a *adapter) { a.find(t, down+suffixA).values[3] = float32(math.NaN()) }, NotFinite, down + ".lora_A.weight"},
		"infinity": {func(t *testing.T, a *adapter) { a.find(t, down+suffixB).values[3] = float32(math.Inf(1)) }, NotFinite, down + ".lora_B.weight"},
		"NaN measured": {func(t *testing.T, a *adapter) { a.changes[0].Norm = math.NaN() },
			ChangeDiffers, "measured NaN"},
		"too large": {func(t *testing.T, a *adapter) { a.scale(2, 1e7) }, Overflow, "blk.1.ffn_down.weight row 0"},
		"too small": {func(t *testing.T, a *adapter) { a.scale(2, 1e-9) }, NoChange, "blk.1.ffn_down.weight equals the base's"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newAdapter()
			c.edit(t, a)
			out := filepath.Join(t.TempDir(), "candidate.gguf")
			_, err := Run(context.Background(), Options{"f16"}, base, a.save(t, baseExport), out, nil)
			var named *Error
			if !errors.As(err, &named) || named.Name != c.name || !strings.Contains(err.Error(), c.want) || named.Hint == "" {
				t.Errorf("error %v, want %s with %q", err, c.name, c.want)
			}
			expectEmpty(t, filepath.Dir(out))
		})
	}
}

// drop removes the tensors whose name holds text.
func (a *adapter) drop(text string) {
	a.tensors = slices.DeleteFunc(a.tensors, func(m matrix) bool { return strings.Contains(m.name, text) })
}

// scale multiplies the B of a module, and what the trainer measured of it.
func (a *adapter) scale(module int, by float32) {
	for i := range a.tensors[2*module+1].values {
		a.tensors[2*module+1].values[i] *= by
	}
	a.changes[module].Norm *= float64(by)
	for i := range a.changes[module].Samples {
		a.changes[module].Samples[i].Value *= float64(by)
	}
}

// widen doubles the rank of a factor with zeros, which leaves B*A as it is.
func widen(m matrix) matrix {
	if strings.HasSuffix(m.name, suffixA) {
		m.shape, m.values = []int{12, m.shape[1]}, append(slices.Clone(m.values), make([]float32, len(m.values))...)
		return m
	}
	var values []float32
	for row := range slices.Chunk(m.values, 6) {
		values = append(append(values, row...), make([]float32, 6)...)
	}
	m.shape, m.values = []int{m.shape[0], 12}, values
	return m
}

func TestAdapterFilesMissing(t *testing.T) {
	t.Parallel()
	base, baseExport := exports(t)
	for file, want := range map[string]string{adapterConfigFile: "no such file", adapterWeightsFile: MissingTensor} {
		a := newAdapter().save(t, baseExport)
		if err := os.Remove(filepath.Join(a.Dir, file)); err != nil {
			t.Fatal(err)
		}
		_, err := Run(context.Background(), Options{"f16"}, base, a, filepath.Join(t.TempDir(), "c.gguf"), nil)
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), file) {
			t.Errorf("without %s: error %v", file, err)
		}
	}
}
