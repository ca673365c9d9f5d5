package proc

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

// adoptOrphans makes orphaned descendants children of this process, so that a daemon
// cannot leave the tree.
func adoptOrphans() error {
	if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); err != nil {
		return fmt.Errorf("prctl(PR_SET_CHILD_SUBREAPER): %w", err)
	}
	return nil
}

// keepToSelf hides from the child every descriptor from first on that is not passed to
// it, including those that tunegate's own parent left open.
func keepToSelf(first uint) {
	if unix.CloseRange(first, math.MaxUint32, unix.CLOSE_RANGE_CLOEXEC) != nil { // Linux before 5.11
		keepEach(first)
	}
}

// keepEach is keepToSelf, one descriptor at a time.
func keepEach(first uint) {
	open, _ := os.ReadDir("/proc/self/fd") // without procfs nothing works here
	for _, entry := range open {
		if fd, err := strconv.Atoi(entry.Name()); err == nil && fd >= int(first) {
			syscall.CloseOnExec(fd)
		}
	}
}

func childAttributes(network Network) *syscall.SysProcAttr {
	attributes := &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if network != SharedNetwork {
		addNamespaces(attributes)
	}
	return attributes
}

// descendantsOutside returns the descendants of this process that are not in
// the process group.
func descendantsOutside(group int) []int {
	type process struct{ pid, group int }
	children := map[int][]process{}
	stats, _ := filepath.Glob("/proc/[0-9]*/stat") // fails on a bad pattern only
	for _, path := range stats {
		data, err := os.ReadFile(path)
		if err != nil {
			continue // gone
		}
		pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(path)))
		if parent, pgrp, ok := parseStat(data); ok {
			children[parent] = append(children[parent], process{pid, pgrp})
		}
	}
	var found []int
	parents := []int{os.Getpid()}
	for len(parents) > 0 {
		parent := parents[0]
		parents = parents[1:]
		for _, p := range children[parent] {
			parents = append(parents, p.pid)
			if p.group != group {
				found = append(found, p.pid)
			}
		}
	}
	return found
}
