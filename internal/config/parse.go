package config

import (
	"errors"
	"maps"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/tunegate/tunegate/internal/dataset"
	"github.com/tunegate/tunegate/internal/document"
	"github.com/tunegate/tunegate/internal/export"
	"github.com/tunegate/tunegate/internal/gate"
	"github.com/tunegate/tunegate/internal/train"
)

// tagName is what an Ollama tag and a file name can both be.
var tagName = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,62}$`)

type parser struct {
	doc      *document.Document
	file     file
	mistakes []error
}

// Parse reads a configuration. Every mistake is reported with file and line.
func Parse(name string, data []byte) (Config, error) {
	doc, err := document.Parse(name, data)
	if err != nil {
		return Config{}, err
	}
	p := parser{doc: doc}
	if err := doc.Decode(&p.file, planned()...); err != nil {
		return Config{}, err
	}
	c := p.config()
	return c, errors.Join(p.mistakes...)
}

func (p *parser) fail(at []any, format string, args ...any) {
	p.mistakes = append(p.mistakes, p.doc.Errorf(at, format, args...))
}

func (p *parser) config() Config {
	f := p.file
	if f.Version != 1 {
		p.fail([]any{"version"}, "`version` must be 1, the only version of this format")
	}
	if !tagName.MatchString(f.Name) {
		p.fail([]any{"name"}, "`name` must be lower-case letters, digits, '.', '_' and '-' (it names the tags: NAME-base, NAME:pr-42-...)")
	}
	c := Config{
		Name: f.Name, Seed: or(f.Seed, 42),
		Base:   p.base(),
		Export: export.Options{Quantization: p.oneOf([]any{"export", "quantization"}, f.Export.Quantization, "f16")},
		Runner: p.runner(),
		Gate:   p.gate(),
	}
	c.Train = p.train()
	c.Serve = p.serve()
	c.Dataset = p.dataset(c)
	c.Eval = p.eval(c.Serve)
	c.Limits = Limits{
		Epochs: or(f.Limits.Epochs, c.Train.Epochs),
		Rows:   or(f.Limits.Rows, 50_000),
		LoRAR:  or(f.Limits.LoRAR, c.Train.LoRA.R),
	}
	return c
}

func (p *parser) base() Base {
	b := p.file.Base
	switch {
	case b.Model == "":
		p.fail([]any{"base"}, "`base.model` is missing (hint: name the folder of the base model)")
	case isHubID(b.Model):
		p.fail([]any{"base", "model"}, "%q looks like a hub id, and fetching one is not built yet (hint: name a folder, such as ./base or /models/NAME)", b.Model)
	case !filepath.IsAbs(b.Model):
		p.inside([]any{"base", "model"}, b.Model)
	}
	p.oneOf([]any{"base", "gguf"}, b.GGUF, "auto")
	return Base{Model: b.Model, Revision: b.Revision, License: b.License}
}

// isHubID tells OWNER/NAME from a folder, which starts with a dot or a slash.
func isHubID(model string) bool {
	return !filepath.IsAbs(model) && !strings.HasPrefix(model, ".") && strings.Count(model, "/") == 1
}

func (p *parser) train() train.Options {
	f := p.file.Train
	o := train.Options{
		Quantization: p.oneOf([]any{"train", "quantization"}, f.Quantization, "nf4", "none"),
		LoRA: train.LoRA{
			R:             p.atLeast([]any{"train", "lora", "r"}, or(f.LoRA.R, 16), 1),
			Alpha:         or(f.LoRA.Alpha, 32),
			Dropout:       or(f.LoRA.Dropout, 0.05),
			TargetModules: f.LoRA.TargetModules,
			RSLoRA:        f.LoRA.RSLoRA,
		},
		LearningRate:              or(f.LearningRate, 1e-4),
		Epochs:                    or(f.Epochs, 3),
		SequenceLen:               p.atLeast([]any{"train", "sequence_len"}, or(f.SequenceLen, 4096), 16),
		MicroBatchSize:            p.atLeast([]any{"train", "micro_batch_size"}, or(f.MicroBatchSize, 4), 1),
		GradientAccumulationSteps: p.atLeast([]any{"train", "gradient_accumulation_steps"}, or(f.GradientAccumulationSteps, 4), 1),
		SanitySteps:               p.sanitySteps(),
	}
	if o.LoRA.TargetModules == nil {
		o.LoRA.TargetModules = []string{"q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"}
	}
	if len(o.LoRA.TargetModules) == 0 {
		p.fail([]any{"train", "lora", "target_modules"}, "`target_modules` is empty, so nothing would be trained")
	}
	for i, module := range o.LoRA.TargetModules {
		if module == "embed_tokens" || module == "lm_head" {
			p.fail([]any{"train", "lora", "target_modules", i}, "%s can not be a LoRA target here (hint: the vocabulary stays the base's)", module)
		}
	}
	p.above([]any{"train", "lora", "alpha"}, o.LoRA.Alpha)
	p.above([]any{"train", "learning_rate"}, o.LearningRate)
	p.above([]any{"train", "epochs"}, o.Epochs)
	if o.LoRA.Dropout < 0 || o.LoRA.Dropout >= 1 {
		p.fail([]any{"train", "lora", "dropout"}, "`dropout` %v is a share from 0 to below 1", o.LoRA.Dropout)
	}
	return o
}

func (p *parser) sanitySteps() int {
	node := p.file.Train.SanitySteps
	if node.Kind == 0 || node.Value == "auto" {
		return 0
	}
	var steps int
	if err := node.Load(&steps); err != nil || steps < 1 {
		p.fail([]any{"train", "sanity_steps"}, "`sanity_steps` is auto or a number of steps from 1 up")
	}
	return steps
}

func (p *parser) dataset(c Config) dataset.Options {
	f := p.file.Dataset
	o := dataset.Options{
		Validation: p.share([]any{"dataset", "validation"}, or(f.Validation, 0.1)),
		System:     c.Serve.System, Seed: c.Seed, Checks: dataset.DefaultChecks(),
	}
	if len(f.Sources) == 0 {
		p.fail([]any{"dataset"}, "`dataset.sources` names no record file")
	}
	for i, source := range f.Sources {
		at := []any{"dataset", "sources", i}
		p.inside(at, source.Path)
		o.Sources = append(o.Sources, dataset.Source{
			Path: source.Path, License: source.License, Weight: p.atLeast(at, or(source.Weight, 1), 1),
		})
	}
	for _, name := range slices.Sorted(maps.Keys(f.Checks)) {
		at := []any{"dataset", "checks", name}
		check, known := o.Checks[name]
		if !known {
			p.fail(at, "unknown check %q (known: %s)", name, strings.Join(slices.Sorted(maps.Keys(o.Checks)), ", "))
			continue
		}
		given := f.Checks[name]
		if given.Level != "" {
			check.Level = dataset.Level(p.oneOf(append(at, "level"), given.Level, "error", "warn", "off"))
		}
		if given.Threshold != nil {
			check.Threshold = p.share(append(at, "threshold"), *given.Threshold)
		}
		o.Checks[name] = check
	}
	return o
}

func (p *parser) eval(serve Serve) Eval {
	f := p.file.Eval
	e := Eval{
		Suites: f.Suites, SanityPrompts: f.SanityPrompts,
		NumCtx: number(serve.Parameters["num_ctx"]), NumPredict: number(serve.Parameters["num_predict"]),
	}
	if e.Suites == nil {
		e.Suites = []string{"suites/*.suite.yaml"}
	}
	for i, glob := range e.Suites {
		p.inside([]any{"eval", "suites", i}, glob)
	}
	if e.SanityPrompts != "" {
		p.inside([]any{"eval", "sanity_prompts"}, e.SanityPrompts)
	}
	if b := f.Baseline; b != "" && b != "stable" && b != "base" {
		p.fail([]any{"eval", "baseline"}, "a tag as `baseline` is not built yet (hint: use stable or base)")
	}
	return e
}

func (p *parser) runner() Runner {
	r := Runner{Python: p.file.Runner.Python, Ollama: p.file.Runner.Ollama}
	if r.Python == "" {
		r.Python = "auto"
	}
	if r.Python != "auto" && !filepath.IsAbs(r.Python) {
		p.fail([]any{"runner", "python"}, "`runner.python` is auto or the absolute path of an interpreter")
	}
	if r.Ollama == "" {
		r.Ollama = "auto"
	}
	return r
}

func (p *parser) gate() gate.Policy {
	merge, promote := p.file.Gate.Merge, p.file.Gate.Promote
	return gate.Policy{
		Merge: gate.Merge{
			NoHarm:         merge.NoHarm,
			Margin:         p.share([]any{"gate", "merge", "margin"}, or(merge.Margin, 0.10)),
			OnInconclusive: p.oneOf([]any{"gate", "merge", "on_inconclusive"}, merge.OnInconclusive, "pass", "block"),
			OutputTokens:   p.ratio([]any{"gate", "merge", "output_tokens"}, merge.OutputTokens),
		},
		Promote: gate.Promote{
			Gain: gate.Gain{
				AnyOf:   promote.Gain.AnyOf,
				AtLeast: p.share([]any{"gate", "promote", "gain", "at_least"}, or(promote.Gain.AtLeast, 0.03)),
			},
			NoWorse: gate.NoWorse{
				AllOf:  promote.NoWorse.AllOf,
				Margin: p.share([]any{"gate", "promote", "no_worse", "margin"}, or(promote.NoWorse.Margin, 0.10)),
			},
			LatencyMedian: p.ratio([]any{"gate", "promote", "latency_median"}, promote.LatencyMedian),
		},
	}
}

func (p *parser) ratio(at []any, f *ratioFile) *gate.Ratio {
	if f == nil {
		return nil
	}
	if f.MaxRatio == nil || *f.MaxRatio <= 0 {
		p.fail(at, "`max_ratio` is missing or not above 0")
		return nil
	}
	return &gate.Ratio{MaxRatio: *f.MaxRatio}
}

// inside refuses a path that leaves the repository.
func (p *parser) inside(at []any, name string) {
	clean := path.Clean(strings.TrimPrefix(name, "./"))
	if name == "" || path.IsAbs(name) || strings.Contains(name, `\`) || !filepath.IsLocal(clean) {
		p.fail(at, "%q must be a path inside the repository, with slashes", name)
	}
}

// oneOf is the value, or the first known one when it is empty.
func (p *parser) oneOf(at []any, value string, known ...string) string {
	switch {
	case value == "":
		return known[0]
	case slices.Contains(known, strings.ToLower(value)):
		return strings.ToLower(value)
	case slices.Contains([]string{"q8_0", "q4_k_m"}, strings.ToLower(value)):
		p.fail(at, "%s is not built yet (known: %s)", value, strings.Join(known, ", "))
	case at[0] == "base":
		p.fail(at, "%s is not built yet (known: %s)", value, strings.Join(known, ", "))
	default:
		p.fail(at, "unknown value %q (known: %s)", value, strings.Join(known, ", "))
	}
	return known[0]
}

func (p *parser) atLeast(at []any, value, low int) int {
	if value < low {
		p.fail(at, "%v is below %d", value, low)
	}
	return value
}

func (p *parser) above(at []any, value float64) {
	if !(value > 0) {
		p.fail(at, "%v is not above 0", value)
	}
}

func (p *parser) share(at []any, value float64) float64 {
	if !(value >= 0 && value <= 1) {
		p.fail(at, "%v is not a share from 0 to 1", value)
	}
	return value
}

func or[T any](given *T, otherwise T) T {
	if given == nil {
		return otherwise
	}
	return *given
}
