package config

import (
	"fmt"

	"github.com/tunegate/tunegate/internal/train"
)

// Exceeded says which value goes beyond the limits, or "".
func (l Limits) Exceeded(o train.Options) string {
	if o.Epochs > l.Epochs {
		return fmt.Sprintf("epochs %v, limit %v", o.Epochs, l.Epochs)
	}
	if o.LoRA.R > l.LoRAR {
		return fmt.Sprintf("lora.r %d, limit %d", o.LoRA.R, l.LoRAR)
	}
	return ""
}
