package export

import (
	"fmt"
	"maps"
	"math"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/tunegate/tunegate/internal/bounded"
)

const adapterConfigFile = "adapter_config.json"

// adapterConfig holds the keys of PEFT's adapter_config.json that decide the change.
type adapterConfig struct {
	PEFTType      string         `json:"peft_type"`
	Rank          int            `json:"r"`
	Alpha         float64        `json:"lora_alpha"`
	RSLoRA        bool           `json:"use_rslora"`
	Bias          string         `json:"bias"`
	Init          jsontext.Value `json:"init_lora_weights"`
	TargetModules jsontext.Value `json:"target_modules"`

	targets []string
}

// neutral keys may hold anything: they do not change what the factors mean, or
// adapterConfig reads them. Every other key, including future ones, must be empty.
var neutral = []string{
	"auto_mapping", "base_model_name_or_path", "bias", "ensure_weight_tying", "eva_config", "exclude_modules",
	"inference_mode", "init_lora_weights", "layers_pattern", "layers_to_transform", "loftq_config", "lora_alpha",
	"lora_dropout", "megatron_core", "peft_type", "peft_version", "qalora_group_size", "r", "revision",
	"target_modules", "task_type", "use_rslora",
}

// emptyValues are the JSON values that switch an option off.
var emptyValues = []string{"null", "false", "{}", "[]"}

// inits are the initialisations that leave the base's weights unchanged; PiSSA and
// similar ones do not.
var inits = []string{"", "true", "false", `"gaussian"`, `"orthogonal"`, `"eva"`}

// readAdapterConfig reads the config in the adapter folder dir.
func readAdapterConfig(dir string) (adapterConfig, error) {
	path := filepath.Join(dir, adapterConfigFile)
	data, err := bounded.ReadFile(path, maxTrained)
	if err != nil {
		return adapterConfig{}, err
	}
	var all map[string]jsontext.Value
	if err := json.Unmarshal(data, &all); err != nil {
		return adapterConfig{}, fmt.Errorf("%s: %w (hint: train again)", path, err)
	}
	var c adapterConfig
	if err := json.Unmarshal(data, &c); err != nil {
		return c, fmt.Errorf("%s: %w (hint: train again)", path, err)
	}
	const hint = "train a plain LoRA: bias none, one rank and alpha, linear layers only"
	for _, key := range slices.Sorted(maps.Keys(all)) {
		if value := string(all[key]); !slices.Contains(neutral, key) && !slices.Contains(emptyValues, strings.Join(strings.Fields(value), "")) {
			return c, fail(Unsupported, hint, "%s: %s is %s", path, key, value)
		}
	}
	switch {
	case c.PEFTType != "LORA":
		return c, fail(Unsupported, hint, "%s: peft_type is %q", path, c.PEFTType)
	case c.Bias != "none":
		return c, fail(Unsupported, hint, "%s: bias is %q", path, c.Bias)
	case !slices.Contains(inits, string(c.Init)):
		return c, fail(Unsupported, hint, "%s: init_lora_weights is %s, which changes the base's weights", path, c.Init)
	case c.Rank < 1 || c.Alpha <= 0:
		return c, fmt.Errorf("%s: r %d and lora_alpha %v must be above 0 (hint: train again)", path, c.Rank, c.Alpha)
	}
	if c.TargetModules.Kind() == '[' {
		err = json.Unmarshal(c.TargetModules, &c.targets)
	}
	return c, err
}

// scale returns the factor s of s*B*A.
func (c adapterConfig) scale() float64 {
	if c.RSLoRA {
		return c.Alpha / math.Sqrt(float64(c.Rank))
	}
	return c.Alpha / float64(c.Rank)
}

// missingTarget returns a target that matches no module. Like PEFT, it matches the
// whole name or its part after a dot.
func (c adapterConfig) missingTarget(modules []string) (string, bool) {
	i := slices.IndexFunc(c.targets, func(target string) bool {
		return !slices.ContainsFunc(modules, func(m string) bool { return m == target || strings.HasSuffix(m, "."+target) })
	})
	if i < 0 {
		return "", false
	}
	return c.targets[i], true
}
