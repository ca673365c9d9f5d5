package doctor

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/tunegate/tunegate/internal/check"
	"github.com/tunegate/tunegate/internal/filelock"
	"github.com/tunegate/tunegate/internal/machine"
)

// nearest is the folder itself, or the closest existing parent.
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

// writable is an error if a folder cannot be written to.
func writable(dir string) error {
	info, err := os.Stat(dir)
	if err == nil && !info.IsDir() {
		err = &fs.PathError{Op: "use", Path: dir, Err: errors.New("it is not a folder")}
	}
	if err == nil {
		if denied := unix.Access(dir, unix.W_OK|unix.X_OK); denied != nil {
			err = &fs.PathError{Op: "write to", Path: dir, Err: denied}
		}
	}
	return err
}

const anotherHome = "use another folder: `export TUNEGATE_HOME=$HOME/tunegate-home`"

// homeCheck requires a folder that can be written, or created, and only by its
// user: whoever can change the interpreter or the results in it controls
// verdicts.
func homeCheck(_ context.Context, in inspection) check.Check {
	home := in.machine.Home
	dir := nearest(home)
	if err := writable(dir); err != nil {
		return check.Failed("home", err.Error(), anotherHome)
	}
	if noexec(dir) {
		return check.Failed("home", onNoexec(home), fixNoexec)
	}
	if dir != home {
		return check.Passed("home", home+" (not created yet)")
	}
	folders := []string{home}
	entries, err := os.ReadDir(home)
	if err != nil {
		return check.Failed("home", err.Error(), anotherHome)
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
			continue // a run may be cleaning up
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
		return check.Failed("home", "everyone can write to "+strings.Join(open, ", "), "chmod go-w "+quoteAll(open))
	case foreign != nil && unix.Geteuid() == 0:
		asOwner := check.Warned("home", fmt.Sprintf("%s belongs to %s, and you are root", strings.Join(foreign, ", "), name(owner)),
			"the owner cannot change what root creates there, so continue as the owner: `su "+name(owner)+"`")
		if foreign[0] == home { // which every command rejects
			asOwner.Level = check.Fail
		}
		return asOwner
	case foreign != nil:
		return check.Failed("home", fmt.Sprintf("%s belongs to %s", strings.Join(foreign, ", "), name(owner)),
			fmt.Sprintf("sudo chown -R %d %s", unix.Geteuid(), quoteAll(foreign)))
	case shared != nil:
		return check.Warned("home", "the group can write to "+strings.Join(shared, ", "),
			"if others are in that group: `chmod go-w "+quoteAll(shared)+"`")
	}
	if err := machine.CheckHome(home); err != nil {
		return check.Stopped("home", err, anotherHome)
	}
	return check.Passed("home", home)
}

// name is a user's login name.
func name(uid uint32) string { return filelock.Name(int(uid)) }

// onNoexec describes a program or folder on a noexec disk.
func onNoexec(path string) string {
	return path + " is on a disk that is mounted noexec, from which no program or library can run"
}

const fixNoexec = "mount that disk without noexec (`findmnt -T \"$TUNEGATE_HOME\"` shows it), or " + anotherHome
