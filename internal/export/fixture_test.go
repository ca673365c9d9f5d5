package export

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/base"
	"github.com/tunegate/tunegate/internal/gguf"
)

// object is a JSON object that a test can edit before it is written.
type object = map[string]any

// matrix is a tensor of a safetensors file.
type matrix struct {
	name   string
	dtype  string
	shape  []int
	values []float32
}

func save(t testing.TB, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

func saveJSON(t testing.TB, path string, v any) {
	t.Helper()
	data, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	save(t, path, data)
}

func saveSafetensors(t testing.TB, path string, tensors []matrix) {
	t.Helper()
	header, data := object{"__metadata__": object{"format": "pt"}}, []byte(nil)
	for _, m := range tensors {
		begin := len(data)
		for _, v := range m.values {
			switch m.dtype {
			case "F32":
				data = binary.LittleEndian.AppendUint32(data, math.Float32bits(v))
			case "F16":
				data = binary.LittleEndian.AppendUint16(data, gguf.F32ToF16(v))
			case "BF16":
				data = binary.LittleEndian.AppendUint16(data, gguf.F32ToBF16(v))
			}
		}
		header[m.name] = object{"dtype": m.dtype, "shape": m.shape, "data_offsets": []int{begin, len(data)}}
	}
	text, err := json.Marshal(header)
	if err != nil {
		t.Fatal(err)
	}
	file := binary.LittleEndian.AppendUint64(nil, uint64(len(text)))
	save(t, path, append(append(file, text...), data...))
}

// random fills a tensor with bf16 values of the usual size of weights.
func random(seed uint64, name, dtype string, shape ...int) matrix {
	n := 1
	for _, d := range shape {
		n *= d
	}
	m := matrix{name: name, dtype: dtype, shape: shape, values: make([]float32, n)}
	rng := rand.New(rand.NewPCG(seed, uint64(len(name))))
	for i := range m.values {
		m.values[i] = gguf.BF16ToF32(gguf.F32ToBF16(float32(rng.NormFloat64()) * 0.05))
	}
	return m
}

// baseFolder is a base model folder in the making.
type baseFolder struct {
	config, tokenizer, tokenizerConfig, generation object
	tensors                                        []matrix
}

// newModel makes a Qwen2 model of two layers, hidden size 32, 4 heads, 2 KV heads,
// 40 columns in the MLP and a vocabulary of 12, of which 8 have a token.
func newModel(tied bool) *baseFolder {
	m := &baseFolder{
		config: object{
			"architectures": []string{"Qwen2ForCausalLM"}, "vocab_size": 12, "hidden_size": 32, "intermediate_size": 40,
			"num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2, "max_position_embeddings": 64,
			"rms_norm_eps": 1e-6, "hidden_act": "silu", "tie_word_embeddings": tied, "bos_token_id": nil, "dtype": "bfloat16",
			"rope_parameters": object{"rope_theta": 1e6, "rope_type": "default"}, "layer_types": []string{"full_attention", "full_attention"},
		},
		tokenizer: object{
			"version": "1.0", "normalizer": object{"type": "NFC"}, "post_processor": object{"type": "ByteLevel", "trim_offsets": false},
			"pre_tokenizer": object{"type": "Sequence", "pretokenizers": []object{
				{"type": "Split", "pattern": object{"Regex": qwen2Split}, "behavior": "Isolated", "invert": false},
				{"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": false},
			}},
			"model": object{
				"type": "BPE", "dropout": nil, "unk_token": nil, "continuing_subword_prefix": nil, "fuse_unk": false,
				"vocab":  object{"a": 0, "b": 1, "Ġ": 2, "ab": 3, "Ġab": 4},
				"merges": [][]string{{"a", "b"}, {"Ġ", "ab"}},
			},
			"added_tokens": []object{
				{"id": 5, "content": "<|endoftext|>", "special": true}, {"id": 6, "content": "<|im_end|>", "special": true},
				{"id": 9, "content": "<tool>", "special": false},
			},
		},
		tokenizerConfig: object{"eos_token": "<|im_end|>", "pad_token": object{"content": "<|endoftext|>"}, "chat_template": "{{ messages }}"},
		generation:      object{"eos_token_id": []int{6, 5}},
	}
	m.add("model.embed_tokens.weight", 12, 32)
	for layer := range 2 {
		prefix := fmt.Sprintf("model.layers.%d.", layer)
		m.add(prefix+"input_layernorm.weight", 32)
		m.add(prefix+"post_attention_layernorm.weight", 32)
		for name, rows := range map[string]int{"q": 32, "k": 16, "v": 16} {
			m.add(prefix+"self_attn."+name+"_proj.weight", rows, 32)
			m.add(prefix+"self_attn."+name+"_proj.bias", rows)
		}
		m.add(prefix+"self_attn.o_proj.weight", 32, 32)
		m.add(prefix+"mlp.gate_proj.weight", 40, 32)
		m.add(prefix+"mlp.up_proj.weight", 40, 32)
		m.add(prefix+"mlp.down_proj.weight", 32, 40)
	}
	m.add("model.norm.weight", 32)
	if !tied {
		m.add("lm_head.weight", 12, 32)
	}
	return m
}

// qwen2Split is the pattern of Qwen2's split rule, as its tokenizer.json has it.
const qwen2Split = `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`

// add adds a tensor whose values depend on its name only.
func (m *baseFolder) add(name string, shape ...int) {
	seed := uint64(0)
	for _, c := range []byte(name) {
		seed = seed*31 + uint64(c)
	}
	m.tensors = append(m.tensors, random(seed, name, "BF16", shape...))
}

func (m *baseFolder) save(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	saveJSON(t, filepath.Join(dir, base.ConfigFile), m.config)
	saveJSON(t, filepath.Join(dir, base.TokenizerFile), m.tokenizer)
	saveJSON(t, filepath.Join(dir, base.TokenizerConfigFile), m.tokenizerConfig)
	saveJSON(t, filepath.Join(dir, base.GenerationConfigFile), m.generation)
	saveSafetensors(t, filepath.Join(dir, "model.safetensors"), m.tensors)
	return dir
}

func (m *baseFolder) open(t testing.TB) base.Folder {
	t.Helper()
	return base.Open(m.save(t))
}

// adapter is an adapter folder in the making, with what a trainer measured of it.
type adapter struct {
	config  object
	tensors []matrix
	changes []Change
}

// newAdapter makes an adapter of rank 6 and alpha 12 for three modules of newModel's.
func newAdapter() *adapter {
	a := &adapter{config: object{
		"peft_type": "LORA", "r": 6, "lora_alpha": 12, "use_rslora": false, "bias": "none", "init_lora_weights": true,
		"target_modules": []string{"q_proj", "model.layers.1.mlp.down_proj"}, "rank_pattern": object{}, "modules_to_save": nil, "use_dora": false,
		"lora_dropout": 0.05, "task_type": "CAUSAL_LM", "peft_version": "0.21.2",
	}}
	a.add("model.layers.0.self_attn.q_proj", 6, 32, 32)
	a.add("model.layers.1.self_attn.q_proj", 6, 32, 32)
	a.add("model.layers.1.mlp.down_proj", 6, 32, 40)
	return a
}

// add adds a module and measures its change entry by entry, with scale 2.
func (a *adapter) add(module string, rank, out, in int) {
	seed := uint64(len(a.tensors))
	fa := random(seed, adapterPrefix+module+suffixA, "F32", rank, in)
	fb := random(seed+100, adapterPrefix+module+suffixB, "F32", out, rank)
	a.tensors = append(a.tensors, fa, fb)
	change := Change{Module: module, Shape: [2]int{out, in}}
	var square float64
	for row := range out {
		for col := range in {
			var sum float64
			for k := range rank {
				sum += 2 * float64(fb.values[row*rank+k]) * float64(fa.values[k*in+col])
			}
			square += sum * sum
			if (row*in+col)%97 == 5 {
				change.Samples = append(change.Samples, Sample{row, col, sum})
			}
		}
	}
	change.Norm = math.Sqrt(square)
	a.changes = append(a.changes, change)
}

// find returns the tensor whose name ends so.
func (a *adapter) find(t testing.TB, suffix string) *matrix {
	t.Helper()
	for i := range a.tensors {
		if strings.HasSuffix(a.tensors[i].name, suffix) {
			return &a.tensors[i]
		}
	}
	t.Fatalf("no tensor %s", suffix)
	return nil
}

func (a *adapter) save(t testing.TB, baseExport string) *Adapter {
	t.Helper()
	dir := t.TempDir()
	saveJSON(t, filepath.Join(dir, adapterConfigFile), a.config)
	saveSafetensors(t, filepath.Join(dir, adapterWeightsFile), a.tensors)
	return &Adapter{Dir: dir, Changes: a.changes, BaseExport: baseExport}
}
