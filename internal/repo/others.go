package repo

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
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
	kinds := map[string]string{"120000": "symbolic link", "160000": "submodule"}
	// Git follows no path through a link, so it is asked for the first part of each.
	args := []string{"ls-tree", "-r", "-z", "--full-tree", t.ID, "--"}
	for _, pattern := range patterns {
		first, _, _ := strings.Cut(path.Clean(pattern), "/")
		if literal([]string{first}) == "" || !filepath.IsLocal(first) {
			args = args[:6] // of the whole tree
			break
		}
		args = append(args, first)
	}
	var others []Other
	listing := t.repo.inRepo(args...)
	listing.env = append(listing.env, "GIT_LITERAL_PATHSPECS=1")
	err := listing.run(ctx, func(out *bufio.Reader) error {
		for {
			entry, err := out.ReadString(0)
			if errors.Is(err, io.EOF) {
				return nil
			}
			if err != nil {
				return err
			}
			meta, name, _ := strings.Cut(strings.TrimSuffix(entry, "\x00"), "\t")
			fields := strings.Fields(meta)
			if len(fields) != 3 || kinds[fields[0]] == "" {
				continue
			}
			other := Other{Path: name, Kind: kinds[fields[0]], ID: fields[2]}
			if slices.ContainsFunc(patterns, other.isNamedBy) {
				if len(others) == maxFiles {
					return fmt.Errorf("more than %d links and submodules where files are named (hint: commit the files themselves)", maxFiles)
				}
				others = append(others, other)
			}
		}
	})
	if err != nil {
		return nil, fmt.Errorf("tree %q: %w", t.ID, err)
	}
	return others, nil
}

// isNamedBy says whether what the pattern names could lie at or behind the entry.
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

// Refused is the error about an entry that was to be read.
func (o Other) Refused() error {
	return fmt.Errorf("%s is a %s, and its content is not read (hint: commit the files themselves in its place)", o.Path, o.Kind)
}

// absent says why the tree has no such file.
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
