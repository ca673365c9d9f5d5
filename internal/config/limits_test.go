package config

import (
	"testing"

	"github.com/tunegate/tunegate/internal/train"
)

func TestExceeded(t *testing.T) {
	t.Parallel()
	limits := Limits{Epochs: 3, LoRAR: 16}
	o := train.Options{Epochs: 3, LoRA: train.LoRA{R: 16}}
	if over := limits.Exceeded(o); over != "" {
		t.Errorf("at the limit: %s", over)
	}
	o.LoRA.R = 17
	if over := limits.Exceeded(o); over != "lora.r 17, limit 16" {
		t.Errorf("got %q", over)
	}
}

func TestSamePolicy(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		one, other string
		want       bool
	}{
		"nothing":             {"", "", true},
		"train values":        {"train: {epochs: 2, lora: {r: 8}}\n", "train: {epochs: 3, lora: {r: 16}}\n", true},
		"the same limits":     {"limits: {epochs: 5}\ntrain: {lora: {r: 8}}\n", "limits: {epochs: 5}\n", true},
		"other limits":        {"limits: {epochs: 5}\n", "limits: {epochs: 6}\n", false},
		"a limit that is new": {"", "limits: {lora_r: 16}\n", false},
		"rows":                {"", "limits: {rows: 5}\n", false},
		"seed":                {"", "seed: 7\n", false},
		"gate":                {"", "gate: {merge: {margin: 0.2}}\n", false},
		"a default, written":  {"", "gate: {merge: {margin: 0.1}}\n", true},
		"serve":               {"", "serve: {system: Be kind.}\n", false},
	}
	for name, test := range tests {
		parse := func(text string) Config {
			t.Helper()
			c, err := Parse("tunegate.yaml", []byte(short+text))
			if err != nil {
				t.Fatal(err)
			}
			return c
		}
		if got := parse(test.one).SamePolicy(parse(test.other)); got != test.want {
			t.Errorf("%s: got %v", name, got)
		}
	}
}
