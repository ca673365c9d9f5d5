package proc

import (
	"encoding/json"
	"strings"
)

// markName is the variable that children and what they start have in their
// environment.
const markName = "TUNEGATE_STARTED_BY"

// Mark names the tunegate that started a process. Every child has it in its
// environment, and so does whatever the child starts: so they are known when their
// guard was killed too, which ends them otherwise.
type Mark struct {
	Home   string // folder that the tunegate works in
	Runner string // runner whose job it was part of; empty: none
	PID    int
	Start  uint64 // of that process, in clock ticks since the machine started: numbers are used again
	Space  string // in which the number counts: its PID namespace, as Linux names it
}

// entry is the mark as an entry of an environment.
func (m Mark) entry() string {
	data, err := json.Marshal(m)
	if err != nil {
		panic(err) // of texts and numbers
	}
	return markName + "=" + string(data)
}

// markIn finds the mark in an environment as procfs shows it.
func markIn(environ []byte) (m Mark, found bool) {
	for entry := range strings.SplitSeq(string(environ), "\x00") {
		if value, is := strings.CutPrefix(entry, markName+"="); is {
			return m, json.Unmarshal([]byte(value), &m) == nil && m.PID > 0
		}
	}
	return m, false
}

// Leftover is a process that a tunegate started and left when it was killed.
type Leftover struct {
	PID  int    `json:"pid"`
	Name string `json:"name"` // of its program; whoever started it chose that

	start uint64
}
