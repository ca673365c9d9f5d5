// Package basetest writes base model folders of a few kilobytes for tests: a Qwen2
// model that can be exported but answers nonsense.
package basetest

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// Split is the pattern of Qwen2's split rule, as its tokenizer.json has it.
const Split = `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`

// Object is a JSON object that a test can edit.
type Object = map[string]any

// Model is a base model's folder before it is written: a vocabulary of 8 IDs, 6 of
// them with a token, and one layer of size 4.
type Model struct {
	Config, Tokenizer, TokenizerConfig Object
	Shapes                             map[string][]int  // of the tensors, all zero, by name
	Other                              map[string]string // files, by name
}

// New returns the model.
func New() Model {
	return Model{
		Config: Object{
			"architectures": []string{"Qwen2ForCausalLM"}, "vocab_size": 8, "hidden_size": 4, "intermediate_size": 4,
			"num_hidden_layers": 1, "num_attention_heads": 2, "num_key_value_heads": 1, "max_position_embeddings": 32768,
			"rms_norm_eps": 1e-6, "hidden_act": "silu", "tie_word_embeddings": true, "rope_theta": 1e6, "eos_token_id": 5,
		},
		Tokenizer: Object{
			"pre_tokenizer": Object{"type": "Sequence", "pretokenizers": []Object{
				{"type": "Split", "pattern": Object{"Regex": Split}, "behavior": "Isolated"}, {"type": "ByteLevel"},
			}},
			"model":        Object{"type": "BPE", "vocab": Object{"a": 0, "b": 1, "ab": 2, "c": 3}, "merges": []string{"a b"}},
			"added_tokens": []Object{{"id": 4, "content": "<|im_start|>", "special": true}, {"id": 5, "content": "<|im_end|>", "special": true}},
		},
		TokenizerConfig: Object{"eos_token": "<|im_end|>", "chat_template": "<|im_start|>"},
		Shapes: map[string][]int{
			"model.embed_tokens.weight": {8, 4}, "model.norm.weight": {4},
			"model.layers.0.input_layernorm.weight": {4}, "model.layers.0.post_attention_layernorm.weight": {4},
			"model.layers.0.self_attn.q_proj.weight": {4, 4}, "model.layers.0.self_attn.q_proj.bias": {4},
			"model.layers.0.self_attn.k_proj.weight": {2, 4}, "model.layers.0.self_attn.k_proj.bias": {2},
			"model.layers.0.self_attn.v_proj.weight": {2, 4}, "model.layers.0.self_attn.v_proj.bias": {2},
			"model.layers.0.self_attn.o_proj.weight": {4, 4},
			"model.layers.0.mlp.gate_proj.weight":    {4, 4}, "model.layers.0.mlp.up_proj.weight": {4, 4}, "model.layers.0.mlp.down_proj.weight": {4, 4},
		},
		Other: map[string]string{},
	}
}

// Files returns the files' contents by name.
func (m Model) Files(t testing.TB) map[string]string {
	t.Helper()
	files := maps.Clone(m.Other)
	for name, value := range map[string]Object{"config.json": m.Config, "tokenizer.json": m.Tokenizer, "tokenizer_config.json": m.TokenizerConfig} {
		files[name] = text(t, value)
	}
	header, size := Object{}, 0
	for _, name := range slices.Sorted(maps.Keys(m.Shapes)) {
		begin, bytes := size, 2
		for _, n := range m.Shapes[name] {
			bytes *= n
		}
		size += bytes
		header[name] = Object{"dtype": "BF16", "shape": m.Shapes[name], "data_offsets": []int{begin, size}}
	}
	head := text(t, header)
	files["model.safetensors"] = string(binary.LittleEndian.AppendUint64(nil, uint64(len(head)))) + head + string(make([]byte, size))
	return files
}

func text(t testing.TB, value any) string {
	t.Helper()
	data, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// Write writes the files to a temporary folder of the test and returns its path.
func (m Model) Write(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range m.Files(t) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
			t.Fatal(fmt.Errorf("%s: %w", name, err))
		}
	}
	return dir
}
