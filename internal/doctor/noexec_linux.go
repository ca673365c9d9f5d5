package doctor

import "golang.org/x/sys/unix"

// noexec reports whether the disk of a file or folder is mounted noexec, so that no program
// or library on it can run.
func noexec(path string) bool {
	var stat unix.Statfs_t
	return unix.Statfs(path, &stat) == nil && stat.Flags&unix.ST_NOEXEC != 0
}
