package repo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
)

// maxBlob bounds one file that is read into memory, in bytes.
const maxBlob = 1 << 30

// File is one file of a tree.
type File struct {
	Path string // slash separated, from the top of the repository
	Blob string // git's id of the content, lower-case hexadecimal
	Size int64  // bytes
	Data []byte // nil in a listing
}

// Tree is a listing of all files at a commit or tree.
type Tree struct {
	ID    string
	repo  *Repo
	files []File
	index map[string]int
}

// Tree lists the tree of a commit or tree id. Links and submodules are no files.
func (r *Repo) Tree(ctx context.Context, id string) (*Tree, error) {
	out, err := r.output(ctx, nil, "ls-tree", "-r", "-z", "--long", "--full-tree", id)
	if err != nil {
		return nil, fmt.Errorf("tree %s: %w", id, err)
	}
	tree := &Tree{ID: id, repo: r, index: map[string]int{}}
	for entry := range bytes.SplitSeq(out, []byte{0}) {
		meta, name, found := strings.Cut(string(entry), "\t")
		fields := strings.Fields(meta)
		if !found || len(fields) != 4 || fields[1] != "blob" || fields[0] == "120000" {
			continue
		}
		size, err := strconv.ParseInt(fields[3], 10, 64)
		if err != nil {
			return nil, fmt.Errorf("tree %s: %s: %w", id, name, err)
		}
		tree.index[name] = len(tree.files)
		tree.files = append(tree.files, File{Path: name, Blob: fields[2], Size: size})
	}
	return tree, nil
}

// Match lists the files whose path fits the pattern, in path order. A pattern is
// a path whose parts may hold * and ? and whose ** stands for any folders.
func (t *Tree) Match(pattern string) []File {
	var files []File
	for _, file := range t.files {
		if Match(pattern, file.Path) {
			files = append(files, file)
		}
	}
	return files
}

// Under lists the files below a folder.
func (t *Tree) Under(folder string) []File {
	return t.Match(path.Join(path.Clean(folder), "**"))
}

// Lookup finds one file.
func (t *Tree) Lookup(name string) (File, bool) {
	i, found := t.index[path.Clean(name)]
	if !found {
		return File{}, false
	}
	return t.files[i], true
}

// Read gives the content of one file, fs.ErrNotExist when the tree has none.
func (t *Tree) Read(ctx context.Context, name string) ([]byte, error) {
	file, found := t.Lookup(name)
	if !found {
		return nil, fmt.Errorf("%s: %w", name, fs.ErrNotExist)
	}
	files, err := t.Load(ctx, []File{file})
	if err != nil {
		return nil, err
	}
	return files[0].Data, nil
}

// Load reads the contents of files of this tree, all in one call of git.
func (t *Tree) Load(ctx context.Context, files []File) ([]File, error) {
	if len(files) == 0 {
		return nil, nil
	}
	var ask bytes.Buffer
	for _, file := range files {
		if file.Size > maxBlob {
			return nil, fmt.Errorf("%s holds %d bytes, more than %d (hint: split it)", file.Path, file.Size, maxBlob)
		}
		fmt.Fprintln(&ask, file.Blob)
	}
	out, err := t.repo.output(ctx, ask.Bytes(), "cat-file", "--batch")
	if err != nil {
		return nil, err
	}
	loaded := make([]File, len(files))
	for i, file := range files {
		header, rest, found := bytes.Cut(out, []byte{'\n'})
		want := fmt.Sprintf("%s blob %d", file.Blob, file.Size)
		if !found || string(header) != want || int64(len(rest)) < file.Size+1 {
			return nil, fmt.Errorf("%s: git answered %q for its content (hint: is the history fetched whole?)", file.Path, header)
		}
		file.Data = rest[:file.Size:file.Size]
		loaded[i], out = file, rest[file.Size+1:]
	}
	return loaded, nil
}

// Export writes the files below a folder of the tree into dir, which must not
// exist yet. Everything that git lists is a plain name below the folder.
func (t *Tree) Export(ctx context.Context, folder, dir string) error {
	files := t.Under(folder)
	if len(files) == 0 {
		return fmt.Errorf("%s: no such folder in %s", folder, t.ID)
	}
	for _, file := range files {
		relative, err := filepath.Rel(filepath.FromSlash(path.Clean(folder)), filepath.FromSlash(file.Path))
		if err != nil || !filepath.IsLocal(relative) {
			return fmt.Errorf("%s lies outside %s", file.Path, folder)
		}
		loaded, err := t.Load(ctx, []File{file})
		if err != nil {
			return err
		}
		target := filepath.Join(dir, relative)
		if err := errors.Join(
			os.MkdirAll(filepath.Dir(target), 0o755),
			os.WriteFile(target, loaded[0].Data, 0o644),
		); err != nil {
			return err
		}
	}
	return nil
}

// Match says whether a slash-separated path fits a pattern (see Tree.Match).
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
