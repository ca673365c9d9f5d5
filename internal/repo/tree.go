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
	"strconv"
	"strings"
)

// Bounds on what is read into memory, in bytes.
const (
	maxBlob int64 = 1 << 30 // one file
	maxLoad int64 = 2 << 30 // all files of one call of Load
)

// File is one file of a tree.
type File struct {
	Path string // slash separated, from the top of the repository
	Blob string // git's id of the content, lower-case hexadecimal
	Size int64  // bytes
	Data []byte // nil in a listing
}

// Blobs are the ids of the files' content by path.
func Blobs(files []File) map[string]string {
	ids := make(map[string]string, len(files))
	for _, file := range files {
		ids[file.Path] = file.Blob
	}
	return ids
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
	out, err := r.inRepo("ls-tree", "-r", "-z", "--long", "--full-tree", id).output(ctx)
	if err != nil {
		return nil, fmt.Errorf("tree %q: %w", id, err)
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
			return nil, fmt.Errorf("tree %q: %q: %w", id, name, err)
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

// Under lists the files below a folder, whose name is no pattern.
func (t *Tree) Under(folder string) []File {
	prefix := path.Clean(folder) + "/"
	var files []File
	for _, file := range t.files {
		if prefix == "./" || strings.HasPrefix(file.Path, prefix) {
			files = append(files, file)
		}
	}
	return files
}

// Lookup finds one file.
func (t *Tree) Lookup(name string) (File, bool) {
	i, found := t.index[path.Clean(name)]
	if !found {
		return File{}, false
	}
	return t.files[i], true
}

// Read gives the content of one file, fs.ErrNotExist when the tree has none. A link,
// what lies in a submodule, and a pointer of Git LFS are errors that say so.
func (t *Tree) Read(ctx context.Context, name string) ([]byte, error) {
	file, found := t.Lookup(name)
	if !found {
		return nil, t.absent(ctx, name)
	}
	files, err := t.Load(ctx, []File{file})
	if err != nil {
		return nil, err
	}
	return files[0].Data, files[0].Whole()
}

// Load reads the contents of files of this tree, all in one call of git. Files
// of more than 1 GiB, or more than 2 GiB together, are an error.
func (t *Tree) Load(ctx context.Context, files []File) ([]File, error) {
	if len(files) == 0 {
		return nil, nil
	}
	largest, total := files[0], int64(0)
	var ask bytes.Buffer
	for _, file := range files {
		if file.Size > largest.Size {
			largest = file
		}
		total += file.Size
		fmt.Fprintln(&ask, file.Blob)
	}
	if largest.Size > maxBlob {
		return nil, fmt.Errorf("%q holds %d bytes, more than %d (hint: split it)", largest.Path, largest.Size, maxBlob)
	}
	if total > maxLoad {
		return nil, fmt.Errorf("%d files hold %d bytes together, more than %d, and the largest is %q with %d (hint: let the globs match fewer files)",
			len(files), total, maxLoad, largest.Path, largest.Size)
	}
	loaded := make([]File, len(files))
	batch := t.repo.inRepo("cat-file", "--batch")
	batch.input = ask.Bytes()
	err := batch.run(ctx, func(out *bufio.Reader) error {
		for i, file := range files {
			if err := file.fill(out); err != nil {
				return err
			}
			loaded[i] = file
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return loaded, nil
}

// fill reads one answer of `git cat-file --batch`.
func (f *File) fill(out *bufio.Reader) error {
	header, err := out.ReadString('\n')
	if err != nil || header != fmt.Sprintf("%s blob %d\n", f.Blob, f.Size) {
		return fmt.Errorf("%q: git answered %q for its content (hint: is the history fetched whole?)", f.Path, header)
	}
	f.Data = make([]byte, f.Size)
	if _, err := io.ReadFull(out, f.Data); err != nil {
		return fmt.Errorf("%q: %w", f.Path, err)
	}
	_, err = out.Discard(1)
	return err
}

// Export writes the files below a folder of the tree into dir, which must not
// exist yet. Everything that git lists is a plain name below the folder.
func (t *Tree) Export(ctx context.Context, folder, dir string) error {
	files := t.Under(folder)
	if len(files) == 0 {
		return fmt.Errorf("%q: no such folder in %q", folder, t.ID)
	}
	for _, file := range files {
		relative, err := filepath.Rel(filepath.FromSlash(path.Clean(folder)), filepath.FromSlash(file.Path))
		if err != nil || !filepath.IsLocal(relative) {
			return fmt.Errorf("%q lies outside %q", file.Path, folder)
		}
		loaded, err := t.Load(ctx, []File{file})
		if err != nil {
			return err
		}
		target := filepath.Join(dir, relative)
		if err := errors.Join(
			os.MkdirAll(filepath.Dir(target), 0o700),
			os.WriteFile(target, loaded[0].Data, 0o600),
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
