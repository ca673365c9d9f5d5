package config

import (
	"cmp"
	"errors"
	"maps"
	"math"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/tunegate/tunegate/internal/dataset"
	"github.com/tunegate/tunegate/internal/export"
	"github.com/tunegate/tunegate/internal/gate"
	"github.com/tunegate/tunegate/internal/strictyaml"
	"github.com/tunegate/tunegate/internal/train"
)

// tagName is what an Ollama tag and a file name can both be.
var tagName = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,62}$`)

// IsName says whether a text can be a model's name.
func IsName(s string) bool { return tagName.MatchString(s) }

// baselineTag is a model's tag. One without a version could be mistaken for a
// misspelt word.
var baselineTag = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._/-]{0,100}(-base|-lora-[A-Za-z0-9._-]{1,40}|:[A-Za-z0-9._-]{1,80})$`)

type parser struct {
	doc      *strictyaml.Document
	file     file
	mistakes []error
}

// Parse reads a configuration. Every mistake is reported with file and line.
func Parse(name string, data []byte) (Config, error) {
	doc, err := strictyaml.Parse(name, data)
	if err != nil {
		return Config{}, err
	}
	doc.Topic = topic
	p := parser{doc: doc}
	if err := doc.Decode(&p.file, planned()...); err != nil {
		return Config{}, err
	}
	c := p.config()
	return c, errors.Join(p.mistakes...)
}

func (p *parser) config() Config {
	f := p.file
	if f.Version != 1 {
		p.fail([]any{"version"}, "`version` must be 1, the only version of this format")
	}
	if !IsName(f.Name) {
		p.fail([]any{"name"}, "`name` must be lower-case letters, digits, '.', '_' and '-' (it names the tags: NAME-base, NAME:pr-42-...)")
	}
	if f.Seed != nil && *f.Seed > math.MaxUint32 {
		p.fail([]any{"seed"}, "`seed` %d is above %d (hint: the trainer's generators take 32 bits)", *f.Seed, uint32(math.MaxUint32))
	}
	c := Config{
		Name: f.Name, Seed: or(f.Seed, 42),
		Base:    p.base(),
		Export:  p.export(),
		Runner:  p.runner(),
		Gate:    p.gate(),
		Promote: p.promote(),
	}
	c.Train = p.train()
	c.Serve = p.serve()
	c.Dataset = p.dataset(c)
	c.Eval = p.eval(c.Serve)
	c.Limits = p.limits(c.Train)
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
	if b.GGUF != "" && b.GGUF != "auto" {
		p.fail([]any{"base", "gguf"}, "a file as `gguf` is not built yet (hint: use auto)")
	}
	return Base{Model: b.Model, Revision: b.Revision, License: b.License}
}

// isHubID tells OWNER/NAME from a folder, which starts with a dot or a slash.
func isHubID(model string) bool {
	return !filepath.IsAbs(model) && !strings.HasPrefix(model, ".") && strings.Count(model, "/") == 1
}

func (p *parser) export() export.Options {
	at, quantization := []any{"export", "quantization"}, p.file.Export.Quantization
	built := slices.Contains(export.Quantizations(), quantization)
	if !built && slices.Contains([]string{"q8_0", "q4_k_m"}, strings.ToLower(quantization)) {
		p.fail(at, "`export.quantization`: %s is not built yet (hint: choose one of %s)", quantization, strings.Join(export.Quantizations(), ", "))
		return export.Options{}
	}
	return export.Options{Quantization: p.oneOf(at, quantization, export.Quantizations()...)}
}

func (p *parser) train() train.Options {
	f := p.file.Train
	o := train.Options{
		Quantization: p.oneOf([]any{"train", "quantization"}, f.Quantization, train.Quantizations()...),
		LoRA: train.LoRA{
			R:             p.between([]any{"train", "lora", "r"}, or(f.LoRA.R, 16), 1, maxLoRAR),
			Alpha:         p.above([]any{"train", "lora", "alpha"}, or(f.LoRA.Alpha, 32)),
			Dropout:       or(f.LoRA.Dropout, 0.05),
			TargetModules: f.LoRA.TargetModules,
			RSLoRA:        f.LoRA.RSLoRA,
		},
		LearningRate:              p.above([]any{"train", "learning_rate"}, or(f.LearningRate, 1e-4)),
		Epochs:                    p.above([]any{"train", "epochs"}, or(f.Epochs, 3)),
		SequenceLen:               p.between([]any{"train", "sequence_len"}, or(f.SequenceLen, 4096), 16, maxSequence),
		MicroBatchSize:            p.between([]any{"train", "micro_batch_size"}, or(f.MicroBatchSize, 4), 1, maxBatch),
		GradientAccumulationSteps: p.between([]any{"train", "gradient_accumulation_steps"}, or(f.GradientAccumulationSteps, 4), 1, maxBatch),
		SanitySteps:               p.sanitySteps(),
	}
	if o.LoRA.TargetModules == nil {
		o.LoRA.TargetModules = []string{"q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"}
	}
	if len(o.LoRA.TargetModules) == 0 {
		p.fail([]any{"train", "lora", "target_modules"}, "`target_modules` is empty, so nothing would be trained (hint: name layers, such as [q_proj, v_proj], or leave the key out)")
	}
	for i, module := range o.LoRA.TargetModules {
		if module == "embed_tokens" || module == "lm_head" {
			p.fail([]any{"train", "lora", "target_modules", i}, "%s cannot be a LoRA target here (hint: the vocabulary stays the base's)", module)
		}
	}
	if !(o.LoRA.Dropout >= 0 && o.LoRA.Dropout < 1) {
		p.fail([]any{"train", "lora", "dropout"}, "`dropout` is %v, not a share from 0 to below 1", o.LoRA.Dropout)
	}
	if gpus := or(f.GPUs, 1); gpus != 1 {
		p.fail([]any{"train", "gpus"}, "training on %d GPUs is not built yet (hint: leave `gpus` out, and one is used)", gpus)
	}
	return o
}

func (p *parser) sanitySteps() int {
	node := p.file.Train.SanitySteps
	if node.Kind == 0 || node.Value == "auto" {
		return 0
	}
	var steps int
	if err := node.Load(&steps); err != nil || steps < 1 || steps > maxSanitySteps {
		p.fail([]any{"train", "sanity_steps"}, "`sanity_steps` must be auto or a number of steps from 1 to %d", maxSanitySteps)
	}
	return steps
}

func (p *parser) dataset(c Config) dataset.Options {
	f := p.file.Dataset
	o := dataset.Options{Validation: or(f.Validation, 0.1), System: c.Serve.System, Seed: c.Seed, Checks: dataset.DefaultChecks(), Tags: p.tags(), DefaultTags: defaultTags()}
	p.check([]any{"dataset", "validation"}, dataset.ValidateShare(o.Validation))
	if len(f.Sources) == 0 {
		p.fail([]any{"dataset"}, "`dataset.sources` names no record file (hint: such as `sources: [{path: \"data/*.json\"}]`)")
	}
	for i, given := range f.Sources {
		source := dataset.Source{Path: given.Path, License: given.License, Weight: or(given.Weight, 1), Optional: given.Optional}
		p.check([]any{"dataset", "sources", i}, source.Validate())
		o.Sources = append(o.Sources, source)
	}
	for _, name := range slices.Sorted(maps.Keys(f.Checks)) {
		at := []any{"dataset", "checks", name}
		if err := dataset.ValidateCheck(name); err != nil {
			p.check(at, err)
			continue
		}
		given, check := f.Checks[name], o.Checks[name]
		if given.Level != "" {
			check.Level = dataset.Level(strings.ToLower(given.Level))
			p.check(append(at, "level"), dataset.ValidateLevel(name, check.Level))
		}
		if given.Threshold != nil {
			check.Threshold = *given.Threshold
			p.check(append(at, "threshold"), dataset.ValidateThreshold(name, check.Threshold))
		}
		o.Checks[name] = check
	}
	return o
}

func (p *parser) eval(serve Serve) Eval {
	f := p.file.Eval
	e := Eval{
		Suites: f.Suites, SanityPrompts: f.SanityPrompts, Baseline: cmp.Or(f.Baseline, StableModel),
		NumCtx: number(serve.Parameters["num_ctx"]), NumPredict: number(serve.Parameters["num_predict"]),
	}
	if e.Suites == nil {
		e.Suites = []string{"suites/*.suite.yaml"}
	}
	for i, glob := range e.Suites {
		at := []any{"eval", "suites", i}
		p.inside(at, glob)
		if _, err := path.Match(glob, ""); err != nil {
			p.fail(at, "%q is not a valid glob (hint: check for an unclosed '[' or '{')", glob)
		}
	}
	if e.SanityPrompts != "" {
		p.inside([]any{"eval", "sanity_prompts"}, e.SanityPrompts)
	}
	if b := e.Baseline; b != StableModel && b != BaseModel && !baselineTag.MatchString(b) {
		p.fail([]any{"eval", "baseline"}, "`baseline` %q is neither %s, %s, nor a tag such as my-model:v2", b, StableModel, BaseModel)
	}
	return e
}

func (p *parser) runner() Runner {
	r := Runner{Python: p.file.Runner.Python, Ollama: p.file.Runner.Ollama}
	if r.Python == "" {
		r.Python = "auto"
	}
	if r.Python != "auto" && !filepath.IsAbs(r.Python) {
		p.fail([]any{"runner", "python"}, "`runner.python` must be auto or the absolute path of an interpreter")
	}
	r.GPU = p.gpu()
	if r.Ollama == "" {
		r.Ollama = Auto
	}
	if !r.PrivateServer() {
		r.Ollama, _ = p.address([]any{"runner", "ollama"}, r.Ollama) // keys of results have it
	}
	return r
}

func (p *parser) gate() gate.Policy {
	merge, promote := p.file.Gate.Merge, p.file.Gate.Promote
	return gate.Policy{
		Merge: gate.Merge{
			NoHarm:         merge.NoHarm,
			Margin:         p.share([]any{"gate", "merge", "margin"}, or(merge.Margin, 0.10)),
			OnInconclusive: p.oneOf([]any{"gate", "merge", "on_inconclusive"}, merge.OnInconclusive, gate.LetPass, gate.Block),
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
