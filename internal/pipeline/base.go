package pipeline

import (
	"context"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/tunegate/tunegate/internal/export"
	"github.com/tunegate/tunegate/internal/repo"
	"github.com/tunegate/tunegate/internal/store"
)

// model is the base model on this machine.
type model struct {
	dir      string
	identity string // digest of its files
	gguf     string // path of its 16-bit GGUF
	digest   string // sha256 of that file
}

// baseIdentity names the base model in a lineage: the folder's content where it
// is part of the repository, else its path and revision.
func (p *Plan) baseIdentity() map[string]string {
	identity := map[string]string{"model": p.Config.Base.Model, "revision": p.Config.Base.Revision}
	if !filepath.IsAbs(p.Config.Base.Model) {
		identity["tree"] = string(store.Digest(blobs(p.policyTree.Under(p.Config.Base.Model))))
	}
	return identity
}

func blobs(files []repo.File) map[string]string {
	ids := map[string]string{}
	for _, file := range files {
		ids[file.Path] = file.Blob
	}
	return ids
}

// baseModel brings the base model's folder and its 16-bit GGUF.
func (r *run) baseModel(ctx context.Context) (model, error) {
	m, err := r.baseFolder(ctx)
	if err != nil {
		return model{}, err
	}
	entry, v, err := cached(r, work[export.Digest]{
		place: baseGGUFPlace(m.identity),
		do: func(dir string) (export.Digest, error) {
			return export.WriteBase(ctx, m.dir, filepath.Join(dir, "base.gguf"))
		},
	})
	if err != nil {
		return model{}, fmt.Errorf("base model: %w", err)
	}
	m.gguf, m.digest = entry.Path("base.gguf"), v.GGUFSHA256
	r.base = &m
	return m, nil
}

// CheckBase looks for the files that every base model has, without reading them.
func (p *Plan) CheckBase() error {
	folder, where := p.Config.Base.Model, ""
	var names []string
	if filepath.IsAbs(folder) {
		entries, err := os.ReadDir(folder)
		if err != nil {
			return fmt.Errorf("`base.model`: %w", err)
		}
		for _, entry := range entries {
			names = append(names, entry.Name())
		}
	} else {
		where = " at " + p.BaseRef
		for _, file := range p.policyTree.Under(folder) {
			names = append(names, path.Base(file.Path))
		}
	}
	for _, needed := range []string{"config.json", "tokenizer.json", "tokenizer_config.json", ".safetensors"} {
		if !slices.ContainsFunc(names, func(name string) bool { return strings.HasSuffix(name, needed) }) {
			return fmt.Errorf("`base.model`: %s%s has no %s (hint: the whole Hugging Face folder of the base model is needed)", folder, where, needed)
		}
	}
	return nil
}

// baseFolder is the folder of the base model: written from the base commit when
// it is part of the repository, else used where it lies.
func (r *run) baseFolder(ctx context.Context) (model, error) {
	if err := r.plan.CheckBase(); err != nil {
		return model{}, err
	}
	folder := r.plan.Config.Base.Model
	if !filepath.IsAbs(folder) {
		tree := r.plan.policyTree
		files := tree.Under(folder)
		entry, _, err := cached(r, work[struct{}]{
			place: r.plan.baseFilesPlace(),
			do:    func(dir string) (struct{}, error) { return struct{}{}, tree.Export(ctx, folder, dir) },
		})
		return model{dir: entry.Dir, identity: string(store.Digest(blobs(files)))}, err
	}
	return r.absoluteBase(folder)
}

// absoluteBase digests a folder's files, once for each state of their sizes and
// times.
func (r *run) absoluteBase(folder string) (model, error) {
	state, err := folderState(folder)
	if err != nil {
		return model{}, err
	}
	type digests map[string]string
	_, v, err := cached(r, work[digests]{
		place: baseDigestPlace(folder, state),
		do: func(string) (digests, error) {
			found := digests{}
			for _, f := range state {
				digest, err := store.FileDigest(filepath.Join(folder, f.Name))
				if err != nil {
					return nil, err
				}
				found[f.Name] = digest
			}
			return found, nil
		},
	})
	return model{dir: folder, identity: string(store.Digest(v))}, err
}
