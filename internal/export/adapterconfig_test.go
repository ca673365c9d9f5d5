package export

import (
	"errors"
	"math"
	"path/filepath"
	"strings"
	"testing"
)

func TestAdapterConfig(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		edit object
		want float64
	}{
		"plain":          {object{}, 2},
		"rsLoRA":         {object{"use_rslora": true}, 12 / math.Sqrt(6)},
		"fraction":       {object{"lora_alpha": 1.5}, 0.25},
		"future and off": {object{"use_new_thing": false, "new_config": nil, "new_list": []int{}}, 2},
		"gaussian":       {object{"init_lora_weights": "gaussian"}, 2},
	} {
		a := newAdapter()
		for key, value := range c.edit {
			a.config[key] = value
		}
		config, err := readAdapterConfig(a.save(t, "").Dir)
		if got := config.scale(); err != nil || got != c.want {
			t.Errorf("%s: scale %v, %v; want %v", name, got, err, c.want)
		}
	}
}

func TestAdapterConfigRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		key         string
		value       any
		unsupported bool
	}{
		{"peft_type", "IA3", true},
		{"bias", "lora_only", true},
		{"use_dora", true, true},
		{"rank_pattern", object{"q_proj": 8}, true},
		{"alpha_pattern", object{"q_proj": 8}, true},
		{"modules_to_save", []string{"lm_head"}, true},
		{"use_new_thing", true, true},
		{"init_lora_weights", "pissa", true},
		{"r", 0, false},
		{"lora_alpha", -1, false},
		{"lora_alpha", "big", false},
	} {
		a := newAdapter()
		a.config[c.key] = c.value
		_, err := readAdapterConfig(a.save(t, "").Dir)
		var named *Error
		if err == nil || errors.As(err, &named) != c.unsupported || !strings.Contains(err.Error(), c.key) ||
			!strings.Contains(err.Error(), adapterConfigFile) {
			t.Errorf("%s %v: error %v", c.key, c.value, err)
		}
	}
	dir := t.TempDir()
	save(t, filepath.Join(dir, adapterConfigFile), []byte("{"))
	if _, err := readAdapterConfig(dir); err == nil || !strings.Contains(err.Error(), dir) {
		t.Errorf("broken JSON: error %v", err)
	}
}

func TestMissingTarget(t *testing.T) {
	t.Parallel()
	modules := []string{"model.layers.0.self_attn.q_proj", "model.layers.0.mlp.up_proj"}
	for want, targets := range map[string][]string{
		"":         {"q_proj", "mlp.up_proj", "model.layers.0.mlp.up_proj"},
		"k_proj":   {"q_proj", "k_proj"},
		"_proj":    {"_proj"},
		"layers.1": {"layers.1"},
	} {
		got, missing := adapterConfig{targets: targets}.missingTarget(modules)
		if got != want || missing != (want != "") {
			t.Errorf("%v: %q, want %q", targets, got, want)
		}
	}
}
