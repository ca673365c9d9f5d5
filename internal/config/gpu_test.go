package config

import (
	"strings"
	"testing"
)

func TestGPU(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]GPU{
		"":                                     {},
		"gpu: {class: rtx-4090, memory: 24GB}": {"rtx-4090", 24e9},
		"gpu: {class: H100, memory: 80 GiB}":   {"H100", 80 << 30},
		"gpu: {class: a10g, memory: 22.5GB}":   {"a10g", 225e8},
	} {
		c, err := Parse("tunegate.yaml", []byte(short+"runner: {"+text+"}\n"))
		if err != nil || c.Runner.GPU != want {
			t.Errorf("%s: %+v, %v", text, c.Runner.GPU, err)
		}
	}
	for text, want := range map[string]string{
		"gpu: {memory: 24GB}":                     "tunegate.yaml:5: `runner.gpu.class` must be words",
		"gpu: {class: rtx-4090}":                  "`runner.gpu.memory` \"\" is not a memory size",
		"gpu: {class: rtx-4090, memory: 24}":      "`runner.gpu.memory` \"24\" is not a memory size",
		"gpu: {class: rtx-4090, memory: 24 MB}":   "24 MB is not a memory size",
		"gpu: {class: rtx-4090, memory: 0GB}":     `"0GB" is not a memory size`,
		"gpu: {class: \"$(x)\", memory: 24GB}":    "must be words",
		"gpu: {class: x, memory: 999999999999GB}": "is not a memory size",
		"gpu: {clas: x, memory: 24GB}":            `unknown key "clas" (hint: did you mean "class"?)`,
	} {
		if _, err := Parse("tunegate.yaml", []byte(short+"runner: {"+text+"}\n")); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", text, err)
		}
	}
}
