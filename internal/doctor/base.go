package doctor

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"

	"github.com/tunegate/tunegate/internal/base"
	"github.com/tunegate/tunegate/internal/check"
	"github.com/tunegate/tunegate/internal/export"
)

// baseModel is what determines a run's needs in the base model's folder. The
// zero value is a model of no size.
type baseModel struct {
	weights    int64 // bytes of its weights
	parameters int64
	tracked    bool   // the folder is part of the repository
	chat       string // its chat template; empty: none
}

// readBase checks the base model as a run does; if none can be planned, that of
// the working tree's config. Without a base in any config there is no check.
func readBase(ctx context.Context, wants wanted) (baseModel, []check.Check) {
	if wants.plan == nil && wants.config == nil {
		return baseModel{}, nil
	}
	fail := func(err error) (baseModel, []check.Check) {
		return baseModel{}, []check.Check{check.Stopped("base", err, "download the base model again, or name another one under `base.model` of the config")}
	}
	var folder base.Folder
	var err error
	if wants.plan != nil {
		folder, err = wants.plan.BaseFolder(ctx), wants.plan.CheckBase(ctx)
	} else {
		folder = wants.draftBase()
		err = export.CheckBase(folder)
	}
	if err != nil {
		return fail(err)
	}
	found := baseModel{tracked: folder.Commit}
	data, err := folder.Read(base.ConfigFile)
	if err != nil {
		return fail(err)
	}
	if found.weights, err = folder.WeightsSize(); err != nil {
		return fail(err)
	}
	found.parameters = found.weights / parameterSize(data)
	if found.chat, err = folder.ChatTemplate(); err != nil {
		return fail(err)
	}
	return found, []check.Check{check.Passed("base", fmt.Sprintf("%s: %s parameters", folder.Name, billions(found.parameters)))}
}

// draftBase is the folder on this machine that the working tree's config names.
func (w wanted) draftBase() base.Folder {
	model := w.config.Base.Model
	if !filepath.IsAbs(model) {
		model = filepath.Join(w.root, model)
	}
	return base.Open(model)
}

// parameterSize is the number of bytes per parameter in the weight files.
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

func billions(parameters int64) string {
	if parameters < 1e9 {
		return fmt.Sprintf("%.1f million", float64(parameters)/1e6)
	}
	return fmt.Sprintf("%.1f billion", float64(parameters)/1e9)
}
