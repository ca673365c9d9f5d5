package config

import (
	"encoding/json"
	"fmt"
	"reflect"
)

// Recipe is what a config says of how a model is made: the sections dataset, train,
// export and serve, and the seed, resolved, as a lineage has them. A key or check that
// a later version of tunegate knows changes no recipe: one that is not among the first
// stands there only where it is set otherwise than by default.
func (c Config) Recipe() map[string]any { return c.recipe(defaults()) }

func (c Config) recipe(usual Config) map[string]any {
	return settle(c.sections(), usual.sections(), decoded([]byte(firstDefaults)))
}

// firstDefaults are the keys that were there when lineages were first kept, in homes
// and ledgers, with their defaults of then, which stand for a key that a version no
// longer has. They never change: with others, models that are kept would not be found.
const firstDefaults = `{
	"dataset": {
		"sources": [{"path": "x", "weight": 1, "license": ""}],
		"validation": 0.1, "system": "", "seed": 42,
		"checks": {
			"byte_order_mark": {"level": "warn", "threshold": 0}, "contamination": {"level": "error", "threshold": 0},
			"context": {"level": "error", "threshold": 0}, "duplicate_key": {"level": "error", "threshold": 0},
			"encoding": {"level": "error", "threshold": 0}, "exact_duplicate": {"level": "warn", "threshold": 0},
			"json": {"level": "error", "threshold": 0}, "level": {"level": "warn", "threshold": 0},
			"near_duplicate": {"level": "warn", "threshold": 0.85}, "no_answer": {"level": "error", "threshold": 0},
			"no_question": {"level": "error", "threshold": 0}, "type": {"level": "error", "threshold": 0},
			"unused_text": {"level": "warn", "threshold": 0}
		}
	},
	"train": {
		"quantization": "nf4",
		"lora": {
			"r": 16, "alpha": 32, "dropout": 0.05, "rslora": false,
			"target_modules": ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
		},
		"learning_rate": 0.0001, "epochs": 3, "sequence_len": 4096,
		"micro_batch_size": 4, "gradient_accumulation_steps": 4, "sanity_steps": 0
	},
	"export": {"quantization": "f16"},
	"serve": {"template": "", "system": "", "parameters": {"repeat_penalty": 1, "num_ctx": 4096, "num_predict": 1024}},
	"seed": 42
}`

// defaults is the config that says no more than it must.
func defaults() Config {
	c, err := Parse(FileName, []byte("{version: 1, name: x, base: {model: ./x}, dataset: {sources: [{path: x}]}}"))
	if err != nil {
		panic(fmt.Sprintf("config: the shortest one: %v", err))
	}
	return c
}

func (c Config) sections() map[string]any {
	data, err := json.Marshal(map[string]any{"dataset": c.Dataset, "train": c.Train, "export": c.Export, "serve": c.Serve, "seed": c.Seed})
	if err != nil {
		panic(fmt.Sprintf("config: %v", err)) // only a number that is not finite can do that, and Parse lets none in
	}
	return decoded(data)
}

func decoded(data []byte) (object map[string]any) {
	if err := json.Unmarshal(data, &object); err != nil {
		panic(fmt.Sprintf("config: %v", err))
	}
	return object
}

// settle writes the values of a section without those that came later than the first
// and are the usual ones, the defaults of this version.
func settle(values, usual, first map[string]any) map[string]any {
	settled := map[string]any{}
	for key, value := range values {
		now, hasDefault := usual[key]
		then, old := first[key]
		inner, ok := nested(value, now, then)
		switch {
		case ok && (old || !empty(inner)):
			settled[key] = inner
		case !ok && (old || !hasDefault || !reflect.DeepEqual(value, now)):
			settled[key] = value
		}
	}
	for key, then := range first {
		_, here := values[key]
		if _, known := usual[key]; !here && !known {
			settled[key] = then // this version no longer has it
		}
	}
	return settled
}

// nested settles a section inside a section, and each of a list of them.
func nested(value, now, then any) (settled any, ok bool) {
	switch value := value.(type) {
	case map[string]any:
		usual, ok := now.(map[string]any)
		first, _ := then.(map[string]any)
		return settle(value, usual, first), ok
	case []any:
		usual, ok := now.([]any)
		first, _ := then.([]any)
		if !ok || len(usual) == 0 || len(value) == 0 {
			return nil, false
		}
		var all []any
		for _, item := range value {
			inner, ok := nested(item, usual[0], element(first))
			if !ok {
				return nil, false
			}
			all = append(all, inner)
		}
		return all, true
	}
	return nil, false
}

// element is what the objects of a list begin as.
func element(list []any) any {
	if len(list) == 0 {
		return nil
	}
	return list[0]
}

func empty(v any) bool {
	section, ok := v.(map[string]any)
	return ok && len(section) == 0
}
