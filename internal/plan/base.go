package plan

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/tunegate/tunegate/internal/repo"
	"github.com/tunegate/tunegate/internal/store"
)

// baseIdentity names the base model in a lineage: the folder's content where it
// is part of the repository, else its path and revision.
func (p *Plan) baseIdentity() map[string]string {
	identity := map[string]string{"model": p.Config.Base.Model, "revision": p.Config.Base.Revision}
	if p.BaseInRepository() {
		identity["tree"] = string(store.Digest(repo.Blobs(p.BaseFiles())))
	}
	return identity
}

// BaseInRepository says whether the base model is part of the repository.
func (p *Plan) BaseInRepository() bool { return !filepath.IsAbs(p.Config.Base.Model) }

// BaseFiles are the files of a base inside the repository.
func (p *Plan) BaseFiles() []repo.File { return p.policyTree.Under(p.Config.Base.Model) }

// BaseConfig is the base model's config.json.
func (p *Plan) BaseConfig(ctx context.Context) ([]byte, error) {
	if p.BaseInRepository() {
		return p.policyTree.Read(ctx, path.Join(p.Config.Base.Model, "config.json"))
	}
	return os.ReadFile(filepath.Join(p.Config.Base.Model, "config.json"))
}

// ExportBase writes a base inside the repository into dir.
func (p *Plan) ExportBase(ctx context.Context, dir string) error {
	return p.policyTree.Export(ctx, p.Config.Base.Model, dir)
}

// ErrBase says that the base model is not there as a whole.
var ErrBase = errors.New("base model")

// baseError marks an error as one of the base without changing its words.
type baseError struct{ error }

func (e baseError) Unwrap() []error { return []error{e.error, ErrBase} }

// CheckBase looks for the files that every base model has, without reading them.
// Its errors are ErrBase.
func (p *Plan) CheckBase() error {
	folder, where := p.Config.Base.Model, ""
	var names []string
	if !p.BaseInRepository() {
		entries, err := os.ReadDir(folder)
		if err != nil {
			return baseError{fmt.Errorf("`base.model`: %w", err)}
		}
		for _, entry := range entries {
			names = append(names, entry.Name())
		}
	} else {
		where = " at " + p.BaseRef
		for _, file := range p.BaseFiles() {
			names = append(names, path.Base(file.Path))
		}
	}
	for _, needed := range []string{"config.json", "tokenizer.json", "tokenizer_config.json", ".safetensors"} {
		if !slices.ContainsFunc(names, func(name string) bool { return strings.HasSuffix(name, needed) }) {
			return baseError{fmt.Errorf("`base.model`: %s%s has no %s (hint: the whole Hugging Face folder of the base model is needed)", folder, where, needed)}
		}
	}
	return nil
}

// FileState is what tells that a file was changed, without reading it.
type FileState struct {
	Name string
	Size int64
	Time time.Time
}

// FolderState is that of the files of a base outside the repository.
func FolderState(folder string) ([]FileState, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, fmt.Errorf("`base.model`: %w (hint: download the base model to that folder)", err)
	}
	var state []FileState
	for _, entry := range entries {
		info, err := os.Stat(filepath.Join(folder, entry.Name()))
		if err != nil {
			return nil, fmt.Errorf("`base.model`: %w", err)
		}
		if info.Mode().IsRegular() && !strings.HasPrefix(entry.Name(), ".") {
			state = append(state, FileState{entry.Name(), info.Size(), info.ModTime().UTC()})
		}
	}
	return state, nil
}
