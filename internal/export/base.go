package export

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/tunegate/tunegate/internal/gguf"
)

// WriteBase converts the Hugging Face model folder baseDir (config.json,
// tokenizer.json, tokenizer_config.json, safetensors; generation_config.json if
// it is there) to a GGUF at out: matrices in F16, vectors in F32, without a chat
// template. Only Qwen2ForCausalLM with Qwen2's tokenizer is built; whatever the
// server would compute otherwise than transformers is refused.
func WriteBase(ctx context.Context, baseDir, out string) (digest Digest, err error) {
	config, err := readConfig(baseDir)
	if err != nil {
		return Digest{}, err
	}
	vocabulary, err := readVocabulary(baseDir, config)
	if err != nil {
		return Digest{}, err
	}
	weights, err := gguf.OpenWeights(baseDir)
	if err != nil {
		return Digest{}, err
	}
	defer func() { err = errors.Join(err, weights.Close()) }()
	sources, err := findSources(baseDir, config, weights)
	if err != nil {
		return Digest{}, err
	}
	metadata := append(config.metadata(), vocabulary.metadata()...)
	return writeFile(out, func(w *draft) error {
		return writeSources(ctx, w, metadata, sources)
	}, func(string) error { return nil })
}

// source is a tensor of the base and what it is called in the GGUF.
type source struct {
	tensor string
	array  gguf.Array
}

// wanted is a tensor that the architecture has, with PyTorch's shape.
type wanted struct {
	name, tensor string
	shape        []int
}

// tensors lists what the config promises, in the order of the GGUF.
func (c config) tensors() []wanted {
	head := c.Hidden / c.Heads
	rows := map[string]int{
		"attn_q": c.Hidden, "attn_k": head * c.KVHeads, "attn_v": head * c.KVHeads, "attn_output": c.Hidden,
		"ffn_gate": c.Intermediate, "ffn_up": c.Intermediate, "ffn_down": c.Hidden,
	}
	all := []wanted{{"model.embed_tokens.weight", "token_embd.weight", []int{c.Vocabulary, c.Hidden}}}
	for layer := range c.Layers {
		module, block := fmt.Sprintf("%s%d.", moduleLayers, layer), fmt.Sprintf("blk.%d.", layer)
		all = append(all,
			wanted{module + "input_layernorm.weight", block + "attn_norm.weight", []int{c.Hidden}},
			wanted{module + "post_attention_layernorm.weight", block + "ffn_norm.weight", []int{c.Hidden}})
		for _, l := range linears {
			columns := c.Hidden
			if l.tensor == "ffn_down" {
				columns = c.Intermediate
			}
			all = append(all, wanted{module + l.module + ".weight", block + l.tensor + ".weight", []int{rows[l.tensor], columns}})
			if slices.Contains([]string{"attn_q", "attn_k", "attn_v"}, l.tensor) {
				all = append(all, wanted{module + l.module + ".bias", block + l.tensor + ".bias", []int{rows[l.tensor]}})
			}
		}
	}
	all = append(all, wanted{"model.norm.weight", "output_norm.weight", []int{c.Hidden}})
	if !c.Tied {
		all = append(all, wanted{"lm_head.weight", "output.weight", []int{c.Vocabulary, c.Hidden}})
	}
	return all
}

// findSources finds every tensor that the config promises and refuses others.
func findSources(dir string, c config, weights *gguf.Weights) ([]source, error) {
	var sources []source
	known := make(map[string]bool)
	for _, want := range c.tensors() {
		array, ok := weights.Find(want.name)
		if !ok {
			return nil, fmt.Errorf("%s: the weights lack %s, which %s calls for (download the model again)", dir, want.name, configFile)
		}
		if !slices.Equal(array.Shape, want.shape) {
			return nil, fmt.Errorf("%s: tensor %s has the shape %v, %s calls for %v (download the model again)",
				array.File, want.name, array.Shape, configFile, want.shape)
		}
		known[want.name] = true
		sources = append(sources, source{want.tensor, array})
	}
	for _, name := range weights.Names() {
		// Tied models may carry a copy of the embedding, old ones their rope table.
		if !known[name] && !(c.Tied && name == "lm_head.weight") && !strings.HasSuffix(name, ".rotary_emb.inv_freq") {
			array, _ := weights.Find(name)
			return nil, fmt.Errorf("%s: tensor %s belongs to no Qwen2ForCausalLM (a base must be a plain model, without an adapter)", array.File, name)
		}
	}
	return sources, nil
}

func writeSources(ctx context.Context, out io.Writer, metadata []gguf.KV, sources []source) error {
	var tensors []gguf.Tensor
	for _, s := range sources {
		t := gguf.Tensor{Name: s.tensor, Type: gguf.F32}
		if len(s.array.Shape) == 2 {
			t.Type = gguf.F16
		}
		for _, n := range slices.Backward(s.array.Shape) {
			t.Dims = append(t.Dims, uint64(n))
		}
		tensors = append(tensors, t)
	}
	w, err := gguf.NewWriter(out, metadata, tensors)
	if err != nil {
		return err
	}
	var walk blocks
	for i, s := range sources {
		if err := writeSource(ctx, w, &walk, tensors[i], s.array); err != nil {
			return err
		}
	}
	return w.Close()
}

func writeSource(ctx context.Context, w io.Writer, walk *blocks, t gguf.Tensor, array gguf.Array) error {
	encode, size := encodeF32, int64(4)
	if t.Type == gguf.F16 {
		encode, size = gguf.EncodeF16, 2
	}
	return walk.each(ctx, t, size, func(block []byte, offset int64) error {
		first := int(offset / size)
		values := make([]float32, len(block)/int(size))
		if err := array.Float32s(values, first); err != nil {
			return err
		}
		if bad := encode(block, values); bad >= 0 {
			return fail(Overflow, "this base cannot be served as "+t.Type.String(), "%s: tensor %s element %d is %v",
				array.File, array.Name, first+bad, values[bad])
		}
		_, err := w.Write(block)
		return err
	})
}

// encodeF32 is EncodeF16 for float32.
func encodeF32(dst []byte, src []float32) int {
	for i, f := range src {
		if f-f != 0 {
			return i
		}
		bits := math.Float32bits(f)
		dst[4*i], dst[4*i+1], dst[4*i+2], dst[4*i+3] = byte(bits), byte(bits>>8), byte(bits>>16), byte(bits>>24)
	}
	return -1
}
