package base

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/tunegate/tunegate/internal/gguf"
	"github.com/tunegate/tunegate/internal/repo"
)

// Check reports missing files, files that are not what their name says, and files that
// would make transformers load something other than this model. It opens no weights.
func (f Folder) Check() error {
	names, err := f.names()
	if err != nil {
		return err
	}
	for _, needed := range [][]string{{ConfigFile}, {TokenizerFile}, {TokenizerConfigFile}, {gguf.WeightsFile, gguf.IndexFile}} {
		if !slices.ContainsFunc(needed, func(name string) bool { return slices.Contains(names, name) }) {
			return fmt.Errorf("%s has no %s (hint: download the base model's complete Hugging Face folder)", f.Name, strings.Join(needed, " or "))
		}
	}
	for _, name := range names {
		if name == "adapter_config.json" || strings.HasPrefix(name, "adapter_model.") {
			return fmt.Errorf("%s belongs to an adapter: transformers would load it with the base, but it would not be served (hint: merge the adapter into the weights, save them to a new folder and set `base.model` to it; or remove this file to use the weights without the adapter)", f.Path(name))
		}
		if err := f.checkPointer(name); err != nil {
			return err
		}
	}
	return f.checkQuantized()
}

// names lists the files, without folders and hidden files.
func (f Folder) names() ([]string, error) {
	entries, err := fs.ReadDir(f.Files, ".")
	if err != nil {
		if cause := (*fs.PathError)(nil); errors.As(err, &cause) {
			err = cause.Err
		}
		return nil, fmt.Errorf("%s: %w (hint: download the base model's complete Hugging Face folder to this path, or set `base.model` to the folder that holds it)", f.Name, err)
	}
	var names []string
	for _, entry := range entries {
		if !entry.IsDir() && !strings.HasPrefix(entry.Name(), ".") {
			names = append(names, entry.Name())
		}
	}
	return names, nil
}

func (f Folder) checkPointer(name string) error {
	info, err := fs.Stat(f.Files, name)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s is a broken symbolic link (hint: download the base model again, as regular files)", f.Path(name))
	}
	if err != nil || info.Size() >= repo.MaxPointer || !info.Mode().IsRegular() {
		return err
	}
	_, err = f.Read(name)
	return err
}

// checkQuantized refuses quantized weights: an adapter is trained on the original
// values and added to them.
func (f Folder) checkQuantized() error {
	var keys map[string]jsontext.Value
	if err := f.readJSON(ConfigFile, &keys); err != nil {
		return err
	}
	for _, key := range []string{"quantization_config", "compression_config"} {
		if value := keys[key]; value != nil && value.Kind() != 'n' {
			return fmt.Errorf("%s: %s: the weights are already quantized (hint: use the model's 16-bit release; `train.quantization` and `export.quantization` quantize it)", f.Path(ConfigFile), key)
		}
	}
	return nil
}
