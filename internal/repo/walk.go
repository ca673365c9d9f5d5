package repo

import (
	"bufio"
	"context"
	"errors"
	"io"
	"path/filepath"
	"slices"
	"strings"
)

// Git's modes of entries that are not plain files.
const (
	modeLink      = "120000"
	modeSubmodule = "160000"
)

// listed is an entry of a tree as git lists it, not a folder.
type listed struct {
	mode, kind, id string
	size           string // bytes, if sizes are requested; "-" if not a blob
	path           string
}

// walk goes through the entries that are or lie below the paths, of which "" is the
// whole tree, in path order. Sizes take git a look at each object.
func (t *Tree) walk(ctx context.Context, sizes bool, paths []string, each func(listed) error) error {
	args := []string{"ls-tree", "-r", "-z", "--full-tree"}
	if sizes {
		args = append(args, "--long")
	}
	args = append(args, t.ID)
	if !slices.Contains(paths, "") {
		paths = slices.DeleteFunc(paths, func(name string) bool { return !filepath.IsLocal(name) })
		if len(paths) == 0 {
			return nil
		}
		args = append(append(args, "--"), paths...)
	}
	listing := t.repo.inRepo(args...)
	listing.env = append(listing.env, "GIT_LITERAL_PATHSPECS=1")
	return listing.run(ctx, func(out *bufio.Reader) error {
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
			if len(fields) < 3 {
				continue
			}
			found := listed{mode: fields[0], kind: fields[1], id: fields[2], path: name}
			if sizes {
				found.size = fields[len(fields)-1]
			}
			if err := each(found); err != nil {
				return err
			}
		}
	})
}
