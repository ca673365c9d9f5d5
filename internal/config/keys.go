package config

import (
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/tunegate/tunegate/internal/dataset"
	"github.com/tunegate/tunegate/internal/export"
	"github.com/tunegate/tunegate/internal/gate"
	"github.com/tunegate/tunegate/internal/reference"
	"github.com/tunegate/tunegate/internal/train"
)

// topic of `tunegate help` that explains tunegate.yaml.
const topic = "config"

// Format describes tunegate.yaml. Its defaults are those that Parse fills in.
func Format() reference.Format {
	d := defaults()
	format := reference.Format{
		Name: FileName, Topic: topic, Planned: planned(), About: "What tunegate trains, serves and asks, and how it judges a change.",
		Keys: []reference.Key{
			{Path: "version", Type: reference.Exactly(1), Required: true, Example: 1, About: "Version of this file's format."},
			{
				Path: "name", Type: reference.Matching("lower-case letters, digits, '.', '_' and '-', at most 63", tagName.String(), ""), Required: true, Example: "my-tutor",
				About: "Name of the model's tags: NAME-base, NAME:run-..., NAME-lora-v1, NAME:stable.",
			},
			{
				Path: "seed", Type: reference.Between(0, math.MaxUint32), Default: d.Seed, Example: 42,
				About: "Seed of the validation split, of the order of the rows, and of training.",
			},
		},
	}
	for _, section := range [][]reference.Key{baseKeys(), datasetKeys(d), trainKeys(d), exportKeys(d), serveKeys(), evalKeys(d), runnerKeys(d), gateKeys(d), promoteKeys(), limitsKeys(d)} {
		format.Keys = append(format.Keys, section...)
	}
	return format
}

func baseKeys() []reference.Key {
	return []reference.Key{
		{Path: "base", Type: reference.Mapping(), Required: true, About: "The base model that adapters are trained on."},
		{
			Path: "base.model", Required: true, Example: "/models/my-base",
			Type:  reference.Matching("path of a folder", `^[^\\]+$`, `^[^./][^/]*/[^/]*$|^([^/].*/)?\.\.(/|$)`),
			About: "Folder of the base model as Hugging Face has it: absolute, or ./FOLDER inside the repository.",
		},
		{Path: "base.revision", Type: reference.Text("text"), Example: "a09a35458c702b33eeacc393d103063234e8bc28", About: "The base model's commit at its publisher, shown in the report."},
		{Path: "base.gguf", Type: reference.OneOf(Auto), Default: Auto, Example: Auto, About: "The GGUF to serve; auto writes one from the folder's safetensors."},
		{Path: "base.license", Type: reference.Text("text"), Example: "apache-2.0", About: "License of the base model, shown in the report, the model card and the provenance."},
	}
}

func datasetKeys(d Config) []reference.Key {
	keys := []reference.Key{
		{Path: "dataset", Type: reference.Mapping(), Required: true, About: "Which records to train on, and how to check them."},
		{Path: "dataset.sources", Type: reference.Mappings().NotEmpty(), Required: true, About: "Record files to train on; a file that no source names is not trained on."},
		{
			Path: "dataset.sources[].path", Required: true, Example: "data/*.json",
			Type:  reference.Path("path or glob"),
			About: "JSON or JSONL files inside the repository; `**` stands for any number of folders.",
		},
		{Path: "dataset.sources[].license", Type: reference.Text("text"), Example: "CC-BY-4.0", About: "License of the records, for the model card."},
		{Path: "dataset.sources[].weight", Type: reference.AtLeast(1), Default: d.Dataset.Sources[0].Weight, Example: 2, About: "How many times each training row of the source is repeated."},
		{Path: "dataset.sources[].optional", Type: reference.Switch(), Default: d.Dataset.Sources[0].Optional, Example: true, About: "No warning if the source matches no file. At least one source must match."},
		{Path: "dataset.validation", Type: reference.ShareBelowOne(), Default: d.Dataset.Validation, Example: 0.1, About: "Share of the rows held out to measure the validation loss."},
		{Path: "dataset.checks", Type: reference.Mapping(), About: "Levels of the dataset checks: a new error fails the change, a warning is shown."},
	}
	keys = append(keys, checkKeys(d)...)
	return append(keys,
		reference.Key{
			Path: "dataset.tags", Type: reference.Mappings(), Default: reference.Says("the learner level"),
			About: "Labels that records carry besides the conversation: counted, not trained on; [] reads none.",
		},
		reference.Key{
			Path: "dataset.tags[].name", Type: reference.Text("lower-case letters, digits and _, at most 40"), Required: true, Example: "topic",
			About: "The tag's name in reports.",
		},
		reference.Key{Path: "dataset.tags[].called", Type: reference.Text("text"), Default: reference.Says("the name"), Example: "topic", About: "What findings, and the `input` of a record, call it."},
		reference.Key{Path: "dataset.tags[].keys", Type: reference.ListOf("texts", reference.Text("text")).NotEmpty(), Required: true, Example: []string{"topic", "subject"}, About: "Record members that may hold it; the first that has a value counts."},
		reference.Key{Path: "dataset.tags[].values", Type: reference.ListOf("texts", reference.Text("text")).NotEmpty(), Required: true, Example: []string{"other", "law", "arts"}, About: "Known values, in lower case; any other gives a warning."},
		reference.Key{Path: "dataset.tags[].default", Type: reference.Text("text"), Required: true, Example: "other", About: "Value of a record that has none, or an unknown one."},
	)
}

// checkKeys are those of every check that the dataset stage knows.
func checkKeys(d Config) (keys []reference.Key) {
	for _, name := range slices.Sorted(maps.Keys(d.Dataset.Checks)) {
		var levels []string
		for _, level := range []dataset.Level{dataset.Error, dataset.Warn, dataset.Off} {
			if dataset.ValidateLevel(name, level) == nil {
				levels = append(levels, string(level))
			}
		}
		options, path := d.Dataset.Checks[name], "dataset.checks."+name
		said, _ := dataset.Explain(name) // no error: the check is known
		finds, _, _ := strings.Cut(strings.TrimPrefix(said, name+": "), "\n")
		keys = append(keys,
			reference.Key{Path: path, Type: reference.Mapping()},
			reference.Key{Path: path + ".level", Type: reference.OneOf(levels...), Default: string(options.Level), Example: string(options.Level), About: strings.ToUpper(finds[:1]) + finds[1:]},
		)
		if options.Threshold > 0 {
			keys = append(keys, reference.Key{
				Path: path + ".threshold", Type: reference.ShareAboveZero(), Default: options.Threshold, Example: options.Threshold,
				About: "Similarity from which two rows are reported.",
			})
		}
	}
	return keys
}

func trainKeys(d Config) []reference.Key {
	return []reference.Key{
		{Path: "train", Type: reference.Mapping(), About: "Training. A pull request may change these values, within `limits`."},
		{Path: "train.quantization", Type: reference.OneOf(train.Quantizations()...), Default: d.Train.Quantization, Example: "nf4", About: "How the base is loaded for training: nf4 (QLoRA) or none (16-bit LoRA)."},
		{Path: "train.lora", Type: reference.Mapping(), About: "The adapter."},
		{Path: "train.lora.r", Type: reference.Between(1, maxLoRAR), Default: d.Train.LoRA.R, Example: 16, About: "Rank of the adapter."},
		{Path: "train.lora.alpha", Type: reference.Positive(), Default: d.Train.LoRA.Alpha, Example: 32, About: "Scaling: what the adapter adds is multiplied by alpha/r."},
		{Path: "train.lora.dropout", Type: reference.ShareBelowOne(), Default: d.Train.LoRA.Dropout, Example: 0.05, About: "Dropout of the adapter's input during training."},
		{
			Path: "train.lora.target_modules", Default: d.Train.LoRA.TargetModules, Example: []string{"q_proj", "v_proj"},
			Type:  reference.ListOf("names", reference.Matching("name", "", `^(embed_tokens|lm_head)$`)).NotEmpty(),
			About: "Linear layers that get an adapter.",
		},
		{Path: "train.lora.rslora", Type: reference.Switch(), Default: d.Train.LoRA.RSLoRA, Example: false, About: "Scale by alpha/sqrt(r) instead of alpha/r."},
		{Path: "train.learning_rate", Type: reference.Positive(), Default: d.Train.LearningRate, Example: 1e-4, About: "Learning rate at its peak."},
		{Path: "train.epochs", Type: reference.Positive(), Default: d.Train.Epochs, Example: 3, About: "Passes over the training rows; fractions are allowed."},
		{Path: "train.sequence_len", Type: reference.Between(16, maxSequence), Default: d.Train.SequenceLen, Example: 4096, About: "Maximum tokens of a training row; a longer row is an error. The context of the served model is `serve.parameters.num_ctx`."},
		{Path: "train.micro_batch_size", Type: reference.Between(1, maxBatch), Default: d.Train.MicroBatchSize, Example: 4, About: "Rows per forward pass."},
		{Path: "train.gradient_accumulation_steps", Type: reference.Between(1, maxBatch), Default: d.Train.GradientAccumulationSteps, Example: 4, About: "Micro batches per optimizer step."},
		{
			Path: "train.sanity_steps", Type: reference.Either(reference.OneOf(Auto), reference.Between(1, maxSanitySteps)), Default: Auto, Example: Auto,
			About: "Optimizer steps of the short run before the full one; auto: a tenth of the full run, at most " + strconv.Itoa(train.MostSanitySteps) + ".",
		},
		{Path: "train.gpus", Type: reference.Exactly(1), Default: 1, Example: 1, About: "GPUs to train on."},
	}
}

func exportKeys(d Config) []reference.Key {
	return []reference.Key{
		{Path: "export", Type: reference.Mapping(), About: "The export to GGUF."},
		{Path: "export.quantization", Type: reference.OneOf(export.Quantizations()...), Default: d.Export.Quantization, Example: d.Export.Quantization, About: "Tensor type of the weight matrices."},
	}
}

func serveKeys() []reference.Key {
	keys := []reference.Key{
		{Path: "serve", Type: reference.Mapping(), About: "How the model is prompted: in training, in evaluation, and once promoted."},
		{
			Path: "serve.template", Type: reference.Either(reference.OneOf(Auto), reference.Path("path of a file")), Default: Auto, Example: Auto,
			About: "File with an Ollama template; auto picks the built-in one that matches the base's chat template.",
		},
		{Path: "serve.system", Type: reference.Text("text"), Default: reference.Says("none"), Example: "You are a maths tutor.", About: "System prompt."},
		{Path: "serve.parameters", Type: reference.Mapping(), About: "Ollama parameters of the served model."},
	}
	usual := defaultParameters()
	for _, p := range parameters() {
		key := reference.Key{Path: "serve.parameters." + p.name, Type: p.kind.describe(), Default: reference.Says("the server's"), Example: p.example, About: p.about}
		if value, has := usual[p.name]; has {
			key.Default = value
		}
		keys = append(keys, key)
	}
	return keys
}

func evalKeys(d Config) []reference.Key {
	return []reference.Key{
		{Path: "eval", Type: reference.Mapping(), About: "What both models are asked."},
		{Path: "eval.suites", Type: reference.ListOf("paths or globs", reference.Path("path or glob")), Default: d.Eval.Suites, Example: d.Eval.Suites, About: "Suite files in the repository."},
		{
			Path: "eval.sanity_prompts", Type: reference.Path("path of a file"), Default: reference.Says("none"), Example: "suites/sanity.prompts.yaml",
			About: "File of prompts that base and adapter answer during training, for the report.",
		},
		{
			Path: "eval.baseline", Type: reference.Either(reference.OneOf(StableModel, BaseModel), reference.Matching("tag", baselineTag.String(), "")), Default: d.Eval.Baseline, Example: StableModel,
			About: "Model to compare with: stable (the promoted one; before the first promotion, the base), base, or a tag on the server.",
		},
	}
}

func runnerKeys(d Config) []reference.Key {
	return []reference.Key{
		{Path: "runner", Type: reference.Mapping(), About: "The machine that trains and evaluates."},
		{Path: "runner.python", Type: reference.Either(reference.OneOf(Auto), reference.Matching("absolute path", "^/", "")), Default: d.Runner.Python, Example: Auto, About: "Python interpreter with all packages; auto is the environment that `tunegate setup` installs."},
		{Path: "runner.ollama", Type: reference.Either(reference.OneOf(Auto), address()), Default: d.Runner.Ollama, Example: Auto, About: "Ollama server to use; auto starts a private one."},
		{Path: "runner.gpu", Type: reference.Mapping(), Default: reference.Says("not checked"), About: "The GPU that `tunegate doctor` expects."},
		{Path: "runner.gpu.class", Type: reference.Matching("words of the card's name", gpuClass.String(), ""), Required: true, Example: "rtx-4090", About: "The card, in words of its name (`nvidia-smi -L` prints it)."},
		{Path: "runner.gpu.memory", Type: capacity(), Required: true, Example: "24GB", About: "The card's memory."},
	}
}

func gateKeys(d Config) []reference.Key {
	names := reference.ListOf("suites", reference.Text("text"))
	return []reference.Key{
		{Path: "gate", Type: reference.Mapping(), About: "The policy: what fails a change, and what allows a promotion."},
		{Path: "gate.merge", Type: reference.Mapping(), About: "What fails a change: evidence of harm."},
		{Path: "gate.merge.no_harm", Type: names, Default: reference.Says("targets and guards"), Example: []string{"symbolic", "general"}, About: "Suites tested for harm."},
		{Path: "gate.merge.margin", Type: reference.Share(), Default: d.Gate.Merge.Margin, Example: 0.10, About: "Drop in the pass rate, as a share: a suite that could hide a larger one is inconclusive."},
		{Path: "gate.merge.on_inconclusive", Type: reference.OneOf(gate.LetPass, gate.Block), Default: d.Gate.Merge.OnInconclusive, Example: gate.LetPass, About: "What an inconclusive verdict does to the change."},
		{Path: "gate.merge.output_tokens", Type: reference.Mapping(), Default: reference.Says("no limit"), About: "Limit on the mean length of the answers."},
		{Path: "gate.merge.output_tokens.max_ratio", Type: reference.Positive(), Required: true, Example: 1.25, About: "Largest allowed ratio of the candidate's mean length to the baseline's."},
		{Path: "gate.promote", Type: reference.Mapping(), About: "What a promotion needs: evidence of benefit."},
		{Path: "gate.promote.gain", Type: reference.Mapping(), About: "The required gain."},
		{Path: "gate.promote.gain.any_of", Type: names, Default: reference.Says("all targets"), Example: []string{"symbolic"}, About: "Suites tested, together, for a gain."},
		{Path: "gate.promote.gain.at_least", Type: reference.Share(), Default: d.Gate.Promote.Gain.AtLeast, Example: 0.03, About: "Smallest gain in the pass rate that counts, as a share."},
		{Path: "gate.promote.no_worse", Type: reference.Mapping(), About: "What a promotion must not lose."},
		{Path: "gate.promote.no_worse.all_of", Type: names, Default: reference.Says("all guards"), Example: []string{"general"}, About: "Suites that must each rule out a drop larger than the margin."},
		{Path: "gate.promote.no_worse.margin", Type: reference.Share(), Default: d.Gate.Promote.NoWorse.Margin, Example: 0.10, About: "Drop in the pass rate, as a share."},
		{Path: "gate.promote.latency_median", Type: reference.Mapping(), Default: reference.Says("no limit"), About: "Limit on the median time of an answer."},
		{Path: "gate.promote.latency_median.max_ratio", Type: reference.Positive(), Required: true, Example: 1.10, About: "Largest allowed ratio of the candidate's median time to the baseline's."},
	}
}

func promoteKeys() []reference.Key {
	return []reference.Key{
		{Path: "promote", Type: reference.Mapping(), About: "Where promoted models go."},
		{Path: "promote.to", Type: reference.Mappings(), Default: reference.Says("none"), About: "Servers that also get the promoted model, besides the one that evaluated it."},
		{Path: "promote.to[].ollama", Type: address(), Required: true, Example: "http://tutor.lan:11434", About: "Address of an Ollama server."},
		{Path: "promote.keep", Type: reference.AtLeast(minKeep), Default: reference.Says("all"), Example: 2, About: "How many promoted versions to keep, the stable one and the one a rollback goes to included."},
	}
}

func limitsKeys(d Config) []reference.Key {
	return []reference.Key{
		{Path: "limits", Type: reference.Mapping(), About: "What a pull request may ask of the trainer, and what a run may take."},
		{Path: "limits.duration", Type: reference.Matching("duration such as 5h or 1h30m, at most 840h", `^([0-9]+(\.[0-9]*)?(ms|s|m|h))+$`, ""), Default: strings.TrimSuffix(MaxDuration.String(), "0m0s"), Example: "5h", About: "Time limit of a run, waiting for other runs included."},
		{Path: "limits.epochs", Type: reference.Positive(), Default: reference.Says("train.epochs"), Example: 4, About: "Most epochs a pull request may ask for."},
		{Path: "limits.rows", Type: reference.Between(1, maxRows), Default: d.Limits.Rows, Example: 50_000, About: "Most training rows. Four times as many records, 200,000 at least and 1,000,000 at most, are read; more are an error."},
		{Path: "limits.lora_r", Type: reference.Between(1, maxLoRAR), Default: reference.Says("train.lora.r"), Example: 64, About: "Largest rank a pull request may ask for."},
		{Path: "limits.disk", Type: capacity(), Default: reference.Says("no limit"), Example: "80GB", About: "Disk space the home may take, tools not counted."},
	}
}

func address() reference.Type {
	return reference.Matching("address", `^https?://(\[[0-9A-Fa-f:.]+\]|[^\[\]/?@:]+)(:[0-9]+)?(/[^?@]*)?$`, "")
}

func capacity() reference.Type {
	return reference.Matching("size such as 24GB or 1.5 TiB", sizeForm.String(), `^[0. ]+[A-Z]`)
}
