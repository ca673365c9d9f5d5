package pipeline

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"github.com/tunegate/tunegate/internal/config"
	"github.com/tunegate/tunegate/internal/dataset"
	"github.com/tunegate/tunegate/internal/repo"
	"github.com/tunegate/tunegate/internal/store"
	"github.com/tunegate/tunegate/internal/suite"
)

// ErrInput is behind errors about what the user wrote or named: refs, config,
// suites, prompts.
var ErrInput = errors.New("input")

// inputError marks an error as one of input without changing its words.
type inputError struct{ error }

func (e inputError) Unwrap() []error { return []error{e.error, ErrInput} }

// Refs says what is judged against what. Empty: the working tree against the
// default branch. A head that is the base tip itself is trained as it stands and
// compared with the stable model.
type Refs struct {
	Base, Head         string
	BaseName, HeadName string // how the two are called where they are shown; empty: as they are given
	// Change says that the head is a change, also where it is the base tip itself:
	// then it changes nothing.
	Change bool
}

// workingTree is the ref of a head that is no commit of the user's.
const workingTree = "working-tree"

// Plan is everything that a run takes from the repository.
type Plan struct {
	BaseRef, HeadRef string
	BaseSHA, HeadSHA string
	Config           config.Config
	PolicySHA256     string
	Suites           []suite.Suite
	Sanity           []string
	Template         string // the content of serve.template's file; empty: auto
	Head, Base       []repo.File
	Lineage          string // of what main would hold after the merge
	BaseLineage      string // of what the base tip holds
	Notes            []string
	// Gated is false for the first change that brings a config: it is checked
	// and nothing is trained.
	Gated bool
	// Retrains says that no change is judged, but what the base tip itself holds.
	Retrains bool

	policyTree *repo.Tree
	headTree   *repo.Tree // of the head commit, before any merge
}

// NewPlan reads policy, suites and prompts from the base tip, and records and
// train values from the tree that merging the head would give. Its errors are
// ErrInput unless the context ended; the plan then holds what was read till there.
func NewPlan(ctx context.Context, r *repo.Repo, configPath string, refs Refs) (*Plan, error) {
	p := &Plan{BaseRef: refs.Base, HeadRef: refs.Head, Gated: true}
	err := p.read(ctx, r, configPath, refs)
	if err != nil && ctx.Err() == nil {
		err = inputError{err}
	}
	return p, err
}

func (p *Plan) read(ctx context.Context, r *repo.Repo, configPath string, refs Refs) error {
	merged, err := p.resolve(ctx, r)
	p.BaseRef, p.HeadRef = cmp.Or(refs.BaseName, repo.ShortName(p.BaseRef)), cmp.Or(refs.HeadName, repo.ShortName(p.HeadRef))
	if err != nil {
		return err
	}
	p.Retrains = refs.Head != "" && !refs.Change && p.HeadSHA == p.BaseSHA
	base, err := r.Tree(ctx, p.BaseSHA)
	if err != nil {
		return err
	}
	head, err := r.Tree(ctx, merged)
	if err != nil {
		return err
	}
	if p.headTree, err = r.Tree(ctx, p.HeadSHA); err != nil {
		return err
	}
	p.policyTree = base
	if _, found := base.Lookup(configPath); !found {
		if _, found := head.Lookup(configPath); !found {
			return fmt.Errorf("%s: neither %s nor %s has it (hint: `tunegate init` writes one to start from)", configPath, p.BaseRef, p.HeadRef)
		}
		p.policyTree, p.Gated = head, false
		p.Notes = append(p.Notes, fmt.Sprintf("%s has no %s yet: this one is checked and nothing is judged until it is merged", p.BaseRef, configPath))
	}
	if err := p.readPolicy(ctx, configPath); err != nil {
		return err
	}
	baseTrain := p.Config.Train
	if p.Gated {
		changes, err := p.readTrainValues(ctx, head, configPath)
		if err != nil {
			return err
		}
		changes = append(changes, p.fileChanges(head)...)
		if err := p.checkPolicy(ctx, head, configPath, len(changes) > 0); err != nil {
			return err
		}
		p.note(changes)
	}
	if p.Head, err = p.records(ctx, head); err != nil {
		return err
	}
	if p.Base, err = p.records(ctx, base); err != nil {
		return err
	}
	if len(p.Head) == 0 {
		return fmt.Errorf("%s: `dataset.sources` match no file of %s (hint: the globs start at the top of the repository)", configPath, p.HeadRef)
	}
	p.Lineage = p.lineage(p.Head, p.Config)
	ofBase := p.Config
	ofBase.Train = baseTrain
	p.BaseLineage = p.lineage(p.Base, ofBase)
	return nil
}

// resolve finds the commits and gives the tree, or commit, that is judged.
func (p *Plan) resolve(ctx context.Context, r *repo.Repo) (merged string, err error) {
	if p.BaseRef == "" {
		if p.BaseRef, err = r.DefaultBranch(ctx); err != nil {
			return "", err
		}
	}
	if p.BaseSHA, err = r.Commit(ctx, p.BaseRef); err != nil {
		return "", err
	}
	if p.HeadRef == "" {
		p.HeadRef = workingTree
		p.HeadSHA, err = r.WorkingTree(ctx)
		for _, name := range r.LeftOut() {
			p.Notes = append(p.Notes, fmt.Sprintf("%q is untracked and large, so it was left out (hint: git add it, or ignore it)", name))
		}
	} else {
		p.HeadSHA, err = r.Commit(ctx, p.HeadRef)
	}
	if err != nil {
		return "", err
	}
	if p.HeadSHA == p.BaseSHA {
		return p.BaseSHA, nil
	}
	return r.MergeTree(ctx, p.BaseSHA, p.HeadSHA)
}

// readPolicy reads config, suites, sanity prompts and template, and digests
// them as the policy.
func (p *Plan) readPolicy(ctx context.Context, configPath string) error {
	data, err := p.policyTree.Read(ctx, configPath)
	if err != nil {
		return err
	}
	if p.Config, err = config.Parse(configPath, data); err != nil {
		return err
	}
	policy := map[string]string{configPath: string(data)}
	if err := p.readSuites(ctx, policy); err != nil {
		return err
	}
	if path := p.Config.Eval.SanityPrompts; path != "" {
		data, err := p.file(ctx, path, "eval.sanity_prompts")
		if err != nil {
			return err
		}
		if p.Sanity, err = suite.ParseSanity(path, data); err != nil {
			return err
		}
		policy[path] = string(data)
	}
	if path := p.Config.Serve.TemplateFile; path != "" {
		data, err := p.file(ctx, path, "serve.template")
		if err != nil {
			return err
		}
		p.Template = string(data)
		policy[path] = p.Template
	}
	p.PolicySHA256 = string(store.CanonicalDigest(policy))
	return nil
}

func (p *Plan) file(ctx context.Context, path, key string) ([]byte, error) {
	data, err := p.policyTree.Read(ctx, path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("`%s`: no file %s in %s (hint: is it committed?)", key, path, p.BaseRef)
	}
	return data, err
}

func (p *Plan) readSuites(ctx context.Context, policy map[string]string) error {
	var files []repo.File
	for _, glob := range p.Config.Eval.Suites {
		matched := p.policyTree.Match(glob)
		if len(matched) == 0 {
			return fmt.Errorf("`eval.suites`: %q matches no file of %s (hint: is it committed?)", glob, p.BaseRef)
		}
		files = append(files, matched...)
	}
	files, err := p.policyTree.Load(ctx, unique(files))
	if err != nil {
		return err
	}
	var mistakes []error
	names := map[string]string{}
	for _, file := range files {
		parsed, err := suite.Parse(file.Path, file.Data)
		if err != nil {
			mistakes = append(mistakes, err)
			continue
		}
		if first, double := names[parsed.Name]; double {
			mistakes = append(mistakes, fmt.Errorf("%s: %s is named %q already", file.Path, first, parsed.Name))
		}
		names[parsed.Name] = file.Path
		p.Suites = append(p.Suites, parsed)
		policy[file.Path] = string(file.Data)
	}
	for _, name := range slices.Concat(p.Config.Gate.Merge.NoHarm, p.Config.Gate.Promote.Gain.AnyOf, p.Config.Gate.Promote.NoWorse.AllOf) {
		if _, known := names[name]; !known && len(mistakes) == 0 {
			mistakes = append(mistakes, fmt.Errorf("`gate` names the suite %q, and no suite file has that name", name))
		}
	}
	return errors.Join(mistakes...)
}

// readTrainValues takes the values under train: from the merged tree, where
// they stay inside the base's limits, and says what else of the config differs.
func (p *Plan) readTrainValues(ctx context.Context, head *repo.Tree, configPath string) (changes []string, err error) {
	data, err := head.Read(ctx, configPath)
	if errors.Is(err, fs.ErrNotExist) {
		return []string{configPath + " would be deleted"}, nil
	}
	if err != nil {
		return nil, err
	}
	proposed, err := config.Parse(configPath, data)
	if err != nil {
		return nil, ofHead(err)
	}
	if over := p.Config.Limits.Exceeded(proposed.Train); over != "" {
		p.Notes = append(p.Notes, "this change asks for more than the base's limits ("+over+"), so the base's `train:` values were used: nothing here says what its own would give")
	} else {
		p.Config.Train = proposed.Train
	}
	now, err := p.policyTree.Read(ctx, configPath)
	return configChanges(configPath, now, data), err
}

// checkPolicy makes sure that the policy of the merged tree can be read, so that
// a change which breaks it does not stop every run after it.
func (p *Plan) checkPolicy(ctx context.Context, head *repo.Tree, configPath string, changed bool) error {
	if _, kept := head.Lookup(configPath); !kept || !changed {
		return nil
	}
	merged := Plan{BaseRef: p.BaseRef + " after the merge", policyTree: head}
	if err := merged.readPolicy(ctx, configPath); err != nil {
		return ofHead(err)
	}
	if !slices.ContainsFunc(merged.Config.Dataset.Sources, func(s dataset.Source) bool { return len(head.Match(s.Path)) > 0 }) {
		return ofHead(fmt.Errorf("%s: `dataset.sources` match no file of %s", configPath, merged.BaseRef))
	}
	return nil
}

// ofHead says of each mistake that it is the head's.
func ofHead(err error) error {
	many, joined := err.(interface{ Unwrap() []error })
	if !joined {
		return fmt.Errorf("the head's %w", err)
	}
	var all []error
	for _, one := range many.Unwrap() {
		all = append(all, ofHead(one))
	}
	return errors.Join(all...)
}

func (p *Plan) records(ctx context.Context, tree *repo.Tree) ([]repo.File, error) {
	var files []repo.File
	for _, source := range p.Config.Dataset.Sources {
		files = append(files, tree.Match(source.Path)...)
	}
	return tree.Load(ctx, unique(files))
}

// unique sorts files by path and drops the second of two.
func unique(files []repo.File) []repo.File {
	slices.SortStableFunc(files, func(a, b repo.File) int {
		if a.Path < b.Path {
			return -1
		}
		if a.Path > b.Path {
			return 1
		}
		return 0
	})
	return slices.CompactFunc(files, func(a, b repo.File) bool { return a.Path == b.Path })
}

// lineage names what a model is made of, independent of the tool's version.
func (p *Plan) lineage(records []repo.File, c config.Config) string {
	blobs := map[string]string{}
	for _, file := range records {
		blobs[file.Path] = file.Blob
	}
	serve := c.Serve
	serve.TemplateFile = p.Template
	return string(store.CanonicalDigest(map[string]any{
		"records": blobs, "base": p.baseIdentity(), "dataset": c.Dataset,
		"train": c.Train, "export": c.Export, "serve": serve, "seed": c.Seed,
	}))
}
