package export

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/base"
)

// expectRefusal converts a model after edit and wants an error with both texts.
func expectRefusal(t *testing.T, edit func(*baseFolder), file, want string) {
	t.Helper()
	m := newModel(true)
	edit(m)
	out := filepath.Join(t.TempDir(), "base.gguf")
	_, err := WriteBase(context.Background(), m.open(t), out)
	if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), file) {
		t.Errorf("error %v, want one with %q and %q", err, file, want)
	}
	expectEmpty(t, filepath.Dir(out))
}

func TestConfigRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		key   string
		value any
		want  string
	}{
		{"architectures", []string{"LlamaForCausalLM"}, `architectures is ["LlamaForCausalLM"]`},
		{"architectures", nil, "architectures is []"},
		{"vocab_size", nil, "vocab_size is missing or 0"},
		{"hidden_size", -32, "hidden_size is missing or -32"},
		{"num_hidden_layers", 1 << 40, "num_hidden_layers is missing or"},
		{"num_attention_heads", 5, "num_attention_heads 5 must divide hidden_size 32"},
		{"num_key_value_heads", 3, "num_key_value_heads 3 must divide it"},
		{"head_dim", 16, "head_dim 16"},
		{"rms_norm_eps", nil, "rms_norm_eps is missing"},
		{"hidden_act", "gelu", `hidden_act "gelu"`},
		{"use_sliding_window", true, "use_sliding_window"},
		{"layer_types", []string{"sliding_attention"}, "layer_types"},
		{"bos_token_id", 12, "bos_token_id 12 is not in the vocabulary of 12"},
		{"rope_parameters", nil, "neither rope_parameters.rope_theta nor rope_theta"},
		{"rope_parameters", object{"rope_type": "default"}, "neither rope_parameters.rope_theta nor rope_theta"},
		{"rope_parameters", object{"rope_theta": 0, "rope_type": "default"}, "neither"},
		{"rope_parameters", object{"rope_theta": 1e6, "rope_type": "yarn", "factor": 4}, `type "yarn"`},
		{"rope_parameters", object{"rope_theta": 1e6, "partial_rotary_factor": 0.5}, `type "default" is not supported`},
		{"rope_scaling", object{"type": "linear", "factor": 2}, `type "linear"`},
		{"quantization_config", object{"quant_method": "gptq", "bits": 4}, "already quantized"},
		{"hidden_size", "large", "hidden_size"},
	} {
		t.Run(c.key, func(t *testing.T) {
			t.Parallel()
			expectRefusal(t, func(m *baseFolder) { m.config[c.key] = c.value }, base.ConfigFile, c.want)
		})
	}
}

func TestMissingFiles(t *testing.T) {
	t.Parallel()
	for name, optional := range map[string]bool{
		base.ConfigFile: false, base.TokenizerFile: false, base.TokenizerConfigFile: false, "model.safetensors": false, base.GenerationConfigFile: true,
	} {
		dir := newModel(true).save(t)
		if err := os.Remove(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
		out := filepath.Join(t.TempDir(), "base.gguf")
		_, err := WriteBase(context.Background(), base.Open(dir), out)
		if optional {
			if err != nil {
				t.Errorf("without %s: %v", name, err)
			}
			continue
		}
		if err == nil || !strings.Contains(err.Error(), strings.TrimPrefix(name, "model")) || !strings.Contains(err.Error(), dir) || !strings.HasSuffix(err.Error(), ")") {
			t.Errorf("without %s: error %v, want one that names it, with a hint", name, err)
		}
		expectEmpty(t, filepath.Dir(out))
	}
}
