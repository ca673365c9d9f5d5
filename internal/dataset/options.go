package dataset

import (
	"fmt"
	"path"
	"path/filepath"
	"strings"

	"github.com/tunegate/tunegate/internal/repo"
)

// Options is what the user chooses. Its JSON is part of the stage's key.
type Options struct {
	Sources []Source `json:"sources"`
	// Validation is the share of the row clusters to hold out, 0 to below 1.
	Validation float64 `json:"validation"`
	// System is the system prompt that the model is served with; it opens every row.
	System string `json:"system"`
	Seed   uint64 `json:"seed"`
	// Checks has every check of DefaultChecks.
	Checks map[string]CheckOptions `json:"checks"`
	// Tags are those that records are read for; nil: DefaultTags. An empty list has
	// a key of its own.
	Tags []Tag `json:"tags,omitzero"`
	// DefaultTags are in no key and no lineage, so that those made before tags could
	// be chosen stay: a change of what they are raises Revision.
	DefaultTags []Tag `json:"-"`
}

// tags are those in effect.
func (o Options) tags() []Tag {
	if o.Tags != nil {
		return o.Tags
	}
	return o.DefaultTags
}

// Source names record files.
type Source struct {
	// Path is a glob from the top of the repository, slash separated; `**` stands
	// for any number of folders.
	Path string `json:"path"`
	// Weight is how often each of its training rows is written, 1 or more.
	Weight  int    `json:"weight"`
	License string `json:"license"`
	// Optional: that no file matches is nothing to warn of. It changes no row, so it is
	// in no key.
	Optional bool `json:"-"`
}

// SourceFor gives the first source whose glob matches a path of the repository.
func (o Options) SourceFor(path string) (Source, bool) {
	for _, source := range o.Sources {
		if repo.Match(source.Path, path) {
			return source, true
		}
	}
	return Source{}, false
}

// Validate says what is wrong with the options, if anything.
func (o Options) Validate() error { return o.validate(known) }

func (o Options) validate(checks table) error {
	for _, source := range o.Sources {
		if err := source.Validate(); err != nil {
			return err
		}
	}
	if err := ValidateShare(o.Validation); err != nil {
		return err
	}
	for i, tags := 0, o.tags(); i < len(tags); i++ {
		if err := tags[i].Validate(tags[:i]); err != nil {
			return err
		}
	}
	return checks.validate(o.Checks)
}

// ValidateShare refuses an Options.Validation that leaves nothing to train on.
func ValidateShare(validation float64) error {
	if !(validation >= 0 && validation < 1) {
		return fmt.Errorf("dataset.validation is %v (hint: a share from 0 to below 1, such as 0.1)", validation)
	}
	return nil
}

// Validate refuses a path outside the repository, a glob that can't match and a
// weight below 1.
func (s Source) Validate() error {
	if s.Path == "" || path.IsAbs(s.Path) || strings.Contains(s.Path, `\`) || !filepath.IsLocal(s.Path) {
		return fmt.Errorf("dataset source %q leaves the repository (hint: a path from its top, with slashes and without ..)", s.Path)
	}
	if _, err := path.Match(s.Path, ""); err != nil {
		return fmt.Errorf("dataset source %q is not a valid glob (hint: check for an unclosed '[' or '{')", s.Path)
	}
	if s.Weight < 1 {
		return fmt.Errorf("dataset source %q has the weight %d (hint: 1 or more)", s.Path, s.Weight)
	}
	return nil
}
