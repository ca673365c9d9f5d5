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
	// Checks overrides DefaultChecks by name.
	Checks map[string]CheckOptions `json:"checks"`
}

// Source names record files.
type Source struct {
	// Path is a glob from the top of the repository, slash separated; `**` stands
	// for any number of folders.
	Path string `json:"path"`
	// Weight is how often each of its training rows is written; 0 is 1.
	Weight  int    `json:"weight"`
	License string `json:"license"`
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
func (o Options) Validate() error {
	for _, source := range o.Sources {
		if err := source.validate(); err != nil {
			return err
		}
	}
	if !(o.Validation >= 0 && o.Validation < 1) {
		return fmt.Errorf("dataset.validation is %v (hint: a share from 0 to below 1, such as 0.1)", o.Validation)
	}
	for name, options := range o.Checks {
		check, known := checks[name]
		switch {
		case !known:
			return fmt.Errorf("unknown check %q (known: %s)", name, strings.Join(checkNames(), ", "))
		case options.Level != "" && options.Level != Error && options.Level != Warn && options.Level != Off:
			return fmt.Errorf("check %s has the level %q (known: error, warn, off)", name, options.Level)
		case options.Level == Off && check.unreadable:
			return fmt.Errorf("check %s can't be off, records would vanish without a word (hint: use warn)", name)
		case !(options.Threshold >= 0 && options.Threshold <= 1):
			return fmt.Errorf("check %s has the threshold %v (hint: a share from 0 to 1)", name, options.Threshold)
		}
	}
	return nil
}

func (s Source) times() int { return max(s.Weight, 1) }

func (s Source) validate() error {
	if s.Path == "" || path.IsAbs(s.Path) || strings.Contains(s.Path, `\`) || !filepath.IsLocal(s.Path) {
		return fmt.Errorf("dataset source %q leaves the repository (hint: a path from its top, with slashes and without ..)", s.Path)
	}
	if _, err := path.Match(s.Path, ""); err != nil {
		return fmt.Errorf("dataset source %q is no valid glob (hint: a [ needs its ])", s.Path)
	}
	if s.Weight < 0 {
		return fmt.Errorf("dataset source %q has the weight %d (hint: 1 or more)", s.Path, s.Weight)
	}
	return nil
}
