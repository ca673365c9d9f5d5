package export

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/go-json-experiment/json"

	"github.com/tunegate/tunegate/internal/gguf"
)

const (
	configFile     = "config.json"
	huggingFace    = "Qwen2ForCausalLM"
	fullAttention  = "full_attention"
	fileTypeF16    = 1 // general.file_type, as llama.cpp numbers it
	quantizeFormat = 2 // general.quantization_version
)

// config is what of a base's config.json decides the model.
type config struct {
	Architectures []string `json:"architectures"`
	Vocabulary    int      `json:"vocab_size"`
	Hidden        int      `json:"hidden_size"`
	Intermediate  int      `json:"intermediate_size"`
	Layers        int      `json:"num_hidden_layers"`
	Heads         int      `json:"num_attention_heads"`
	KVHeads       int      `json:"num_key_value_heads"`
	HeadSize      *int     `json:"head_dim"`
	Context       int      `json:"max_position_embeddings"`
	Epsilon       float64  `json:"rms_norm_eps"`
	Activation    string   `json:"hidden_act"`
	Tied          bool     `json:"tie_word_embeddings"`
	SlidingWindow bool     `json:"use_sliding_window"`
	LayerTypes    []string `json:"layer_types"`
	BOS           *int     `json:"bos_token_id"`
	// Transformers 5 writes RopeParameters, 4 the other two.
	RopeParameters *rope    `json:"rope_parameters"`
	RopeTheta      *float64 `json:"rope_theta"`
	RopeScaling    *rope    `json:"rope_scaling"`
}

type rope struct {
	Type    string   `json:"rope_type"`
	OldType string   `json:"type"`
	Theta   *float64 `json:"rope_theta"`
	Partial *float64 `json:"partial_rotary_factor"`
}

// readConfig reads config.json in the folder dir and refuses what the Qwen2 graph
// of the server does not compute.
func readConfig(dir string) (config, error) {
	var c config
	if err := readJSON(dir, configFile, &c); err != nil {
		return c, err
	}
	if err := c.check(); err != nil {
		return c, fmt.Errorf("%s: %w", filepath.Join(dir, configFile), err)
	}
	return c, nil
}

func (c config) check() error {
	if !slices.Equal(c.Architectures, []string{huggingFace}) {
		return fmt.Errorf("architectures is %q (only %s is built yet: choose another base)", c.Architectures, huggingFace)
	}
	for _, n := range []struct {
		key   string
		value int
	}{
		{"vocab_size", c.Vocabulary}, {"hidden_size", c.Hidden}, {"intermediate_size", c.Intermediate},
		{"num_hidden_layers", c.Layers}, {"num_attention_heads", c.Heads}, {"num_key_value_heads", c.KVHeads},
		{"max_position_embeddings", c.Context},
	} {
		if n.value < 1 || n.value > 1<<24 {
			return fmt.Errorf("%s is missing or %d (download the model again)", n.key, n.value)
		}
	}
	const hint = "choose another base"
	switch {
	case c.Hidden%c.Heads != 0 || c.Heads%c.KVHeads != 0:
		return fmt.Errorf("num_attention_heads %d must divide hidden_size %d, and num_key_value_heads %d must divide it (download the model again)",
			c.Heads, c.Hidden, c.KVHeads)
	case c.BOS != nil && (*c.BOS < 0 || *c.BOS >= c.Vocabulary):
		return fmt.Errorf("bos_token_id %d is not in the vocabulary of %d (download the model again)", *c.BOS, c.Vocabulary)
	case c.HeadSize != nil && *c.HeadSize != c.Hidden/c.Heads:
		return fmt.Errorf("head_dim %d is not hidden_size/num_attention_heads, which is not supported (%s)", *c.HeadSize, hint)
	case !(c.Epsilon > 0):
		return errors.New("rms_norm_eps is missing (download the model again)")
	case c.Activation != "silu":
		return fmt.Errorf("hidden_act %q is not supported (%s with silu)", c.Activation, hint)
	case c.SlidingWindow || slices.ContainsFunc(c.LayerTypes, func(t string) bool { return t != fullAttention }):
		return fmt.Errorf("use_sliding_window or a layer_types entry other than %s is not supported (%s)", fullAttention, hint)
	}
	for _, r := range []*rope{c.RopeParameters, c.RopeScaling} {
		if r != nil && (r.kind() != "default" || r.Partial != nil && *r.Partial != 1) {
			return fmt.Errorf("rope_parameters or rope_scaling of the type %q is not supported (%s with the default rope)", r.kind(), hint)
		}
	}
	if !(c.theta() > 0) {
		return errors.New("neither rope_parameters.rope_theta nor rope_theta is there (download the model again)")
	}
	return nil
}

func (r rope) kind() string {
	for _, t := range []string{r.Type, r.OldType} {
		if t != "" {
			return t
		}
	}
	return "default"
}

// theta returns the rope's base frequency, 0 when the config has none.
func (c config) theta() float64 {
	switch {
	case c.RopeParameters != nil && c.RopeParameters.Theta != nil:
		return *c.RopeParameters.Theta
	case c.RopeTheta != nil:
		return *c.RopeTheta
	}
	return 0
}

// metadata returns the entries that llama.cpp's Qwen2 loader reads.
func (c config) metadata() []gguf.KV {
	return []gguf.KV{
		gguf.String(architectureKey, architecture),
		gguf.Uint32("general.file_type", fileTypeF16),
		gguf.Uint32("general.quantization_version", quantizeFormat),
		gguf.Uint32("qwen2.block_count", uint32(c.Layers)),
		gguf.Uint32("qwen2.context_length", uint32(c.Context)),
		gguf.Uint32("qwen2.embedding_length", uint32(c.Hidden)),
		gguf.Uint32("qwen2.feed_forward_length", uint32(c.Intermediate)),
		gguf.Uint32("qwen2.attention.head_count", uint32(c.Heads)),
		gguf.Uint32("qwen2.attention.head_count_kv", uint32(c.KVHeads)),
		gguf.Float32("qwen2.rope.freq_base", float32(c.theta())),
		gguf.Float32("qwen2.attention.layer_norm_rms_epsilon", float32(c.Epsilon)),
	}
}

// readJSON reads a file of a model folder.
func readJSON(dir, name string, into any) error {
	path := filepath.Join(dir, name)
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w (a base model folder holds %s, %s, %s and safetensors: download it again)",
			err, configFile, tokenizerFile, tokenizerConfigFile)
	}
	if err != nil {
		return err
	}
	if err := json.Unmarshal(data, into); err != nil {
		return fmt.Errorf("%s: %w (download the model again)", path, err)
	}
	return nil
}

// CheckConfig says what in the content of a base's config.json can not be
// exported.
func CheckConfig(data []byte) error {
	var c config
	if err := json.Unmarshal(data, &c); err != nil {
		return err
	}
	return c.check()
}
