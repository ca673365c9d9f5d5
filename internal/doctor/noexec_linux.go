package doctor

import "golang.org/x/sys/unix"

// noexec says whether the disk of a file or folder is mounted so that no program
// and no library on it can be run.
func noexec(path string) bool {
	var stat unix.Statfs_t
	return unix.Statfs(path, &stat) == nil && stat.Flags&unix.ST_NOEXEC != 0
}
