package proc

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strconv"
)

// stat is what a line of /proc/PID/stat says, see proc_pid_stat(5).
type stat struct {
	name   string
	ended  bool // nobody has waited for it yet
	parent int
	group  int
	start  uint64 // clock ticks after the start of the machine
}

// statOf gives that of a process; none of one that is gone.
func statOf(pid int) (s stat, found bool) {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return stat{}, false
	}
	return parseStat(data)
}

// aliveStat gives that of a process which has not ended.
func aliveStat(pid int) (s stat, alive bool) {
	s, found := statOf(pid)
	return s, found && !s.ended
}

// parseStat reads such a line. Its second field, the program's name in parentheses,
// may hold anything.
func parseStat(data []byte) (s stat, ok bool) {
	from, to := bytes.IndexByte(data, '('), bytes.LastIndexByte(data, ')')
	if from < 0 || to < from {
		return stat{}, false
	}
	fields := bytes.Fields(data[to+1:]) // from the third, the state, on
	if len(fields) < 20 {
		return stat{}, false
	}
	parent, parentErr := strconv.Atoi(string(fields[1]))
	group, groupErr := strconv.Atoi(string(fields[2]))
	start, startErr := strconv.ParseUint(string(fields[19]), 10, 64)
	if errors.Join(parentErr, groupErr, startErr) != nil {
		return stat{}, false
	}
	return stat{
		name: string(data[from+1 : to]), ended: fields[0][0] == 'Z' || fields[0][0] == 'X',
		parent: parent, group: group, start: start,
	}, true
}
