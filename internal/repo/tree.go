package repo

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Bounds on what is read, which a pull request may have written.
const (
	maxFile  int64 = 256 << 20 // bytes of one file that Map takes
	maxAll   int64 = 1 << 30   // bytes of all files of one call of Map
	maxFiles       = 10_000    // that patterns or a folder may match
)

// File is one file of a tree.
type File struct {
	Path string // slash separated, from the top of the repository
	Blob string // git's id of the content, lower-case hexadecimal
	Size int64  // bytes
	Data []byte // nil in a listing; not to be written to
}

// Blobs are the ids of the files' content by path.
func Blobs(files []File) map[string]string {
	ids := make(map[string]string, len(files))
	for _, file := range files {
		ids[file.Path] = file.Blob
	}
	return ids
}

// Tree is all files at a commit or tree. Links and submodules do not count. A tree
// may have any number of paths, so git is asked for those that are wanted.
type Tree struct {
	ID   string
	repo *Repo
}

// Tree finds the tree of a commit or tree id.
func (r *Repo) Tree(ctx context.Context, id string) (*Tree, error) {
	found, err := r.inRepo("rev-parse", "--verify", "--end-of-options", id+"^{tree}").line(ctx)
	if err != nil {
		return nil, fmt.Errorf("tree %q: %w", id, err)
	}
	return &Tree{ID: found, repo: r}, nil
}

// Match lists the files whose path fits one of the patterns, in path order, each
// once. A pattern is a path whose parts may contain * and ? and whose ** matches any
// folders. More than 10,000 files are an error.
func (t *Tree) Match(ctx context.Context, patterns ...string) ([]File, error) {
	if len(patterns) == 0 {
		return nil, nil
	}
	var split [][]string
	var folders []string
	for _, pattern := range patterns {
		parts := strings.Split(path.Clean(pattern), "/")
		split, folders = append(split, parts), append(folders, literal(parts))
	}
	files, err := t.list(ctx, folders, func(name []string) bool {
		return slices.ContainsFunc(split, func(pattern []string) bool { return matchParts(pattern, name) })
	})
	if err != nil {
		return nil, fmt.Errorf("%q: %w", patterns, err)
	}
	return files, nil
}

// literal is the literal path at the beginning of a pattern.
func literal(pattern []string) string {
	end := slices.IndexFunc(pattern, func(part string) bool { return strings.ContainsAny(part, `*?[\`) })
	if end < 0 {
		end = len(pattern)
	}
	return path.Join(pattern[:end]...)
}

// Under lists the files below a folder, whose name is no pattern. More than 10,000
// are an error.
func (t *Tree) Under(ctx context.Context, folder string) ([]File, error) {
	within, depth := path.Clean(folder), 0
	if within == "." {
		within = ""
	} else {
		depth = strings.Count(within, "/") + 1
	}
	files, err := t.list(ctx, []string{within}, func(name []string) bool { return len(name) > depth })
	if err != nil {
		return nil, fmt.Errorf("%q: %w", folder, err)
	}
	return files, nil
}

// Lookup finds one file.
func (t *Tree) Lookup(ctx context.Context, name string) (file File, found bool, err error) {
	name = path.Clean(name)
	files, err := t.list(ctx, []string{name}, func(parts []string) bool { return strings.Join(parts, "/") == name })
	if err != nil || len(files) == 0 {
		return File{}, false, err
	}
	return files[0], true, nil
}

// list goes through the files that are or lie below the paths, of which "" is the
// whole tree, and gives those that are wanted by the parts of their path.
func (t *Tree) list(ctx context.Context, paths []string, wanted func(name []string) bool) ([]File, error) {
	var files []File
	err := t.walk(ctx, true, paths, func(e listed) error {
		if e.kind != "blob" || e.mode == modeLink || !wanted(strings.Split(e.path, "/")) {
			return nil
		}
		size, err := strconv.ParseInt(e.size, 10, 64)
		if err != nil {
			return fmt.Errorf("%q: %w", e.path, err)
		}
		if len(files) == maxFiles {
			return fmt.Errorf("more than %d files (hint: let the globs match fewer)", maxFiles)
		}
		files = append(files, File{Path: e.path, Blob: e.id, Size: size})
		return nil
	})
	if err != nil {
		return nil, err
	}
	return files, nil
}

// Read returns the content of one file of at most this many bytes, fs.ErrNotExist if
// the tree has none. A link, what lies in a submodule, and a pointer of Git LFS are
// errors that say so.
func (t *Tree) Read(ctx context.Context, name string, most int64) ([]byte, error) {
	file, found, err := t.Lookup(ctx, name)
	if err != nil {
		return nil, err
	}
	if !found {
		return nil, t.absent(ctx, name)
	}
	files, err := t.Load(ctx, []File{file}, most)
	if err != nil {
		return nil, err
	}
	return files[0].Data, files[0].Whole()
}

// Load reads the contents of files of this tree, all in one call of git. More than
// this many bytes together are an error before any is read.
func (t *Tree) Load(ctx context.Context, files []File, most int64) ([]File, error) {
	if err := bounded(files, most, most); err != nil {
		return nil, err
	}
	loaded := make([]File, 0, len(files))
	err := t.repo.contents(ctx, files, func(file File, content io.Reader) error {
		file.Data = make([]byte, file.Size)
		loaded = append(loaded, file)
		_, err := io.ReadFull(content, file.Data)
		return err
	})
	if err != nil {
		return nil, err
	}
	return loaded, nil
}

// CheckSizes reports whether Map would take the files.
func CheckSizes(files []File) error { return bounded(files, maxFile, maxAll) }

// bounded refuses files that are larger, alone or together, than the limits in bytes.
func bounded(files []File, each, all int64) error {
	var largest File
	var total int64
	for _, file := range files {
		if file.Size > largest.Size {
			largest = file
		}
		total += file.Size
	}
	if largest.Size > each {
		return fmt.Errorf("%q holds %d bytes, more than %d (hint: split it)", largest.Path, largest.Size, each)
	}
	if total > all {
		return fmt.Errorf("%d files hold %d bytes together, more than %d, and the largest is %q with %d (hint: let the globs match fewer files)",
			len(files), total, all, largest.Path, largest.Size)
	}
	return nil
}

// contents hands over the content of each file in turn, all of one call of git.
func (r *Repo) contents(ctx context.Context, files []File, take func(File, io.Reader) error) error {
	if len(files) == 0 {
		return nil
	}
	var ask bytes.Buffer
	for _, file := range files {
		fmt.Fprintln(&ask, file.Blob)
	}
	batch := r.inRepo("cat-file", "--batch")
	batch.input = ask.Bytes()
	return batch.run(ctx, func(out *bufio.Reader) error {
		for _, file := range files {
			header, err := out.ReadString('\n')
			if err != nil || header != fmt.Sprintf("%s blob %d\n", file.Blob, file.Size) {
				return fmt.Errorf("%q: git answered %q for its content (hint: fetch the whole history, `git fetch --unshallow origin`)", file.Path, header)
			}
			content := io.LimitReader(out, file.Size)
			if err := take(file, content); err != nil {
				return fmt.Errorf("%q: %w", file.Path, err)
			}
			if _, err := io.Copy(io.Discard, content); err != nil {
				return err
			}
			if _, err := out.Discard(1); err != nil {
				return err
			}
		}
		return nil
	})
}

// Export writes the files below a folder of the tree into dir, which must not
// exist yet. Everything that git lists is a plain name below the folder.
func (t *Tree) Export(ctx context.Context, folder, dir string) error {
	files, err := t.Under(ctx, folder)
	if err != nil {
		return err
	}
	if len(files) == 0 {
		return fmt.Errorf("%q: no such folder in %q", folder, t.ID)
	}
	return t.repo.contents(ctx, files, func(file File, content io.Reader) error {
		relative, err := filepath.Rel(filepath.FromSlash(path.Clean(folder)), filepath.FromSlash(file.Path))
		if err != nil || !filepath.IsLocal(relative) {
			return fmt.Errorf("it lies outside %q", folder)
		}
		target := filepath.Join(dir, relative)
		if err := os.MkdirAll(filepath.Dir(target), 0o700); err != nil {
			return err
		}
		written, err := os.OpenFile(target, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil {
			return err
		}
		_, err = io.Copy(written, content)
		return errors.Join(err, written.Close())
	})
}

// Match reports whether a slash-separated path fits a pattern (see Tree.Match).
func Match(pattern, name string) bool {
	return matchParts(strings.Split(path.Clean(pattern), "/"), strings.Split(name, "/"))
}

func matchParts(pattern, name []string) bool {
	for len(pattern) > 0 {
		if pattern[0] == "**" {
			for skip := range len(name) + 1 {
				if matchParts(pattern[1:], name[skip:]) {
					return true
				}
			}
			return false
		}
		if len(name) == 0 {
			return false
		}
		if fits, err := path.Match(pattern[0], name[0]); err != nil || !fits {
			return false
		}
		pattern, name = pattern[1:], name[1:]
	}
	return len(name) == 0
}
