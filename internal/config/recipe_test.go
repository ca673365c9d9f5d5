package config

import (
	"maps"
	"reflect"
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/dataset"
	"github.com/tunegate/tunegate/internal/store"
)

// rich sets every key of the sections that make a model.
const rich = `version: 1
name: tutor
seed: 7
base: {model: ./base, revision: r1, license: mit}
dataset:
  sources: [{path: "data/*.json", weight: 2, license: cc0}, {path: "more/*.jsonl"}]
  validation: 0.2
  checks: {near_duplicate: {threshold: 0.9}, contamination: {level: warn}, exact_duplicate: {level: warn}}
  tags: [{name: topic, keys: [topic], values: [law, arts], default: law}]
train:
  quantization: none
  lora: {r: 8, alpha: 16, dropout: 0.1, target_modules: [q_proj], rslora: true}
  learning_rate: 0.0002
  epochs: 2.5
  sequence_len: 512
  micro_batch_size: 2
  gradient_accumulation_steps: 1
  sanity_steps: 5
serve:
  template: t.gotmpl
  system: Be brief.
  parameters: {temperature: 0.2, num_ctx: 2048, num_thread: 1, stop: [END]}
`

func parsed(t *testing.T, text string) Config {
	t.Helper()
	c, err := Parse(FileName, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestRecipeStays: these digests were part of lineages before recipes had a form of
// their own. With others, models that are kept would not be found.
func TestRecipeStays(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]store.Key{
		short: "26b8e8f107a452a0c742b1f646c4546ad5f9a32b53354fe66f537ed38f1a3e62",
		rich:  "c4a97d671d32e1873929b9de606485dde0d02bbc432552a204c7ac70d5cdd6c1",
	} {
		if got := store.CanonicalDigest(parsed(t, text).Recipe()); got != want {
			t.Errorf("digest %s, want %s, of\n%s", got, want, text)
		}
	}
}

// TestRecipeOfANewerTool: a check and a key that are new change no recipe, unless a
// config sets them. A default that is another makes another model of a config that
// does not say, and of no other.
func TestRecipeOfANewerTool(t *testing.T) {
	t.Parallel()
	usual := defaults()
	usual.Dataset.Checks["toy"] = dataset.CheckOptions{Level: dataset.Warn, Threshold: 0.5}
	usual.Serve.Parameters["top_k"] = 40
	usual.Train.Epochs = 4
	for name, text := range map[string]string{"short": short, "says the old default": short + "train: {epochs: 3}\n", "rich": rich} {
		c := parsed(t, text)
		before := c.Recipe()
		c.Dataset.Checks["toy"] = usual.Dataset.Checks["toy"]
		c.Serve.Parameters["top_k"] = 40
		if after := c.recipe(usual); !reflect.DeepEqual(after, before) {
			t.Errorf("%s: %v, want %v", name, after, before)
		}
		for what, set := range map[string]func(c *Config){
			"a check of the user's": func(c *Config) { c.Dataset.Checks["toy"] = dataset.CheckOptions{Level: dataset.Off} },
			"a key of the user's":   func(c *Config) { c.Serve.Parameters["top_k"] = 10 },
			"what is the default":   func(c *Config) { c.Train.Epochs = 4 },
		} {
			changed := c
			changed.Dataset.Checks, changed.Serve.Parameters = maps.Clone(c.Dataset.Checks), maps.Clone(c.Serve.Parameters)
			set(&changed)
			if reflect.DeepEqual(changed.recipe(usual), before) {
				t.Errorf("%s: %s is not in the recipe", name, what)
			}
		}
	}
}

// TestRecipeOfToyKeys: the same for a key of a section and of a source, and for one
// that a later version no longer has.
func TestRecipeOfToyKeys(t *testing.T) {
	t.Parallel()
	c := parsed(t, rich)
	first, usual, before := decoded([]byte(firstDefaults)), defaults().sections(), c.Recipe()
	values := c.sections()
	for _, section := range []map[string]any{values, usual} {
		section["train"].(map[string]any)["toy"] = "auto"
		section["toys"] = map[string]any{"toy": 1.0}
		for _, source := range section["dataset"].(map[string]any)["sources"].([]any) {
			source.(map[string]any)["toy"] = false
		}
	}
	if after := settle(values, usual, first); !reflect.DeepEqual(after, before) {
		t.Errorf("%v, want %v", after, before)
	}
	values["dataset"].(map[string]any)["sources"].([]any)[1].(map[string]any)["toy"] = true
	if reflect.DeepEqual(settle(values, usual, first), before) {
		t.Error("what a source says is not in the recipe")
	}

	c = parsed(t, strings.Replace(rich, ", exact_duplicate: {level: warn}", "", 1))
	before, usual, values = c.Recipe(), defaults().sections(), c.sections()
	for _, section := range []map[string]any{values, usual} {
		delete(section["dataset"].(map[string]any)["checks"].(map[string]any), "exact_duplicate")
	}
	if after := settle(values, usual, first); !reflect.DeepEqual(after, before) {
		t.Errorf("without a check of today: %v, want %v", after, before)
	}
}
