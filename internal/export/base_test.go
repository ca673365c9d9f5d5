package export

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/ollama/ollama/fs/ggml"

	"github.com/tunegate/tunegate/internal/base"
	"github.com/tunegate/tunegate/internal/gguf"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// describe renders a GGUF as Ollama's own reader sees it.
func describe(t *testing.T, path string) string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	g, err := ggml.Decode(f, -1)
	if err != nil {
		t.Fatal(err)
	}
	mine, err := gguf.Known().Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer mine.Close()
	var text strings.Builder
	for _, kv := range mine.Metadata {
		value := fmt.Sprint(g.KV().Value(kv.Key))
		if kv.Type == gguf.TypeArray {
			strs, ints := g.KV().Strings(kv.Key), g.KV().Ints(kv.Key)
			value = fmt.Sprintf("%q %v", strs, ints)
		}
		fmt.Fprintf(&text, "%s = %s\n", kv.Key, value)
	}
	for i, tensor := range g.Tensors().Items() {
		if tensor.Offset != mine.Tensors[i].Offset {
			t.Errorf("%s: offset %d, Ollama reads %d", tensor.Name, mine.Tensors[i].Offset, tensor.Offset)
		}
		fmt.Fprintf(&text, "%s %s %v\n", tensor.Name, tensor.Type(), tensor.Shape)
	}
	return text.String()
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (go test -update rewrites it): %s", path, diff)
	}
}

func writeBase(t testing.TB, m *baseFolder) (string, Digest) {
	t.Helper()
	out := filepath.Join(t.TempDir(), "base.gguf")
	digest, err := WriteBase(context.Background(), m.open(t), out)
	if err != nil {
		t.Fatal(err)
	}
	return out, digest
}

func TestWriteBase(t *testing.T) {
	t.Parallel()
	for _, tied := range []bool{true, false} {
		t.Run(fmt.Sprintf("tied %v", tied), func(t *testing.T) {
			t.Parallel()
			m := newModel(tied)
			path, digest := writeBase(t, m)
			golden(t, fmt.Sprintf("base-tied-%v.golden", tied), describe(t, path)+digest.GGUFSHA256+"\n")
			if _, again := writeBase(t, newModel(tied)); again != digest {
				t.Errorf("second time %v, first %v", again, digest)
			}
			checkValues(t, path, m)
		})
	}
}

// checkValues reads every tensor of the model back; bf16 values of the usual
// size are exact in F16 up to its subnormals.
func checkValues(t *testing.T, path string, m *baseFolder) {
	t.Helper()
	f, err := gguf.Known().Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	names := make(map[string]string)
	c := config{Hidden: 32, Intermediate: 40, Layers: 2, Heads: 4, KVHeads: 2, Vocabulary: 12}
	for _, tensor := range qwen2Tensors(c) {
		names[tensor.source] = tensor.name
	}
	for _, want := range m.tensors {
		tensor, ok := f.Find(names[want.name])
		if !ok {
			t.Errorf("%s is missing", want.name)
			continue
		}
		raw, err := io.ReadAll(f.Data(tensor))
		if err != nil {
			t.Fatal(err)
		}
		got := make([]float32, len(want.values))
		if tensor.Type == gguf.F16 {
			gguf.DecodeF16(got, raw)
		} else if _, err := binary.Decode(raw, binary.LittleEndian, got); err != nil {
			t.Fatal(err)
		}
		for i, v := range want.values {
			if math.Abs(float64(got[i]-v)) > 0x1p-25 {
				t.Fatalf("%s[%d] = %v, want %v", want.name, i, got[i], v)
			}
		}
	}
}

// TestWriteBaseForms: other ways to say the same give the same bytes.
func TestWriteBaseForms(t *testing.T) {
	t.Parallel()
	_, want := writeBase(t, newModel(false))
	for name, edit := range map[string]func(*baseFolder){
		"transformers 4 rope": func(m *baseFolder) {
			delete(m.config, "rope_parameters")
			m.config["rope_theta"], m.config["rope_scaling"] = 1000000.0, nil
		},
		"rope_scaling beside rope_parameters": func(m *baseFolder) { // transformers 5 takes the former
			m.config["rope_parameters"] = object{"rope_theta": 1e4, "rope_type": "default"}
			m.config["rope_scaling"] = object{"rope_theta": 1e6, "rope_type": "default"}
		},
		"merges as texts":      func(m *baseFolder) { m.tokenizer["model"].(object)["merges"] = []string{"a b", "Ġ ab"} },
		"no normalizer":        func(m *baseFolder) { m.tokenizer["normalizer"] = nil },
		"special token object": func(m *baseFolder) { m.tokenizerConfig["eos_token"] = object{"content": "<|im_end|>", "special": true} },
		"null bos":             func(m *baseFolder) { m.tokenizerConfig["bos_token"] = nil },
		"weights in F32": func(m *baseFolder) {
			for i := range m.tensors {
				m.tensors[i].dtype = "F32"
			}
		},
		"rope table": func(m *baseFolder) { m.add("model.layers.0.self_attn.rotary_emb.inv_freq", 4) },
	} {
		m := newModel(false)
		edit(m)
		if _, got := writeBase(t, m); got != want {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
	tied, copied := newModel(true), newModel(true)
	copied.tensors = append(copied.tensors, matrix{name: "lm_head.weight", dtype: "F32", shape: []int{12, 32}, values: copied.tensors[0].values})
	_, a := writeBase(t, tied)
	if _, b := writeBase(t, copied); a != b {
		t.Errorf("with a copy of the embedding %v, without %v", b, a)
	}
}

// TestAddedTokenIsExported: a token that only added_tokens.json knows is served with
// the id that it is trained with.
func TestAddedTokenIsExported(t *testing.T) {
	t.Parallel()
	m := newModel(true)
	dir := m.save(t)
	save(t, filepath.Join(dir, base.AddedTokensFile), []byte(`{"<think>": 10}`))
	out := filepath.Join(t.TempDir(), "base.gguf")
	if _, err := WriteBase(context.Background(), base.Open(dir), out); err != nil {
		t.Fatal(err)
	}
	f, err := gguf.Known().Open(out)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if text := describe(t, out); !strings.Contains(text, `"<tool>" "<think>" "[PAD11]"`) {
		t.Error(text)
	}
	save(t, filepath.Join(dir, base.AddedTokensFile), []byte(`{"<think>": 10, "<a>": 11, "<b>": 12}`))
	if err := CheckBase(base.Open(dir)); err == nil || !strings.Contains(err.Error(), `added_tokens.json: token "<b>" has ID 12, beyond vocab_size 12`) {
		t.Error(err)
	}
}

func TestWriteBaseSharded(t *testing.T) {
	t.Parallel()
	m := newModel(true)
	_, want := writeBase(t, m)
	dir := m.save(t)
	if err := os.Remove(filepath.Join(dir, "model.safetensors")); err != nil {
		t.Fatal(err)
	}
	index := make(map[string]string)
	for i, half := range [][]matrix{m.tensors[:10], m.tensors[10:]} {
		name := fmt.Sprintf("model-%05d-of-00002.safetensors", i+1)
		saveSafetensors(t, filepath.Join(dir, name), half)
		for _, tensor := range half {
			index[tensor.name] = name
		}
	}
	saveJSON(t, filepath.Join(dir, "model.safetensors.index.json"), object{"weight_map": index})
	got, err := WriteBase(context.Background(), base.Open(dir), filepath.Join(t.TempDir(), "base.gguf"))
	if err != nil || got != want {
		t.Errorf("%v, %v; want %v", got, err, want)
	}
}

func TestWriteBaseRefusesWeights(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		edit func(*baseFolder)
		want string
	}{
		"untied head":    {func(m *baseFolder) { m.config["tie_word_embeddings"] = true }, "lm_head.weight differs from model.embed_tokens.weight"},
		"missing tensor": {func(m *baseFolder) { m.tensors = m.tensors[:len(m.tensors)-1] }, "lack lm_head.weight"},
		"unknown tensor": {func(m *baseFolder) { m.add("model.layers.0.self_attn.q_norm.weight", 8) }, "q_norm.weight does not belong to a Qwen2ForCausalLM"},
		"wrong shape":    {func(m *baseFolder) { m.config["intermediate_size"] = 41 }, "requires [41 32]"},
		"overflow":       {func(m *baseFolder) { m.tensors[0].dtype, m.tensors[0].values[7] = "F32", 7e4 }, "export/overflow: "},
		"NaN":            {func(m *baseFolder) { m.tensors[0].values[7] = float32(math.NaN()) }, "model.embed_tokens.weight element 7 is NaN"},
		"infinite norm":  {func(m *baseFolder) { m.tensors[1].values[3] = float32(math.Inf(1)) }, "input_layernorm.weight element 3 is +Inf"},
	} {
		m := newModel(false)
		c.edit(m)
		out := filepath.Join(t.TempDir(), "base.gguf")
		_, err := WriteBase(context.Background(), m.open(t), out)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want one with %q", name, err, c.want)
		}
		expectEmpty(t, filepath.Dir(out))
	}
}

func expectEmpty(t *testing.T, dir string) {
	t.Helper()
	if entries, err := os.ReadDir(dir); err != nil || len(entries) > 0 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
}

func TestWriteBaseCancelled(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	out := filepath.Join(t.TempDir(), "base.gguf")
	if _, err := WriteBase(ctx, newModel(true).open(t), out); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	expectEmpty(t, filepath.Dir(out))
}

// TestWriteBaseKeepsOld: a failure leaves an earlier file alone.
func TestWriteBaseKeepsOld(t *testing.T) {
	t.Parallel()
	out := filepath.Join(t.TempDir(), "base.gguf")
	save(t, out, []byte("old"))
	m := newModel(true)
	m.tensors[0].values[0] = float32(math.NaN())
	if _, err := WriteBase(context.Background(), m.open(t), out); err == nil {
		t.Error("no error")
	}
	if data, err := os.ReadFile(out); err != nil || !bytes.Equal(data, []byte("old")) {
		t.Errorf("%q, %v", data, err)
	}
}
