package config

import (
	"fmt"
	"time"

	"github.com/tunegate/tunegate/internal/records"
	"github.com/tunegate/tunegate/internal/train"
)

func (p *parser) limits(t train.Options) Limits {
	f := p.file.Limits
	l := Limits{
		Epochs: t.Epochs, Rows: p.between([]any{"limits", "rows"}, or(f.Rows, 50_000), 1, maxRows), LoRAR: t.LoRA.R, Train: t,
	}
	if f.Epochs != nil {
		l.Epochs = p.above([]any{"limits", "epochs"}, *f.Epochs)
	}
	if f.LoRAR != nil {
		l.LoRAR = p.between([]any{"limits", "lora_r"}, *f.LoRAR, 1, maxLoRAR)
	}
	if l.Duration = p.duration([]any{"limits", "duration"}, f.Duration); f.Disk != "" {
		var is bool
		if l.Disk, is = size(f.Disk); !is {
			p.fail([]any{"limits", "disk"}, "`limits.disk` %.60q is not a disk size (hint: such as 80GB)", f.Disk)
		}
	}
	return l
}

// Bounds on records, which may be more than rows: what occurs twice is one row.
const (
	recordsARow = 4
	fewRecords  = 200_000 // take 8 s of a processor and 0.3 GB
)

// Records is how many records are read in all; a change that has more is refused before
// any is looked at.
func (l Limits) Records() int {
	return min(max(recordsARow*l.Rows, fewRecords), records.MaxRecords)
}

// What a run can be given.
const (
	minDuration = time.Second
	maxDuration = 35 * 24 * time.Hour // GitHub's own for a workflow
)

func (p *parser) duration(at []any, text string) time.Duration {
	if text == "" {
		return 0
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < minDuration || d > maxDuration {
		p.fail(at, "%.60q is not a valid time limit (hint: such as 5h or 1h30m, at most 840h)", text)
		return 0
	}
	return d
}

// Exceeded says which value takes more time or memory than the limits allow, or "".
func (l Limits) Exceeded(o train.Options) string {
	own := l.Train
	adapter, largest := o.LoRA.R*len(o.LoRA.TargetModules), l.LoRAR*len(own.LoRA.TargetModules)
	sanity, longest := max(1, o.SanitySteps), max(train.MostSanitySteps, own.SanitySteps)
	switch {
	case o.Epochs > l.Epochs:
		return fmt.Sprintf("epochs %v, limit %v", o.Epochs, l.Epochs)
	case o.LoRA.R > l.LoRAR:
		return fmt.Sprintf("lora.r %d, limit %d", o.LoRA.R, l.LoRAR)
	case adapter > largest:
		return fmt.Sprintf("lora.r %d for %d target_modules, limit %d for %d", o.LoRA.R, len(o.LoRA.TargetModules), l.LoRAR, len(own.LoRA.TargetModules))
	case o.Quantization != own.Quantization && own.Quantization == "nf4":
		return fmt.Sprintf("quantization %s, limit %s", o.Quantization, own.Quantization)
	case o.SequenceLen > own.SequenceLen:
		return fmt.Sprintf("sequence_len %d, limit %d", o.SequenceLen, own.SequenceLen)
	case o.MicroBatchSize > own.MicroBatchSize:
		return fmt.Sprintf("micro_batch_size %d, limit %d", o.MicroBatchSize, own.MicroBatchSize)
	case sanity*o.Batch() > longest*own.Batch():
		return fmt.Sprintf("a sanity run of %d rows (sanity_steps times batch), limit %d", sanity*o.Batch(), longest*own.Batch())
	}
	return ""
}
