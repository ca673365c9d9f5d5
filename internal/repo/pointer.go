package repo

import (
	"bytes"
	"fmt"
)

// OutOfLFS is how a file comes out of Git LFS.
const OutOfLFS = "`git lfs pull`, remove its line from .gitattributes, `git add --renormalize .`, and commit both"

// MaxPointer is the size, in bytes, that no pointer of Git LFS has.
const MaxPointer = 1024

// IsPointer says whether the content is what Git LFS leaves in git in place of a
// file's (https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md).
func IsPointer(content []byte) bool {
	return len(content) < MaxPointer && bytes.HasPrefix(content, []byte("version https://git-lfs.github.com/spec/"))
}

// Whole refuses a file whose content is not in git.
func (f File) Whole() error {
	if IsPointer(f.Data) {
		return fmt.Errorf("%s is a pointer of Git LFS, and content is read from git itself (hint: %s)", f.Path, OutOfLFS)
	}
	return nil
}
