// Package gguftest writes tiny GGUF models for tests, with weights from a seed. They
// load in milliseconds.
package gguftest

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/gguf"
)

// End is the stop token of a Tiny model. Its text in a prompt is one token, as is every
// other ASCII character.
const End = "<|im_end|>"

// Tokens counts the tokens of a prompt for a Tiny model.
func Tokens(prompt string) int { return len(strings.ReplaceAll(prompt, End, "x")) }

// Tiny writes a Qwen2 model of random weights and byte tokens, about 60 kB, and
// returns its path and its sha256 (hex). Its answers are noise.
func Tiny(t testing.TB, seed uint64) (path, digest string) {
	t.Helper()
	const width, hidden, heads = 32, 64, 2
	tokens, kinds := make([]string, 0, 130), make([]int32, 0, 130)
	for r := rune(0); r < 128; r++ { // ASCII only: answers are valid UTF-8
		token := string(r)
		if r <= ' ' || r == 127 {
			token = string(r + 256 - r/127*94) // GPT-2's printable stand-ins for other bytes
		}
		tokens, kinds = append(tokens, token), append(kinds, 1)
	}
	tokens, kinds = append(tokens, "<|endoftext|>", End), append(kinds, 3, 3)
	metadata := []gguf.KV{
		gguf.String("general.architecture", "qwen2"),
		gguf.Uint32("general.file_type", 0),
		gguf.Uint32("qwen2.block_count", 1),
		gguf.Uint32("qwen2.context_length", 512),
		gguf.Uint32("qwen2.embedding_length", width),
		gguf.Uint32("qwen2.feed_forward_length", hidden),
		gguf.Uint32("qwen2.attention.head_count", heads),
		gguf.Uint32("qwen2.attention.head_count_kv", heads),
		gguf.Float32("qwen2.attention.layer_norm_rms_epsilon", 1e-6),
		gguf.Float32("qwen2.rope.freq_base", 10000),
		gguf.String("tokenizer.ggml.model", "gpt2"),
		gguf.String("tokenizer.ggml.pre", "qwen2"),
		gguf.Strings("tokenizer.ggml.tokens", tokens),
		gguf.Int32s("tokenizer.ggml.token_type", kinds),
		gguf.Strings("tokenizer.ggml.merges", []string{"a b"}),
		gguf.Uint32("tokenizer.ggml.eos_token_id", 129),
		gguf.Bool("tokenizer.ggml.add_bos_token", false),
	}
	square, vector := []uint64{width, width}, []uint64{width}
	tensors := []gguf.Tensor{
		{Name: "token_embd.weight", Dims: []uint64{width, uint64(len(tokens))}},
		{Name: "blk.0.attn_norm.weight", Dims: vector},
		{Name: "blk.0.attn_q.weight", Dims: square}, {Name: "blk.0.attn_q.bias", Dims: vector},
		{Name: "blk.0.attn_k.weight", Dims: square}, {Name: "blk.0.attn_k.bias", Dims: vector},
		{Name: "blk.0.attn_v.weight", Dims: square}, {Name: "blk.0.attn_v.bias", Dims: vector},
		{Name: "blk.0.attn_output.weight", Dims: square},
		{Name: "blk.0.ffn_norm.weight", Dims: vector},
		{Name: "blk.0.ffn_gate.weight", Dims: []uint64{width, hidden}},
		{Name: "blk.0.ffn_up.weight", Dims: []uint64{width, hidden}},
		{Name: "blk.0.ffn_down.weight", Dims: []uint64{hidden, width}},
		{Name: "output_norm.weight", Dims: vector},
	}
	for i := range tensors {
		tensors[i].Type = gguf.F32
	}
	var file bytes.Buffer
	writer, err := gguf.NewWriter(&file, metadata, tensors)
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(seed, 0))
	for _, tensor := range tensors {
		values := make([]float32, tensor.Size()/4)
		for i := range values {
			values[i] = float32(random.NormFloat64())
		}
		if tensor.Name == "token_embd.weight" {
			clear(values[128*width:]) // stop tokens are never among the likeliest
		}
		if err := binary.Write(writer, binary.LittleEndian, values); err != nil {
			t.Fatal(err)
		}
	}
	if err := writer.Close(); err != nil {
		t.Fatal(err)
	}
	path = filepath.Join(t.TempDir(), "tiny.gguf")
	if err := os.WriteFile(path, file.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(file.Bytes())
	return path, hex.EncodeToString(sum[:])
}
