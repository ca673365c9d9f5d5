package proc

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
)

// splitStat splits a line of /proc/PID/stat, see proc_pid_stat(5), into the program's
// name, which may hold anything, and the fields from the third, the state, on.
func splitStat(line []byte) (name string, fields [][]byte) {
	from, to := bytes.IndexByte(line, '('), bytes.LastIndexByte(line, ')')
	if from < 0 || to < from {
		return "", nil
	}
	return string(line[from+1 : to]), bytes.Fields(line[to+1:])
}

// parseStat returns a process's parent and group.
func parseStat(line []byte) (parent, group int, ok bool) {
	_, fields := splitStat(line)
	if len(fields) < 3 {
		return 0, 0, false
	}
	parent, parentErr := strconv.Atoi(string(fields[1]))
	group, groupErr := strconv.Atoi(string(fields[2]))
	if parentErr != nil || groupErr != nil {
		return 0, 0, false
	}
	return parent, group, true
}

// stat describes a running process.
type stat struct {
	name  string
	start uint64 // clock ticks after the start of the machine
}

// statOf returns the stat of a running process; a zombie has ended.
func statOf(pid int) (s stat, alive bool) {
	line, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return stat{}, false
	}
	name, fields := splitStat(line)
	if len(fields) < 20 || fields[0][0] == 'Z' || fields[0][0] == 'X' {
		return stat{}, false
	}
	start, err := strconv.ParseUint(string(fields[19]), 10, 64)
	return stat{name: name, start: start}, err == nil
}
