package runner

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
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

// writable says why nothing can be put into a folder.
func writable(dir string) error {
	info, err := os.Stat(dir)
	if err == nil && !info.IsDir() {
		err = &fs.PathError{Op: "use", Path: dir, Err: errors.New("it is no folder")}
	}
	if err == nil {
		if denied := unix.Access(dir, unix.W_OK|unix.X_OK); denied != nil {
			err = &fs.PathError{Op: "write to", Path: dir, Err: denied}
		}
	}
	return err
}

// tempCheck wants the folder for temporary files, where git works.
func tempCheck(dir string) Check {
	err := writable(dir)
	if err != nil {
		return judge("temp", false, err.Error(), "`unset TMPDIR`, or name a folder that you may write to: `export TMPDIR=/tmp`")
	}
	return judge("temp", true, dir, "")
}

const anotherHome = "use another folder: `export TUNEGATE_HOME=$HOME/tunegate-home`"

// homeCheck wants a folder that can be written, or made, and that is its user's
// alone to write: whoever can change the interpreter or the results in it says
// what a verdict says.
func homeCheck(home string) Check {
	dir := nearest(home)
	if err := writable(dir); err != nil {
		return judge("home", false, err.Error(), anotherHome)
	}
	if dir != home {
		return judge("home", true, home+" (not made yet)", "")
	}
	folders := []string{home}
	entries, err := os.ReadDir(home)
	if err != nil {
		return judge("home", false, err.Error(), anotherHome)
	}
	for _, entry := range entries {
		if entry.IsDir() {
			folders = append(folders, filepath.Join(home, entry.Name()))
		}
	}
	var open, shared, foreign []string
	owner := uint32(0)
	for _, folder := range folders {
		info, err := os.Stat(folder)
		if err != nil {
			continue // a run may be tidying up
		}
		switch mode := info.Mode().Perm(); {
		case mode&0o002 != 0:
			open = append(open, folder)
		case mode&0o020 != 0:
			shared = append(shared, folder)
		}
		if stat, ok := info.Sys().(*syscall.Stat_t); ok && int(stat.Uid) != unix.Geteuid() {
			foreign, owner = append(foreign, folder), stat.Uid
		}
	}
	switch {
	case open != nil:
		return judge("home", false, "everybody may write to "+strings.Join(open, ", "), "chmod go-w "+words(open))
	case foreign != nil && unix.Geteuid() == 0:
		return Check{
			Name: "home", Level: Warn, Found: fmt.Sprintf("%s belongs to %s, and you are root", strings.Join(foreign, ", "), name(owner)),
			Mend: "what root makes there the owner can not change, so do what follows as the owner: `su " + name(owner) + "`",
		}
	case foreign != nil:
		return judge("home", false, fmt.Sprintf("%s belongs to %s", strings.Join(foreign, ", "), name(owner)),
			fmt.Sprintf("sudo chown -R %d %s", unix.Geteuid(), words(foreign)))
	case shared != nil:
		return Check{
			Name: "home", Level: Warn, Found: "the folder's group may write to " + strings.Join(shared, ", "),
			Mend: "where others are in that group: `chmod go-w " + words(shared) + "`",
		}
	}
	return judge("home", true, home, "")
}

// name is what the system calls a user.
func name(uid uint32) string {
	id := strconv.FormatUint(uint64(uid), 10)
	if found, err := user.LookupId(id); err == nil {
		return found.Username
	}
	return "user " + id
}

// words are paths as a shell reads them.
func words(paths []string) string {
	quoted := slices.Clone(paths)
	for i, path := range quoted {
		quoted[i] = Quote(path)
	}
	return strings.Join(quoted, " ")
}

// unquoted is what a shell takes as it is.
var unquoted = regexp.MustCompile(`^[A-Za-z0-9_@%+=:,./-]+$`)

// Quote makes one word of a shell of the value.
func Quote(value string) string {
	if unquoted.MatchString(value) {
		return value
	}
	return "'" + strings.ReplaceAll(value, "'", `'\''`) + "'"
}
