package export

import (
	"errors"
	"fmt"

	"github.com/go-json-experiment/json"

	"github.com/tunegate/tunegate/internal/gguf"
)

// The keys of a GGUF's metadata that are read back or changed; those with a leading dot
// follow the architecture.
const (
	keyArchitecture = "general.architecture"
	keyFileType     = "general.file_type"
	// keyTemplate makes Ollama guess a chat template and its stop words; the
	// served template is set by package register.
	keyTemplate = "tokenizer.chat_template"
	keyHeads    = ".attention.head_count"
	keyHeadsKV  = ".attention.head_count_kv"
)

// config holds the keys of config.json that decide a model, as most decoders in
// transformers share them.
type config struct {
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
	// Transformers 5 writes RopeParameters, 4 the other two. Given both, 5 uses
	// RopeScaling.
	RopeParameters *rope    `json:"rope_parameters"`
	RopeTheta      *float64 `json:"rope_theta"`
	RopeScaling    *rope    `json:"rope_scaling"`
}

// fullAttention is the entry of LayerTypes for a layer without a window.
const fullAttention = "full_attention"

type rope struct {
	Type    string   `json:"rope_type"`
	OldType string   `json:"type"`
	Theta   *float64 `json:"rope_theta"`
	Partial *float64 `json:"partial_rotary_factor"`
}

// parseConfig reads a config.json and checks its sizes. The family checks whether the
// server can compute it.
func parseConfig(data []byte) (config, error) {
	var c config
	if err := json.Unmarshal(data, &c); err != nil {
		return c, fmt.Errorf("%w (hint: download the model again)", err)
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
			return c, fmt.Errorf("%s is missing or %d (hint: download the model again)", n.key, n.value)
		}
	}
	switch {
	case c.Heads%c.KVHeads != 0:
		return c, c.indivisible()
	case c.BOS != nil && (*c.BOS < 0 || *c.BOS >= c.Vocabulary):
		return c, fmt.Errorf("bos_token_id %d is not in the vocabulary of %d (hint: download the model again)", *c.BOS, c.Vocabulary)
	case !(c.Epsilon > 0):
		return c, errors.New("rms_norm_eps is missing (hint: download the model again)")
	}
	return c, nil
}

func (c config) indivisible() error {
	return fmt.Errorf("num_attention_heads %d must divide hidden_size %d, and num_key_value_heads %d must divide it (hint: download the model again)",
		c.Heads, c.Hidden, c.KVHeads)
}

func (r rope) kind() string {
	for _, t := range []string{r.Type, r.OldType} {
		if t != "" {
			return t
		}
	}
	return "default"
}

// theta returns the rope's base frequency as transformers 5 resolves it, 0 when the
// config has none.
func (c config) theta() float64 {
	in := c.RopeParameters
	if c.RopeScaling != nil && *c.RopeScaling != (rope{}) {
		in = c.RopeScaling
	}
	switch {
	case in != nil && in.Theta != nil:
		return *in.Theta
	case c.RopeTheta != nil:
		return *c.RopeTheta
	}
	return 0
}

// metadata returns the entries that llama.cpp reads for every such decoder.
func (c config) metadata(architecture string) []gguf.KV {
	return []gguf.KV{
		gguf.Uint32(architecture+".block_count", uint32(c.Layers)),
		gguf.Uint32(architecture+".context_length", uint32(c.Context)),
		gguf.Uint32(architecture+".embedding_length", uint32(c.Hidden)),
		gguf.Uint32(architecture+".feed_forward_length", uint32(c.Intermediate)),
		gguf.Uint32(architecture+keyHeads, uint32(c.Heads)),
		gguf.Uint32(architecture+keyHeadsKV, uint32(c.KVHeads)),
		gguf.Float32(architecture+".rope.freq_base", float32(c.theta())),
		gguf.Float32(architecture+".attention.layer_norm_rms_epsilon", float32(c.Epsilon)),
	}
}
