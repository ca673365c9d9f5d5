package filelock

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"strconv"
	"syscall"
)

// Modes that deny access to other users.
const (
	folderMode fs.FileMode = 0o700
	fileMode   fs.FileMode = 0o600
	forOthers  fs.FileMode = 0o077
)

// Private creates a folder that only this user may enter, or restricts an existing one.
// A folder that belongs to another user, or stays accessible to others, is an error.
// Symbolic links are followed.
func Private(folder string) error {
	if err := os.MkdirAll(folder, folderMode); err != nil {
		return err
	}
	info, err := os.Stat(folder)
	if err == nil {
		err = owned(folder, info)
	}
	if err != nil || info.Mode()&forOthers == 0 {
		return err
	}
	if err = os.Chmod(folder, folderMode); err == nil {
		info, err = os.Stat(folder)
	}
	if err == nil && info.Mode()&forOthers != 0 {
		err = errors.New("its file system does not support permissions")
	}
	if err != nil {
		return fmt.Errorf("%s is accessible to other users, and this cannot be changed: %w (hint: use a folder on another disk)", folder, err)
	}
	return nil
}

// plain returns an error unless the file is a regular one of this user. It makes the
// file private.
func plain(file *os.File) error {
	info, err := file.Stat()
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("%s is not a regular file (hint: remove it)", file.Name())
	}
	if err := owned(file.Name(), info); err != nil {
		return err
	}
	if info.Mode()&forOthers != 0 {
		return file.Chmod(fileMode)
	}
	return nil
}

// owned returns an error if a file or folder belongs to another user.
func owned(path string, info fs.FileInfo) error {
	uid := int(info.Sys().(*syscall.Stat_t).Uid)
	if uid == os.Geteuid() {
		return nil
	}
	return fmt.Errorf("%s belongs to %s, but you are %s (hint: run `sudo chown -R %d %[1]s`, or use a folder that you own)",
		path, Name(uid), Name(os.Geteuid()), os.Geteuid())
}

// Name returns a user's name on this system.
func Name(uid int) string {
	id := strconv.Itoa(uid)
	if found, err := user.LookupId(id); err == nil {
		return found.Username
	}
	return "user " + id
}
