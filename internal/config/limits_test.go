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
