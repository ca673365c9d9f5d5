// Package plan determines what is judged against what. From a repository and two refs it
// reads the policy of the base, the records and recipe that a merge would give, the
// lineage of the resulting model, and where a run's results are kept.
package plan

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/tunegate/tunegate/internal/baselock"
	"github.com/tunegate/tunegate/internal/config"
	"github.com/tunegate/tunegate/internal/dataset"
	"github.com/tunegate/tunegate/internal/repo"
	"github.com/tunegate/tunegate/internal/suite"
)

// ErrInput is behind errors about what the user wrote or named: refs, config,
// suites, prompts.
var ErrInput = errors.New("input")

// ErrNoRecords is behind the error that no source of the config has a file.
var ErrNoRecords = errors.New("no records")

// marked is an error that is another one too, in its own words.
type marked struct {
	error
	as error
}

// Input marks an error as one of input.
func Input(err error) error { return marked{err, ErrInput} }

func (e marked) Unwrap() []error { return []error{e.error, e.as} }

// Refs are the base and the head to judge. Empty: the working tree against the
// default branch. A head that is the base tip itself is trained as it is and
// compared with the stable model.
type Refs struct {
	Base, Head         string
	BaseName, HeadName string // how the two are shown; empty: as they are given
	// Change marks the head as a change, also if it is the base tip itself:
	// then it changes nothing.
	Change bool
	// Records are files, from the top of the repository, that must be among the head's
	// records.
	Records []string
	// Relocks leaves the lock of the base model unread: it is to be rewritten.
	Relocks bool
}

// WorkingTree is the ref of a head that is no commit of the user's.
const WorkingTree = "working-tree"

// Plan is everything that a run takes from the repository.
type Plan struct {
	BaseRef, HeadRef string
	BaseSHA, HeadSHA string
	Config           config.Config
	PolicySHA256     string
	Suites           []suite.Suite
	Sanity           []string
	Lock             *baselock.Lock // of the base model; nil: there is none
	Template         string         // the content of serve.template's file; empty: auto
	Head, Base       []repo.File
	Lineage          string // of main's content after the merge
	BaseLineage      string // of the base tip's content
	Notes            []string
	Unmatched        []string          // sources that match no file of the head, with their lines; each is a note, too
	Unnamed          []dataset.Finding // files of the change that look like records but are not used
	// Gated is false for the first change that brings a config: it is checked
	// and nothing is trained.
	Gated bool
	// Retrains is set if no change is judged, but the base tip itself.
	Retrains bool

	configText []byte // of the policy
	configPath string
	lockPath   string
	control    []string // tokens of the base that no text may hold; nil: not known
	policyTree *repo.Tree
	contents   func(context.Context, []repo.File) (*repo.Contents, error)
	baseFiles  []repo.File       // of a base model inside the repository
	headBlobs  map[string]string // the blobs of the record files of the head commit, before any merge
}

// PolicyRef is where the policy was read: the base, or the head that brings a first one.
func (p *Plan) PolicyRef() string {
	if p.Gated {
		return p.BaseRef
	}
	return p.HeadRef
}

// New reads policy, suites and prompts from the base tip, and records and
// train values from the tree that merging the head would give. Its errors are
// ErrInput unless the context ended; the plan then holds what was read so far.
func New(ctx context.Context, r *repo.Repo, configPath string, refs Refs) (*Plan, error) {
	p := &Plan{BaseRef: refs.Base, HeadRef: refs.Head, Gated: true, contents: r.Map, configPath: configPath, lockPath: baselock.Path(configPath)}
	err := p.read(ctx, r, configPath, refs)
	if err != nil && ctx.Err() == nil {
		err = Input(err)
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
	if err := p.choosePolicy(ctx, r, base, head); err != nil {
		return err
	}
	if err := p.readPolicy(ctx, configPath, refs.Relocks); err != nil {
		return err
	}
	if err := p.refuseLinks(ctx, base, head); err != nil {
		return err
	}
	baseTrain := p.Config.Train
	if p.Gated {
		if err := p.readProposed(ctx, head); err != nil {
			return err
		}
	}
	if p.Head, err = p.records(ctx, head); err != nil {
		return err
	}
	if p.Base, err = p.records(ctx, base); err != nil {
		return err
	}
	own, err := r.Tree(ctx, p.HeadSHA)
	if err != nil {
		return err
	}
	inHead, err := p.records(ctx, own)
	if err != nil {
		return err
	}
	p.headBlobs = repo.Blobs(inHead)
	if err := p.require(ctx, head, configPath, refs.Records); err != nil {
		return err
	}
	if err := p.findUnnamed(ctx, r, base, head); err != nil {
		return err
	}
	if len(p.Head) == 0 {
		return noRecords(configPath, p.HeadRef)
	}
	if err := p.findUnmatched(configPath); err != nil {
		return err
	}
	p.Lineage = p.lineage(p.Head, p.Config)
	ofBase := p.Config
	ofBase.Train = baseTrain
	p.BaseLineage = p.lineage(p.Base, ofBase)
	return nil
}

// choosePolicy takes the tree that the policy is read from: the base's, or that of the
// head which brings the first config.
func (p *Plan) choosePolicy(ctx context.Context, r *repo.Repo, base, head *repo.Tree) error {
	p.policyTree = base
	if _, found, err := base.Lookup(ctx, p.configPath); err != nil || found {
		return err
	}
	if _, err := head.Read(ctx, p.configPath, MaxPolicyFile); errors.Is(err, fs.ErrNotExist) {
		return noConfig(ctx, r, p.configPath, p.BaseRef, p.HeadRef)
	} else if err != nil {
		return ofHead(err)
	}
	p.policyTree, p.Gated = head, false
	p.Notes = append(p.Notes, fmt.Sprintf("%s has no %s yet: this one is checked, but nothing is judged until it is merged", p.BaseRef, p.configPath))
	return nil
}

// resolve finds the commits and returns the tree, or commit, to judge.
func (p *Plan) resolve(ctx context.Context, r *repo.Repo) (merged string, err error) {
	if p.BaseRef, err = r.OrDefault(ctx, p.BaseRef); err != nil {
		return "", err
	}
	if p.BaseSHA, err = r.Commit(ctx, p.BaseRef); err != nil {
		return "", err
	}
	if p.HeadRef == "" {
		p.HeadRef = WorkingTree
		p.HeadSHA, err = r.WorkingTree(ctx)
		for _, name := range r.LeftOut() {
			p.Notes = append(p.Notes, fmt.Sprintf("%q is untracked and large, so it was left out (hint: `git add` it, or ignore it)", name))
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
