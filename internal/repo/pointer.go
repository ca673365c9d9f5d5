package repo

import (
	"bytes"
	"fmt"
)

// OutOfLFS is how to take a file out of Git LFS.
const OutOfLFS = "`git lfs pull`, remove its line from .gitattributes, `git add --renormalize .`, and commit both"

// MaxPointer is a size, in bytes, that every Git LFS pointer is below.
const MaxPointer = 1024

// IsPointer reports whether the content is what Git LFS leaves in git in place of a
// file's (https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md).
func IsPointer(content []byte) bool {
	return len(content) < MaxPointer && bytes.HasPrefix(content, []byte("version https://git-lfs.github.com/spec/"))
}

// Whole is an error if a file's content is not in git.
func (f File) Whole() error {
	if IsPointer(f.Data) {
		return fmt.Errorf("%s is a Git LFS pointer, and content is read from git itself (hint: %s)", f.Path, OutOfLFS)
	}
	return nil
}
