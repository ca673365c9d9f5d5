package repo

import (
	"bytes"
	"context"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"
)

// maxOpened bounds a file that is opened, in bytes.
const maxOpened = 1 << 30

// Folder returns those of the files directly in a folder of the tree, which Under
// lists, as a file system without the folders below it. A file's content is read from
// git when it is opened, and can then be read at any offset. The context applies to
// all of that.
func (t *Tree) Folder(ctx context.Context, folder string, under []File) fs.FS {
	files := map[string]File{}
	for _, file := range under {
		if name := strings.TrimPrefix(file.Path, path.Clean(folder)+"/"); !strings.Contains(name, "/") {
			files[name] = file
		}
	}
	return treeFolder{ctx, t, files}
}

type treeFolder struct {
	ctx   context.Context
	tree  *Tree
	files map[string]File // by name
}

// Open reads a file.
func (f treeFolder) Open(name string) (fs.File, error) {
	file, found := f.files[name]
	if !found {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	loaded, err := f.tree.Load(f.ctx, []File{file}, maxOpened)
	if err != nil {
		return nil, err
	}
	return blob{bytes.NewReader(loaded[0].Data), entry{name, file.Size}}, nil
}

// Stat describes a file without reading it.
func (f treeFolder) Stat(name string) (fs.FileInfo, error) {
	file, found := f.files[name]
	if !found {
		return nil, &fs.PathError{Op: "stat", Path: name, Err: fs.ErrNotExist}
	}
	return entry{name, file.Size}, nil
}

// ReadDir lists the files of ".", the only folder that there is.
func (f treeFolder) ReadDir(name string) ([]fs.DirEntry, error) {
	if name != "." || len(f.files) == 0 {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	var entries []fs.DirEntry
	for name, file := range f.files {
		entries = append(entries, fs.FileInfoToDirEntry(entry{name, file.Size}))
	}
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return entries, nil
}

// blob is an open file.
type blob struct {
	*bytes.Reader
	info entry
}

func (b blob) Stat() (fs.FileInfo, error) { return b.info, nil }
func (b blob) Close() error               { return nil }

// entry is a plain file, which has no time.
type entry struct {
	name string
	size int64
}

func (e entry) Name() string       { return e.name }
func (e entry) Size() int64        { return e.size }
func (e entry) Mode() fs.FileMode  { return 0o444 }
func (e entry) ModTime() time.Time { return time.Time{} }
func (e entry) IsDir() bool        { return false }
func (e entry) Sys() any           { return nil }
