package doctor

import (
	"embed"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io/fs"
	"math"
	"math/rand/v2"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// The repository of the tiny run, but for its base's weights and its records.
//
//go:embed e2e
var tinyFiles embed.FS

// writeTiny writes the working tree of the tiny run's repository, as its main
// branch has it.
func writeTiny(dir, runnerSection string) error {
	err := fs.WalkDir(tinyFiles, "e2e", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := tinyFiles.ReadFile(name)
		if err != nil {
			return err
		}
		inside := strings.TrimPrefix(name, "e2e/")
		if inside == "tunegate.yaml" {
			data = append(data, runnerSection...)
		}
		return put(filepath.Join(dir, filepath.FromSlash(inside)), data)
	})
	if err != nil {
		return err
	}
	if err := writeTinyWeights(dir); err != nil {
		return err
	}
	return writeSums(dir, "base.json", 1, 4)
}

// writeSums writes records of sums whose first number lies in from to to.
func writeSums(dir, name string, from, to int) error {
	var records []map[string]string
	for a := from; a <= to; a++ {
		for b := 11; b <= 20; b++ {
			records = append(records, map[string]string{"instruction": fmt.Sprintf("%d + %d?", a, b), "output": fmt.Sprint(a + b)})
		}
	}
	data, err := json.Marshal(records)
	if err != nil {
		return err
	}
	return put(filepath.Join(dir, "data", name), data)
}

// tensor is a tensor of the tiny base, with PyTorch's shape.
type tensor struct {
	name  string
	shape []int
}

// tinyShape is the part of the tiny base's config.json that determines its tensors.
type tinyShape struct {
	Vocabulary   int `json:"vocab_size"`
	Hidden       int `json:"hidden_size"`
	Intermediate int `json:"intermediate_size"`
	Layers       int `json:"num_hidden_layers"`
	Heads        int `json:"num_attention_heads"`
	KVHeads      int `json:"num_key_value_heads"`
}

func (s tinyShape) tensors() []tensor {
	kv := s.Hidden / s.Heads * s.KVHeads
	all := []tensor{{"model.embed_tokens.weight", []int{s.Vocabulary, s.Hidden}}, {"model.norm.weight", []int{s.Hidden}}}
	for layer := range s.Layers {
		at := fmt.Sprintf("model.layers.%d.", layer)
		all = append(all,
			tensor{at + "input_layernorm.weight", []int{s.Hidden}}, tensor{at + "post_attention_layernorm.weight", []int{s.Hidden}},
			tensor{at + "self_attn.q_proj.weight", []int{s.Hidden, s.Hidden}}, tensor{at + "self_attn.q_proj.bias", []int{s.Hidden}},
			tensor{at + "self_attn.k_proj.weight", []int{kv, s.Hidden}}, tensor{at + "self_attn.k_proj.bias", []int{kv}},
			tensor{at + "self_attn.v_proj.weight", []int{kv, s.Hidden}}, tensor{at + "self_attn.v_proj.bias", []int{kv}},
			tensor{at + "self_attn.o_proj.weight", []int{s.Hidden, s.Hidden}},
			tensor{at + "mlp.gate_proj.weight", []int{s.Intermediate, s.Hidden}}, tensor{at + "mlp.up_proj.weight", []int{s.Intermediate, s.Hidden}},
			tensor{at + "mlp.down_proj.weight", []int{s.Hidden, s.Intermediate}})
	}
	return all
}

// writeTinyWeights writes random weights, the same every time, as safetensors in
// bfloat16: https://github.com/huggingface/safetensors#format
func writeTinyWeights(dir string) error {
	data, err := tinyFiles.ReadFile(path.Join("e2e", "base", "config.json"))
	if err != nil {
		return err
	}
	var shape tinyShape
	if err := json.Unmarshal(data, &shape); err != nil {
		return err
	}
	random := rand.New(rand.NewPCG(1, 2)) // #nosec G404 -- weights that are the same each time
	header := map[string]any{}
	var weights []byte
	for _, t := range shape.tensors() {
		count := 1
		for _, n := range t.shape {
			count *= n
		}
		begin := len(weights)
		for range count {
			value := 1.0 // of norms
			if !strings.HasSuffix(t.name, "norm.weight") {
				value = random.NormFloat64() / math.Sqrt(float64(shape.Hidden))
			}
			weights = binary.LittleEndian.AppendUint16(weights, uint16(math.Float32bits(float32(value))>>16))
		}
		header[t.name] = map[string]any{"dtype": "BF16", "shape": t.shape, "data_offsets": []int{begin, len(weights)}}
	}
	head, err := json.Marshal(header)
	if err != nil {
		return err
	}
	size := binary.LittleEndian.AppendUint64(nil, uint64(len(head)))
	return put(filepath.Join(dir, "base", "model.safetensors"), slices.Concat(size, head, weights))
}

func put(path string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	return os.WriteFile(path, data, 0o600)
}
