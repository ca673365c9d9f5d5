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

// maxDifferences bounds the listed differences of a base from its lock.
const maxDifferences = 5

// readLock reads the lock of the base model beside the config, if there is one. A lock
// of a base other than the config's is a mistake.
func (p *Plan) readLock(ctx context.Context, policy map[string]string) error {
	data, err := p.policyTree.Read(ctx, p.lockPath, MaxPolicyFile)
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
		return fmt.Errorf("%s describes the base model %s, but the config names %s (hint: if that is intended, run `tunegate setup --renew-lock --base REF` on the machine that trains, where REF has this config, and commit the lock with the config)",
			p.lockPath, named(lock.Model, lock.Revision), named(of.Model, of.Revision))
	}
	p.Lock = &lock
	return nil
}

// named is a base model under its name in the config.
func named(model, revision string) string {
	name := fmt.Sprintf("%.200q", model)
	if revision != "" {
		name += fmt.Sprintf(" at %.100q", revision)
	}
	return name
}

// readControl finds the control tokens of the base: the lock has them; without one, the
// base itself, if it is available.
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
	p.Notes = append(p.Notes, fmt.Sprintf("records and suites were not searched for control tokens of the base model: there is no %s, and %s %s (hint: run `tunegate setup` on the machine that trains, and commit %[1]s)",
		p.lockPath, p.Config.Base.Model, why))
	return nil
}

// BaseLock is the lock of the base model on this machine.
func (p *Plan) BaseLock(ctx context.Context) (baselock.Lock, error) {
	return baselock.Of(p.BaseFolder(ctx), p.Config.Base.Model, p.Config.Base.Revision)
}

// checkLocked refuses a base model that does not match the lock.
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
	return fmt.Errorf("%s is not the base model of %s: %s (hint: restore the base model that was locked; if the change is intended, run `tunegate setup --renew-lock` and commit the lock)",
		p.Config.Base.Model, p.lockPath, strings.Join(parts, ", "))
}

// LockPath is the path of the lock in the repository.
func (p *Plan) LockPath() string { return p.lockPath }

// reader reads suites and prompts.
func (p *Plan) reader() suite.Reader { return suite.Reader{Control: text.NewLiterals(p.control)} }

// changesBase reports whether a tree has another base model inside the repository.
func (p *Plan) changesBase(ctx context.Context, head *repo.Tree) (bool, error) {
	if !p.BaseInRepository() {
		return false, nil
	}
	files, err := head.Under(ctx, p.Config.Base.Model)
	return !maps.Equal(repo.Blobs(p.baseFiles), repo.Blobs(files)), err
}
