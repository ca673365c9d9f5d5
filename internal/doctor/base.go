package doctor

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/tunegate/tunegate/internal/check"
	"github.com/tunegate/tunegate/internal/export"
	"github.com/tunegate/tunegate/internal/gguf"
	"github.com/tunegate/tunegate/internal/repo"
)

// baseModel is what of the base model's folder decides what a run needs. The
// zero value is a model of no size.
type baseModel struct {
	weights    int64 // bytes of its weights
	parameters int64
	tracked    bool   // the folder is part of the repository
	chat       string // its chat template; empty: none
}

// modelFolder reads the files of one folder, of the machine or of a commit.
type modelFolder struct {
	where string
	sizes map[string]int64 // by name
	read  func(name string) ([]byte, error)
}

// readBase looks at the base model of the default branch, without its weights;
// no check where there is no config to name one.
func readBase(ctx context.Context, r *repo.Repo, wants wanted) (baseModel, []check.Check) {
	if wants.plan == nil {
		return baseModel{}, nil
	}
	fail := func(err error, fix string) (baseModel, []check.Check) {
		return baseModel{}, []check.Check{check.Failed("base", err.Error(), fix)}
	}
	if err := wants.plan.CheckBase(); err != nil {
		return fail(err, "put the whole Hugging Face folder of the base model there, and commit it (`git add` and `git commit`) when it is inside the repository")
	}
	const again = "download the base model again, or name another one under `base.model` of the config"
	folder, err := openFolder(ctx, r, wants)
	if err != nil {
		return fail(err, again)
	}
	base := baseModel{tracked: !filepath.IsAbs(wants.config.Base.Model)}
	if !base.tracked {
		weights, err := gguf.OpenWeights(folder.where) // reads the headers, and whether all data is there
		if err != nil {
			return fail(err, again)
		}
		weights.Close()
	}
	data, err := folder.read("config.json")
	if err == nil {
		err = export.CheckConfig(data)
	}
	if err != nil {
		return fail(fmt.Errorf("%s: config.json: %w", folder.where, err), again)
	}
	for name, size := range folder.sizes {
		if strings.HasSuffix(name, ".safetensors") {
			base.weights += size
		}
	}
	base.parameters = base.weights / parameterSize(data)
	if base.chat, err = folder.chatTemplate(); err != nil {
		return fail(fmt.Errorf("%s: %w", folder.where, err), again)
	}
	found := fmt.Sprintf("%s: %s parameters", folder.where, billions(base.parameters))
	return base, []check.Check{check.Passed("base", found)}
}

func openFolder(ctx context.Context, r *repo.Repo, wants wanted) (modelFolder, error) {
	folder := modelFolder{where: wants.config.Base.Model, sizes: map[string]int64{}}
	if filepath.IsAbs(folder.where) {
		entries, err := os.ReadDir(folder.where)
		if err != nil {
			return folder, err
		}
		for _, entry := range entries {
			if info, err := os.Stat(filepath.Join(folder.where, entry.Name())); err == nil {
				folder.sizes[entry.Name()] = info.Size()
			}
		}
		folder.read = func(name string) ([]byte, error) { return os.ReadFile(filepath.Join(folder.where, name)) }
		return folder, nil
	}
	tree, err := r.Tree(ctx, wants.plan.BaseSHA)
	if err != nil {
		return folder, err
	}
	for _, file := range tree.Under(folder.where) {
		folder.sizes[path.Base(file.Path)] = file.Size
	}
	folder.read = func(name string) ([]byte, error) { return tree.Read(ctx, path.Join(folder.where, name)) }
	return folder, nil
}

// parameterSize is the number of bytes of a parameter in the weights' files.
func parameterSize(configJSON []byte) int64 {
	var c struct {
		DType string `json:"dtype"`
		Old   string `json:"torch_dtype"`
	}
	if json.Unmarshal(configJSON, &c) == nil && (c.DType == "float32" || c.DType == "" && c.Old == "float32") {
		return 4
	}
	return 2
}

// chatTemplate is the base's own: a file since transformers 5, before that part
// of the tokenizer's settings.
func (f modelFolder) chatTemplate() (string, error) {
	data, err := f.read("chat_template.jinja")
	if err == nil {
		return string(data), nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	if data, err = f.read("tokenizer_config.json"); err != nil {
		return "", err
	}
	var settings struct {
		Chat json.RawMessage `json:"chat_template"` // a text, or a list of named ones
	}
	if err := json.Unmarshal(data, &settings); err != nil {
		return "", fmt.Errorf("tokenizer_config.json: %w", err)
	}
	var text string
	if json.Unmarshal(settings.Chat, &text) != nil {
		text = string(settings.Chat)
	}
	return text, nil
}

func billions(parameters int64) string {
	if parameters < 1e9 {
		return fmt.Sprintf("%.1f million", float64(parameters)/1e6)
	}
	return fmt.Sprintf("%.1f billion", float64(parameters)/1e9)
}
