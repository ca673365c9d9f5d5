package config

import "regexp"

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

// What a card's memory can be, in bytes.
const (
	minGPUMemory = 1e9
	maxGPUMemory = 1e14
)

var gpuClass = regexp.MustCompile(`^[A-Za-z0-9]+([ ._-][A-Za-z0-9]+)*$`)

func (p *parser) gpu() GPU {
	f := p.file.Runner.GPU
	if f == nil {
		return GPU{}
	}
	if !gpuClass.MatchString(f.Class) {
		p.fail([]any{"runner", "gpu"}, "`runner.gpu.class` must be words of the card's name (hint: such as rtx-4090; `nvidia-smi -L` prints the name)")
	}
	memory, is := size(f.Memory)
	if !is {
		p.fail([]any{"runner", "gpu"}, "`runner.gpu.memory` %q is not a memory size (hint: such as 24GB)", f.Memory)
		return GPU{}
	}
	if memory < minGPUMemory || memory > maxGPUMemory {
		p.fail([]any{"runner", "gpu", "memory"}, "%s is not a memory size (hint: such as 24GB)", f.Memory)
		return GPU{}
	}
	return GPU{Class: f.Class, Memory: memory}
}
