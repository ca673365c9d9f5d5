package train

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/python"
)

// Without a usable base or input nothing is started.
func TestRunRefuses(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change func(o *Options, in *Input)
		want   string
	}{
		"no base":        {func(_ *Options, in *Input) { in.BaseDir += "/none" }, "tunegate setup"},
		"no tokenizer":   {func(_ *Options, in *Input) { os.Remove(filepath.Join(in.BaseDir, "tokenizer.json")) }, "tokenizer.json is missing"},
		"no config":      {func(_ *Options, in *Input) { os.Remove(filepath.Join(in.BaseDir, "config.json")) }, "config.json is missing"},
		"no weights":     {func(_ *Options, in *Input) { os.Remove(filepath.Join(in.BaseDir, "m.safetensors")) }, "*.safetensors is missing"},
		"no base name":   {func(_ *Options, in *Input) { in.BaseName = "" }, "no name"},
		"large seed":     {func(_ *Options, in *Input) { in.Seed = 1 << 32 }, "below 4294967296"},
		"no such rows":   {func(_ *Options, in *Input) { in.ValRows += ".none" }, "no such file"},
		"unknown quant.": {func(o *Options, _ *Input) { o.Quantization = "int3" }, `unknown quantization "int3"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o, in, dir := options(), input(t), t.TempDir()
			in.BaseDir = t.TempDir()
			for _, file := range []string{"config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json", "m.safetensors"} {
				writeFile(t, filepath.Join(in.BaseDir, file), "{}")
			}
			test.change(&o, &in)
			_, err := Run(t.Context(), local(t, python.Interpreter{}), o, in, dir, func(Progress) {})
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Error(err)
			}
			if left, _ := os.ReadDir(dir); len(left) != 0 {
				t.Errorf("left %v", left)
			}
		})
	}
}

// An empty file of validation rows is none, paths are made absolute, and what
// another spec left is thrown away.
func TestSpec(t *testing.T) {
	t.Parallel()
	in, dir := input(t), t.TempDir()
	writeFile(t, in.ValRows, "")
	s, err := newSpec(options(), in, dir)
	if err != nil {
		t.Fatal(err)
	}
	if s.ValRows != "" || !filepath.IsAbs(s.BaseDir) || s.OutDir != dir {
		t.Errorf("%+v", s)
	}
	for _, want := range []bool{false, true} {
		if same, err := s.written(); err != nil || same != want {
			t.Errorf("written before: %v, %v; want %v", same, err, want)
		}
		if err := s.write(); err != nil {
			t.Fatal(err)
		}
	}
	s.Epochs++
	if same, err := s.written(); err != nil || same {
		t.Errorf("another one: %v, %v", same, err)
	}
	stale := filepath.Join(dir, checkpointsDir, "checkpoint-1")
	if err := os.MkdirAll(stale, 0o755); err != nil {
		t.Fatal(err)
	}
	writeFile(t, filepath.Join(dir, samplesFile), "{}")
	if err := s.discard(); err != nil {
		t.Fatal(err)
	}
	if left, _ := os.ReadDir(dir); len(left) != 1 {
		t.Errorf("left %v", left)
	}
}

// A trainer that fails says why.
func TestFailure(t *testing.T) {
	t.Parallel()
	in := input(t)
	noPython := python.Interpreter{Path: "/bin/ls", ProgramsDir: t.TempDir(), Home: t.TempDir()}
	dir := t.TempDir()
	_, err := Run(t.Context(), local(t, noPython), options(), in, dir, func(Progress) {})
	if err == nil || !strings.Contains(err.Error(), "\n| ") || !strings.Contains(err.Error(), "--spec") {
		t.Error(err)
	}
	if !strings.Contains(readFile(t, dir, logFile), "--spec") {
		t.Error("no log")
	}
}
