package config

import (
	"fmt"

	"github.com/tunegate/tunegate/internal/train"
)

func (p *parser) limits(t train.Options) Limits {
	f := p.file.Limits
	l := Limits{
		Epochs: t.Epochs, Rows: p.between([]any{"limits", "rows"}, or(f.Rows, 50_000), 1, maxRows), LoRAR: t.LoRA.R,
	}
	if f.Epochs != nil {
		l.Epochs = p.above([]any{"limits", "epochs"}, *f.Epochs)
	}
	if f.LoRAR != nil {
		l.LoRAR = p.between([]any{"limits", "lora_r"}, *f.LoRAR, 1, maxLoRAR)
	}
	return l
}

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
