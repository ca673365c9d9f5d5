package repo

import (
	"context"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// Other is an entry of a tree that is neither file nor folder, so that nothing
// behind it is read.
type Other struct {
	Path string
	Kind string // "symbolic link" or "submodule"
	ID   string // git's, of what it points to
}

// Others lists the entries that one of the patterns (see Match) names, or leads
// through: with data/*.json these are the links data/a.json and data, and with
// data/**/*.json a submodule anywhere below data. They are in path order; more than
// 10,000 are an error.
func (t *Tree) Others(ctx context.Context, patterns ...string) ([]Other, error) {
	kinds := map[string]string{modeLink: "symbolic link", modeSubmodule: "submodule"}
	// Git follows no path through a link, so it is asked for the first part of each.
	var firsts []string
	for _, pattern := range patterns {
		first, _, _ := strings.Cut(path.Clean(pattern), "/")
		if !filepath.IsLocal(first) {
			first = ""
		}
		firsts = append(firsts, literal([]string{first}))
	}
	var others []Other
	err := t.walk(ctx, false, firsts, func(e listed) error {
		other := Other{Path: e.path, Kind: kinds[e.mode], ID: e.id}
		if other.Kind == "" || !slices.ContainsFunc(patterns, other.isNamedBy) {
			return nil
		}
		if len(others) == maxFiles {
			return fmt.Errorf("more than %d links and submodules where files are named (hint: commit the files themselves)", maxFiles)
		}
		others = append(others, other)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("tree %q: %w", t.ID, err)
	}
	return others, nil
}

// isNamedBy reports whether the pattern could match at or behind the entry.
// A submodule is a folder; a link counts as one where the pattern names it without
// * or ?, for most links are none.
func (o Other) isNamedBy(pattern string) bool {
	if Match(pattern, o.Path) {
		return true
	}
	parts, name := strings.Split(path.Clean(pattern), "/"), strings.Split(o.Path, "/")
	if strings.ContainsAny(parts[0], `*?[\`) {
		return false
	}
	for i, part := range parts[:min(len(parts), len(name))] {
		if o.Kind == "submodule" && part == "**" {
			return true
		}
		fits := part == name[i]
		if o.Kind == "submodule" {
			fits, _ = path.Match(part, name[i])
		}
		if !fits {
			return false
		}
	}
	return len(parts) > len(name)
}

// Refused is the error for an entry that was to be read.
func (o Other) Refused() error {
	return fmt.Errorf("%s is a %s, and its content is not read (hint: commit the files themselves instead)", o.Path, o.Kind)
}

// absent explains why the tree has no such file.
func (t *Tree) absent(ctx context.Context, name string) error {
	others, err := t.Others(ctx, name)
	if err == nil && len(others) > 0 {
		err = others[0].Refused()
	}
	if err != nil {
		return err
	}
	return fmt.Errorf("%q: %w", name, fs.ErrNotExist)
}
