package plan

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"reflect"
	"slices"

	"github.com/tunegate/tunegate/internal/config"
	"github.com/tunegate/tunegate/internal/repo"
	"github.com/tunegate/tunegate/internal/store"
)

// Bounds on what is read of the policy, in bytes: one file, and all suites.
const (
	MaxPolicyFile = 1 << 20
	maxSuites     = 16 << 20
)

// LoadPolicy reads the config at a ref (empty: the default branch). Its errors
// are ErrInput unless the context ended.
func LoadPolicy(ctx context.Context, r *repo.Repo, configPath, ref string) (config.Config, error) {
	c, err := loadPolicy(ctx, r, configPath, ref)
	if err != nil && ctx.Err() == nil {
		return c, Input(err)
	}
	return c, err
}

func loadPolicy(ctx context.Context, r *repo.Repo, configPath, ref string) (config.Config, error) {
	ref, err := r.OrDefault(ctx, ref)
	if err != nil {
		return config.Config{}, err
	}
	commit, err := r.Commit(ctx, ref)
	if err != nil {
		return config.Config{}, err
	}
	tree, err := r.Tree(ctx, commit)
	if err != nil {
		return config.Config{}, err
	}
	data, err := tree.Read(ctx, configPath, MaxPolicyFile)
	if errors.Is(err, fs.ErrNotExist) {
		return config.Config{}, noConfig(ctx, r, configPath, repo.ShortName(ref))
	}
	if err != nil {
		return config.Config{}, err
	}
	return config.Parse(configPath, data)
}

// readPolicy reads config, lock, suites, sanity prompts and template, and digests
// them as the policy.
func (p *Plan) readPolicy(ctx context.Context, configPath string, relocks bool) error {
	var err error
	if p.configText, err = p.policyTree.Read(ctx, configPath, MaxPolicyFile); err != nil {
		return err
	}
	if p.Config, err = config.Parse(configPath, p.configText); err != nil {
		return err
	}
	if p.BaseInRepository() {
		if p.baseFiles, err = p.policyTree.Under(ctx, p.Config.Base.Model); err != nil {
			return err
		}
	}
	policy := map[string]string{configPath: string(p.configText)}
	if !relocks {
		if err := p.readLock(ctx, policy); err != nil {
			return err
		}
	}
	if err := p.readControl(ctx); err != nil {
		return err
	}
	if err := p.reader().CheckText(p.Config.Serve.System); err != nil {
		return fmt.Errorf("%s: `serve.system`: %w", configPath, err)
	}
	if err := p.readSuites(ctx, policy); err != nil {
		return err
	}
	if path := p.Config.Eval.SanityPrompts; path != "" {
		data, err := p.file(ctx, path, "eval.sanity_prompts")
		if err != nil {
			return err
		}
		if p.Sanity, err = p.reader().Sanity(path, data); err != nil {
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
	data, err := p.policyTree.Read(ctx, path, MaxPolicyFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("`%s`: no file %s in %s (hint: commit the file, or correct the path)", key, path, p.PolicyRef())
	}
	return data, err
}

func (p *Plan) readSuites(ctx context.Context, policy map[string]string) error {
	globs := p.Config.Eval.Suites
	files, err := p.policyTree.Match(ctx, globs...)
	if err != nil {
		return fmt.Errorf("`eval.suites`: %w", err)
	}
	for _, glob := range globs {
		if !slices.ContainsFunc(files, func(f repo.File) bool { return repo.Match(glob, f.Path) }) {
			return fmt.Errorf("`eval.suites`: %q matches no file of %s (hint: commit the files, or correct the pattern)", glob, p.PolicyRef())
		}
	}
	if files, err = p.policyTree.Load(ctx, files, maxSuites); err != nil {
		return err
	}
	var mistakes []error
	names := map[string]string{}
	for _, file := range files {
		if err := file.Whole(); err != nil {
			mistakes = append(mistakes, err)
			continue
		}
		parsed, err := p.reader().Suite(file.Path, file.Data)
		if err != nil {
			mistakes = append(mistakes, err)
			continue
		}
		if first, double := names[parsed.Name]; double {
			mistakes = append(mistakes, fmt.Errorf("%s: %s already has the name %q (hint: give each suite a `name` of its own)", file.Path, first, parsed.Name))
		}
		names[parsed.Name] = file.Path
		p.Suites = append(p.Suites, parsed)
		policy[file.Path] = string(file.Data)
	}
	for _, name := range slices.Concat(p.Config.Gate.Merge.NoHarm, p.Config.Gate.Promote.Gain.AnyOf, p.Config.Gate.Promote.NoWorse.AllOf) {
		if _, known := names[name]; !known && len(mistakes) == 0 {
			mistakes = append(mistakes, fmt.Errorf("`gate` names the suite %q, but no suite file has that name (hint: name a suite by its `name`; `eval.suites` finds the files)", name))
		}
	}
	return errors.Join(mistakes...)
}

// readTrainValues takes the values under train: from the merged tree, if
// they are within the base's limits, and lists other differences of the config.
func (p *Plan) readTrainValues(ctx context.Context, head *repo.Tree, configPath string) (changes []string, err error) {
	data, err := head.Read(ctx, configPath, MaxPolicyFile)
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
	if !reflect.DeepEqual(proposed.Train, p.Config.Train) {
		over := p.Config.Limits.Exceeded(proposed.Train)
		p.noteTraining(over, config.TrainDifferences(p.configText, data))
		if over == "" {
			p.Config.Train = proposed.Train
		}
	}
	return configChanges(configPath, p.configText, data), nil
}

// readProposed takes from the head what a change of the config may set, notes what else
// it changes, and makes sure that the merge leaves a policy which can be read.
func (p *Plan) readProposed(ctx context.Context, head *repo.Tree) error {
	changes, err := p.readTrainValues(ctx, head, p.configPath)
	if err != nil {
		return err
	}
	files, err := p.fileChanges(ctx, head)
	if err != nil {
		return err
	}
	changes = append(changes, files...)
	rebased, err := p.changesBase(ctx, head)
	if err != nil {
		return err
	}
	if err := p.checkPolicy(ctx, head, p.configPath, rebased || len(changes) > 0); err != nil {
		return err
	}
	p.note(changes)
	return nil
}

// checkPolicy makes sure that the policy of the merged tree is valid, so that
// a change cannot break every run after it.
func (p *Plan) checkPolicy(ctx context.Context, head *repo.Tree, configPath string, changed bool) error {
	if !changed {
		return nil
	}
	if _, kept, err := head.Lookup(ctx, configPath); err != nil || !kept {
		return err
	}
	merged := Plan{BaseRef: p.BaseRef + " after the merge", Gated: true, configPath: configPath, lockPath: p.lockPath, policyTree: head}
	if err := merged.readPolicy(ctx, configPath, false); err != nil {
		return ofHead(err)
	}
	if merged.BaseInRepository() {
		if err := merged.checkLocked(ctx); err != nil {
			return ofHead(err)
		}
	}
	records, err := merged.records(ctx, head)
	if err != nil {
		return ofHead(err)
	}
	if len(records) == 0 {
		return ofHead(noRecords(configPath, merged.BaseRef))
	}
	return nil
}

// ofHead marks each mistake as the head's.
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
