package config

import (
	"strings"
	"testing"
	"time"

	"github.com/tunegate/tunegate/internal/train"
)

// TestRecords: no more records are read than limits.rows has use for.
func TestRecords(t *testing.T) {
	t.Parallel()
	for rows, want := range map[int]int{1: 200_000, 50_000: 200_000, 60_000: 240_000, maxRows: 1_000_000} {
		if got := (Limits{Rows: rows}).Records(); got != want {
			t.Errorf("%d rows: %d records, want %d", rows, got, want)
		}
	}
}

// TestExceeded: each value under `train:` that takes time or memory is bounded, by the
// limits that a config names or by its own values.
func TestExceeded(t *testing.T) {
	t.Parallel()
	const text = short + "train: {lora: {r: 8, target_modules: [q_proj, v_proj]}, epochs: 3, sequence_len: 512, micro_batch_size: 4, gradient_accumulation_steps: 2, sanity_steps: 30}\nlimits: {lora_r: 16}\n"
	limits := parsed(t, text).Limits
	for name, test := range map[string]struct {
		change func(o *train.Options)
		over   string
	}{
		"its own":                       {func(*train.Options) {}, ""},
		"what takes nothing":            {func(o *train.Options) { o.LearningRate, o.LoRA.Alpha, o.LoRA.Dropout, o.LoRA.RSLoRA = 1, 64, .5, true }, ""},
		"less of everything":            {func(o *train.Options) { o.Epochs, o.SequenceLen, o.MicroBatchSize, o.SanitySteps = 1, 64, 1, 0 }, ""},
		"the same batch, smaller parts": {func(o *train.Options) { o.MicroBatchSize, o.GradientAccumulationSteps = 1, 8 }, ""},
		"a larger batch":                {func(o *train.Options) { o.GradientAccumulationSteps, o.SanitySteps = 8, 0 }, ""},
		"at the limit":                  {func(o *train.Options) { o.LoRA.R = 16 }, ""},
		"more modules, lower rank":      {func(o *train.Options) { o.LoRA.TargetModules = []string{"q_proj", "k_proj", "v_proj", "o_proj"} }, ""},
		"epochs":                        {func(o *train.Options) { o.Epochs = 3.5 }, "epochs 3.5, limit 3"},
		"lora.r":                        {func(o *train.Options) { o.LoRA.R = 17 }, "lora.r 17, limit 16"},
		"more modules, same rank": {func(o *train.Options) {
			o.LoRA.R, o.LoRA.TargetModules = 16, []string{"q_proj", "k_proj", "v_proj", "o_proj"}
		}, "lora.r 16 for 4 target_modules, limit 16 for 2"},
		"quantization":          {func(o *train.Options) { o.Quantization = "none" }, "quantization none, limit nf4"},
		"sequence_len":          {func(o *train.Options) { o.SequenceLen = 513 }, "sequence_len 513, limit 512"},
		"micro_batch_size":      {func(o *train.Options) { o.MicroBatchSize, o.GradientAccumulationSteps = 8, 1 }, "micro_batch_size 8, limit 4"},
		"sanity_steps":          {func(o *train.Options) { o.SanitySteps = 31 }, "a sanity run of 248 rows (sanity_steps times batch), limit 240"},
		"sanity steps of more":  {func(o *train.Options) { o.GradientAccumulationSteps = 4 }, "a sanity run of 480 rows"},
		"one sanity step of it": {func(o *train.Options) { o.GradientAccumulationSteps, o.SanitySteps = 4096, 0 }, "a sanity run of 16384 rows"},
	} {
		o := parsed(t, text).Train
		test.change(&o)
		if over := limits.Exceeded(o); !strings.HasPrefix(over, test.over) || (over == "") != (test.over == "") {
			t.Errorf("%s: got %q, want %q", name, over, test.over)
		}
	}
}

func TestWhatARunMayTake(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Limits{
		"":                               {},
		"duration: 5h, disk: 80GB":       {Duration: 5 * time.Hour, Disk: 80e9},
		"duration: 1h30m, disk: 1.5 TiB": {Duration: 90 * time.Minute, Disk: 3 << 39},
		"disk: 10MB":                     {Disk: 1e7},
	} {
		c, err := Parse("tunegate.yaml", []byte(short+"limits: {"+text+"}\n"))
		if err != nil || c.Limits.Duration != want.Duration || c.Limits.Disk != want.Disk {
			t.Errorf("%s: %+v, %v", text, c.Limits, err)
		}
	}
	for text, want := range map[string]string{
		"duration: 5":                "tunegate.yaml:5: \"5\" is not a valid time limit (hint: such as 5h",
		"duration: -5h":              "is not a valid time limit",
		"duration: 0s":               "is not a valid time limit",
		"duration: 841h":             "is not a valid time limit",
		"duration: soon":             "is not a valid time limit",
		"disk: 80":                   "tunegate.yaml:5: `limits.disk` \"80\" is not a disk size (hint: such as 80GB)",
		"disk: 0GB":                  "is not a disk size",
		"disk: -1GB":                 "is not a disk size",
		"disk: 80gb":                 "is not a disk size",
		"disk: 999999999TB":          "is not a disk size",
		"disc: 80GB":                 `unknown key "disc" (hint: did you mean "disk"?)`,
		"duration: 5h, duration: 6h": "duration",
	} {
		if _, err := Parse("tunegate.yaml", []byte(short+"limits: {"+text+"}\n")); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", text, err, want)
		}
	}
}
