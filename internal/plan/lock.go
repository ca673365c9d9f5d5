package plan

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"strings"

	"github.com/tunegate/tunegate/internal/baselock"
	"github.com/tunegate/tunegate/internal/repo"
	"github.com/tunegate/tunegate/internal/suite"
	"github.com/tunegate/tunegate/internal/text"
)

// maxDifferences bounds what is named of a base that is another than the lock's.
const maxDifferences = 5

// readLock reads the lock of the base model beside the config, where there is one. One
// of another base than the config's is a mistake.
func (p *Plan) readLock(ctx context.Context, policy map[string]string) error {
	data, err := p.policyTree.Read(ctx, p.lockPath, maxPolicyFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	policy[p.lockPath] = string(data)
	lock, err := baselock.Decode(p.lockPath, data)
	if err != nil {
		return err
	}
	of := p.Config.Base
	if !lock.Is(of.Model, of.Revision) {
		return fmt.Errorf("%s is of the base model %s, and the config names %s (hint: where that is meant, `tunegate setup --renew-lock --base REF` on the machine that trains, with a REF of this config, writes it anew; commit it with the config)",
			p.lockPath, named(lock.Model, lock.Revision), named(of.Model, of.Revision))
	}
	p.Lock = &lock
	return nil
}

// named is a base model as a config calls it.
func named(model, revision string) string {
	name := fmt.Sprintf("%.200q", model)
	if revision != "" {
		name += fmt.Sprintf(" at %.100q", revision)
	}
	return name
}

// readControl finds the control tokens of the base: the lock has them; without one the
// base itself, where it is at hand.
func (p *Plan) readControl(ctx context.Context) error {
	if p.Lock != nil {
		p.control = p.Lock.Control()
		return nil
	}
	control, err := baselock.Control(p.BaseFolder(ctx))
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err == nil {
		p.control = control
		return nil
	}
	where := "on this machine"
	if p.BaseInRepository() {
		where = "in its commit"
	}
	why := "cannot be read " + where
	if errors.Is(err, fs.ErrNotExist) {
		why = "is not " + where
	}
	p.Notes = append(p.Notes, fmt.Sprintf("records and suites were not searched for control tokens of the base model: there is no %s, and %s %s (hint: `tunegate setup` on the machine that trains writes %[1]s; commit it)",
		p.lockPath, p.Config.Base.Model, why))
	return nil
}

// BaseLock is the lock of the base model as it lies here.
func (p *Plan) BaseLock(ctx context.Context) (baselock.Lock, error) {
	return baselock.Of(p.BaseFolder(ctx), p.Config.Base.Model, p.Config.Base.Revision)
}

// checkLocked refuses a base model that is not the one of the lock.
func (p *Plan) checkLocked(ctx context.Context) error {
	if p.Lock == nil {
		return nil
	}
	now, err := p.BaseLock(ctx)
	if err != nil {
		return err
	}
	parts := p.Lock.Differences(now)
	if len(parts) == 0 {
		return nil
	}
	if left := len(parts) - maxDifferences; left > 0 {
		parts = append(parts[:maxDifferences], fmt.Sprintf("and %d more", left))
	}
	return fmt.Errorf("%s is not the base that %s has: %s (hint: bring the base back that was locked; where the change is meant, `tunegate setup --renew-lock` writes the lock anew: commit it)",
		p.Config.Base.Model, p.lockPath, strings.Join(parts, ", "))
}

// LockPath is where the lock stands in the repository.
func (p *Plan) LockPath() string { return p.lockPath }

// reader reads what a model is asked.
func (p *Plan) reader() suite.Reader { return suite.Reader{Control: text.NewLiterals(p.control)} }

// changesBase says whether a tree has another base model inside the repository.
func (p *Plan) changesBase(ctx context.Context, head *repo.Tree) (bool, error) {
	if !p.BaseInRepository() {
		return false, nil
	}
	files, err := head.Under(ctx, p.Config.Base.Model)
	return !maps.Equal(repo.Blobs(p.baseFiles), repo.Blobs(files)), err
}
