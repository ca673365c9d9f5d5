package proc

import (
	"encoding/json"
	"strings"
)

// markName is the variable that children and what they start have in their
// environment.
const markName = "TUNEGATE_STARTED_BY"

// Mark identifies the tunegate process that started another. Every child and its
// descendants have it in their environment, so that they can be found even if their
// guard, which normally ends them, was killed.
type Mark struct {
	Home   string // the tunegate process's home
	Runner string // runner of its job; empty: none
	PID    int
	Start  uint64 // of that process, in clock ticks since boot: PIDs are reused
	Space  string // its PID namespace, as named by Linux
}

// entry returns the mark as an environment entry.
func (m Mark) entry() string {
	data, err := json.Marshal(m)
	if err != nil {
		panic(err) // of texts and numbers
	}
	return markName + "=" + string(data)
}

// markIn finds the mark in an environment from procfs.
func markIn(environ []byte) (m Mark, found bool) {
	for entry := range strings.SplitSeq(string(environ), "\x00") {
		if value, is := strings.CutPrefix(entry, markName+"="); is {
			return m, json.Unmarshal([]byte(value), &m) == nil && m.PID > 0
		}
	}
	return m, false
}

// Leftover is a process that a killed tunegate left running.
type Leftover struct {
	PID  int    `json:"pid"`
	Name string `json:"name"` // of its program, untrusted

	start uint64
}
