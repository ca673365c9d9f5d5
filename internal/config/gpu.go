package config

import (
	"regexp"
	"strconv"
)

// gpuFile is `runner.gpu` as it is written.
type gpuFile struct {
	Class  string `yaml:"class"`
	Memory string `yaml:"memory"`
}

// GPU is what a config declares of its runner's graphics card. The zero value
// declares nothing.
type GPU struct {
	Class  string // words of its name, joined by '-', such as rtx-4090
	Memory int64  // bytes, as its maker counts: 24GB is 24e9
}

const maxGPUMemory = 100_000 // GB

var (
	gpuClass  = regexp.MustCompile(`^[A-Za-z0-9]+([ ._-][A-Za-z0-9]+)*$`)
	gpuMemory = regexp.MustCompile(`^(\d+(?:\.\d+)?) ?(GB|GiB)$`)
)

func (p *parser) gpu() GPU {
	f := p.file.Runner.GPU
	if f == nil {
		return GPU{}
	}
	if !gpuClass.MatchString(f.Class) {
		p.fail([]any{"runner", "gpu"}, "`runner.gpu.class` must be words of the card's name (hint: such as rtx-4090; `nvidia-smi -L` prints the name)")
	}
	parts := gpuMemory.FindStringSubmatch(f.Memory)
	if parts == nil {
		p.fail([]any{"runner", "gpu"}, "`runner.gpu.memory` %q is no size of a card's memory (hint: such as 24GB)", f.Memory)
		return GPU{}
	}
	unit := 1e9
	if parts[2] == "GiB" {
		unit = 1 << 30
	}
	size, err := strconv.ParseFloat(parts[1], 64)
	if err != nil || size < 1 || size > maxGPUMemory {
		p.fail([]any{"runner", "gpu", "memory"}, "%s is no size of a card's memory (hint: such as 24GB)", f.Memory)
		return GPU{}
	}
	return GPU{Class: f.Class, Memory: int64(size * unit)}
}
