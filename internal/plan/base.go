package plan

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/tunegate/tunegate/internal/base"
	"github.com/tunegate/tunegate/internal/export"
	"github.com/tunegate/tunegate/internal/register"
	"github.com/tunegate/tunegate/internal/repo"
	"github.com/tunegate/tunegate/internal/store"
	"github.com/tunegate/tunegate/internal/strictyaml"
)

// baseIdentity identifies the base model in a lineage: by the folder's content if it
// is part of the repository, else by its path and revision.
func (p *Plan) baseIdentity() map[string]string {
	identity := map[string]string{"model": p.Config.Base.Model, "revision": p.Config.Base.Revision}
	if p.BaseInRepository() {
		identity["tree"] = string(store.Digest(repo.Blobs(p.BaseFiles())))
	}
	return identity
}

// BaseInRepository reports whether the base model is part of the repository.
func (p *Plan) BaseInRepository() bool { return !filepath.IsAbs(p.Config.Base.Model) }

// BaseFiles are the files of a base inside the repository.
func (p *Plan) BaseFiles() []repo.File { return p.baseFiles }

// BaseFolder is the base model's folder; the context holds for reading one in a commit.
func (p *Plan) BaseFolder(ctx context.Context) base.Folder {
	name := p.Config.Base.Model
	if p.BaseInRepository() {
		return base.Folder{Name: name, Files: p.policyTree.Folder(ctx, name, p.baseFiles), Commit: true}
	}
	return base.Open(name)
}

// ExportBase writes a base inside the repository into dir.
func (p *Plan) ExportBase(ctx context.Context, dir string) error {
	return p.policyTree.Export(ctx, p.Config.Base.Model, dir)
}

// CheckBase is an error if the base model cannot be exported as it is trained, see
// export.CheckBase, or differs from the lock. Its errors are
// ErrInput unless the context ended.
func (p *Plan) CheckBase(ctx context.Context) error {
	if err := p.checkFolder(); err != nil {
		return Input(err)
	}
	err := export.CheckBase(p.BaseFolder(ctx))
	if err == nil {
		err = p.checkLocked(ctx)
	}
	if err == nil || ctx.Err() != nil {
		return ctx.Err()
	}
	where := ""
	if p.BaseInRepository() {
		where = " at " + p.PolicyRef()
	}
	return Input(fmt.Errorf("`base.model`%s: %w", where, err))
}

// checkFolder is an error if the base model's folder does not exist.
func (p *Plan) checkFolder() error {
	model := p.Config.Base.Model
	where, bring := "on this machine", "download the base model to it"
	if p.BaseInRepository() {
		if len(p.baseFiles) > 0 {
			return nil
		}
		where, bring = "in "+p.PolicyRef(), "commit the folder to "+p.PolicyRef()
	} else if _, err := os.Stat(model); !errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	document, err := strictyaml.Parse(p.configPath, p.configText)
	if err != nil {
		return err
	}
	at := []any{"base", "model"}
	return document.Errorf(at, "`base.model`: there is no folder %s %s (hint: %s, or edit `base.model` in %s, line %d, and commit that)",
		model, where, bring, p.configPath, document.Line(at...))
}

// CheckChatTemplate is an error if the base's chat template cannot be served by a built-in one,
// judging by its text; one that the config names is not checked. Its errors are
// ErrInput unless the context ended.
func (p *Plan) CheckChatTemplate(ctx context.Context) error {
	if p.Template != "" {
		return nil
	}
	chat, err := p.BaseFolder(ctx).ChatTemplate()
	if err == nil {
		err = register.CheckChatTemplate(chat, p.Config.Serve.System)
	}
	if err == nil || ctx.Err() != nil {
		return ctx.Err()
	}
	return Input(err)
}

// FileState detects that a file was changed, without reading it.
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

// CheckContext returns the tokens of the context that the base was made for, 0 if
// it does not tell. Its error is ErrInput if num_ctx, with which the models are
// served, exceeds that.
func (p *Plan) CheckContext(ctx context.Context) (int, error) {
	has, err := p.BaseFolder(ctx).Context()
	if asked := p.Config.Eval.NumCtx; err == nil && has > 0 && asked > has {
		err = Input(fmt.Errorf("`num_ctx` is %d, and the base's context has %d tokens (hint: set `num_ctx: %[2]d` under `serve.parameters` in the config)", asked, has))
	}
	return has, err
}
