package runner

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// Disk space that setup and the store need, in bytes.
const (
	diskForSetup = 8 << 30
	diskForRuns  = 1 << 30
)

// nearest is the folder itself, or the closest parent that is there.
func nearest(folder string) string {
	for {
		_, err := os.Lstat(folder)
		parent := filepath.Dir(folder)
		if err == nil || parent == folder {
			return folder
		}
		folder = parent
	}
}

// homeCheck wants a folder that can be written, or made.
func homeCheck(home string) Check {
	check := Check{Name: "home", Found: home, Mend: "set TUNEGATE_HOME to a folder that you may write to"}
	dir := nearest(home)
	info, err := os.Stat(dir)
	if err == nil && !info.IsDir() {
		err = &fs.PathError{Op: "use", Path: dir, Err: errors.New("it is no folder")}
	}
	if err == nil {
		if denied := unix.Access(dir, unix.W_OK|unix.X_OK); denied != nil {
			err = &fs.PathError{Op: "write to", Path: dir, Err: denied}
		}
	}
	if err != nil {
		check.Found = err.Error()
		return check
	}
	if dir != home {
		check.Found += " (not made yet)"
	}
	check.OK = true
	return check
}

func diskCheck(home string, need int64) Check {
	check := Check{Name: "disk", Mend: fmt.Sprintf("free %d GB, or set TUNEGATE_HOME to a larger disk", need>>30)}
	var stat unix.Statfs_t
	if err := unix.Statfs(nearest(home), &stat); err != nil {
		check.Found = fmt.Sprintf("the free space of %s can not be told: %v", home, err)
		return check
	}
	free := int64(stat.Bavail) * int64(stat.Bsize)
	check.Found, check.OK = fmt.Sprintf("%.1f GB free", float64(free)/(1<<30)), free >= need
	return check
}
