package train

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/tunegate/tunegate/internal/gguf"
	"github.com/tunegate/tunegate/internal/store"
)

// check completes the trainer's answer from the files in dir and refuses an incomplete
// one: the trainer's answer alone is not enough.
func check(dir string, answer []byte) (Result, error) {
	var r Result
	decoder := json.NewDecoder(bytes.NewReader(answer))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&r); err != nil {
		return Result{}, fmt.Errorf("the trainer's result: %w", err)
	}
	if len(r.Versions) == 0 || r.Device == "" || r.Precision == "" || r.TrainRows <= 0 || r.Steps <= 0 || r.Tokens <= 0 ||
		r.Seconds <= 0 || r.TokensPerSecond <= 0 || r.PeakMemoryBytes <= 0 || r.TrainLoss <= 0 {
		return Result{}, fmt.Errorf("the trainer's result is incomplete: %s", answer)
	}
	modules, err := changedModules(filepath.Join(dir, ChangesFile))
	if err != nil {
		return Result{}, err
	}
	weights := filepath.Join(dir, adapterDir, adapterWeights)
	if err := checkCovers(weights, modules); err != nil {
		return Result{}, err
	}
	settings := filepath.Join(dir, adapterDir, adapterSettings)
	if data, err := readTrained(settings); err != nil {
		return Result{}, err
	} else if !json.Valid(data) {
		return Result{}, fmt.Errorf("%s: not valid JSON", settings)
	}
	if _, err := os.Stat(filepath.Join(dir, samplesFile)); err != nil {
		return Result{}, err
	}
	r.Modules = len(modules)
	r.AdapterSHA256, err = store.FileDigest(weights)
	return r, err
}

// load reads the result of a finished run and checks its files again.
func load(dir string) (Result, error) {
	data, err := readTrained(filepath.Join(dir, resultFile))
	if err != nil {
		return Result{}, err
	}
	var recorded Result
	if err := json.Unmarshal(data, &recorded); err != nil {
		return Result{}, err
	}
	found, err := check(dir, data)
	if err == nil && found.AdapterSHA256 != recorded.AdapterSHA256 {
		err = errors.New("the adapter does not match the result")
	}
	return found, err
}

// changedModules lists the modules of a changes.json.
func changedModules(path string) ([]string, error) {
	data, err := readTrained(path)
	if err != nil {
		return nil, err
	}
	var changes []struct {
		Module string `json:"module"`
	}
	if err := json.Unmarshal(data, &changes); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	modules := make([]string, len(changes))
	for i, change := range changes {
		modules[i] = change.Module
	}
	return modules, nil
}

// checkCovers checks that the adapter has the two factors of every module, under PEFT's
// names, and nothing else.
func checkCovers(path string, modules []string) error {
	weights, err := gguf.OpenSafetensors(path)
	if err != nil {
		return err
	}
	defer weights.Close()
	var want []string
	for _, module := range modules {
		for _, factor := range []string{"lora_A", "lora_B"} {
			want = append(want, "base_model.model."+module+"."+factor+".weight")
		}
	}
	slices.Sort(want)
	got := weights.Names()
	for _, name := range want {
		if !slices.Contains(got, name) {
			return fmt.Errorf("%s: no tensor %s, though the trainer measured its module", path, name)
		}
	}
	if len(got) != len(want) || len(want) == 0 {
		return fmt.Errorf("%s: %d tensors for %d measured modules (two each)", path, len(got), len(modules))
	}
	return nil
}
