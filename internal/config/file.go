package config

import "go.yaml.in/yaml/v4"

// file is tunegate.yaml as it is written. Pointers tell an absent value from a zero.
type file struct {
	Version int         `yaml:"version"`
	Name    string      `yaml:"name"`
	Seed    *uint64     `yaml:"seed"`
	Base    baseFile    `yaml:"base"`
	Dataset datasetFile `yaml:"dataset"`
	Train   trainFile   `yaml:"train"`
	Export  struct {
		Quantization string `yaml:"quantization"`
	} `yaml:"export"`
	Serve   serveFile   `yaml:"serve"`
	Eval    evalFile    `yaml:"eval"`
	Runner  runnerFile  `yaml:"runner"`
	Gate    gateFile    `yaml:"gate"`
	Promote promoteFile `yaml:"promote"`
	Limits  limitsFile  `yaml:"limits"`
}

type baseFile struct {
	Model    string `yaml:"model"`
	Revision string `yaml:"revision"`
	GGUF     string `yaml:"gguf"`
	License  string `yaml:"license"`
}

type datasetFile struct {
	Sources    []sourceFile         `yaml:"sources"`
	Validation *float64             `yaml:"validation"`
	Checks     map[string]checkFile `yaml:"checks"`
	Tags       []tagFile            `yaml:"tags"`
}

type sourceFile struct {
	Path     string `yaml:"path"`
	License  string `yaml:"license"`
	Weight   *int   `yaml:"weight"`
	Optional bool   `yaml:"optional"`
}

type checkFile struct {
	Level     string   `yaml:"level"`
	Threshold *float64 `yaml:"threshold"`
}

type tagFile struct {
	Name    string   `yaml:"name"`
	Called  string   `yaml:"called"`
	Keys    []string `yaml:"keys"`
	Values  []string `yaml:"values"`
	Default string   `yaml:"default"`
}

type trainFile struct {
	Quantization              string    `yaml:"quantization"`
	LoRA                      loraFile  `yaml:"lora"`
	LearningRate              *float64  `yaml:"learning_rate"`
	Epochs                    *float64  `yaml:"epochs"`
	SequenceLen               *int      `yaml:"sequence_len"`
	MicroBatchSize            *int      `yaml:"micro_batch_size"`
	GradientAccumulationSteps *int      `yaml:"gradient_accumulation_steps"`
	SanitySteps               yaml.Node `yaml:"sanity_steps"`
	GPUs                      *int      `yaml:"gpus"` // one trains
}

type loraFile struct {
	R             *int     `yaml:"r"`
	Alpha         *float64 `yaml:"alpha"`
	Dropout       *float64 `yaml:"dropout"`
	TargetModules []string `yaml:"target_modules"`
	RSLoRA        bool     `yaml:"rslora"`
}

type serveFile struct {
	Template   string         `yaml:"template"`
	System     string         `yaml:"system"`
	Parameters map[string]any `yaml:"parameters"`
}

type evalFile struct {
	Suites        []string `yaml:"suites"`
	SanityPrompts string   `yaml:"sanity_prompts"`
	Baseline      string   `yaml:"baseline"`
}

type runnerFile struct {
	Python string   `yaml:"python"`
	Ollama string   `yaml:"ollama"`
	GPU    *gpuFile `yaml:"gpu"`
}

type ratioFile struct {
	MaxRatio *float64 `yaml:"max_ratio"`
}

type gateFile struct {
	Merge struct {
		NoHarm         []string   `yaml:"no_harm"`
		Margin         *float64   `yaml:"margin"`
		OnInconclusive string     `yaml:"on_inconclusive"`
		OutputTokens   *ratioFile `yaml:"output_tokens"`
	} `yaml:"merge"`
	Promote struct {
		Gain struct {
			AnyOf   []string `yaml:"any_of"`
			AtLeast *float64 `yaml:"at_least"`
		} `yaml:"gain"`
		NoWorse struct {
			AllOf  []string `yaml:"all_of"`
			Margin *float64 `yaml:"margin"`
		} `yaml:"no_worse"`
		LatencyMedian *ratioFile `yaml:"latency_median"`
	} `yaml:"promote"`
}

type limitsFile struct {
	Duration string   `yaml:"duration"`
	Epochs   *float64 `yaml:"epochs"`
	Rows     *int     `yaml:"rows"`
	LoRAR    *int     `yaml:"lora_r"`
	Disk     string   `yaml:"disk"`
}

// planned are keys of the format that this version does not act on.
func planned() []string {
	return []string{
		"shapes", "targets", "patterns", "judge", "app", "app_checks", "max_drop",
	}
}
