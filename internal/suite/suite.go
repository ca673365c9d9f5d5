// Package suite reads evaluation suites (suites/*.suite.yaml) into the cases that
// evaluation and dataset checks need. The names in the files are promptfoo's where it
// has them.
package suite

import "github.com/tunegate/tunegate/internal/assertion"

// Role says what a suite's result means to the gate.
type Role string

// The roles of a suite: a gain on a target counts, a loss on a guard blocks,
// an observed suite is only reported.
const (
	Target   Role = "target"
	Guard    Role = "guard"
	Observed Role = "observed"
)

// History says whose earlier answers a later turn sees.
type History string

// Replayed shows the model the suite's own earlier answers; Own shows it what
// it said itself.
const (
	Replayed History = "replayed"
	Own      History = "own"
)

// Suite is one file of cases.
type Suite struct {
	Path    string
	Name    string
	Role    Role
	History []History
	Cases   []Case
}

// Case is one conversation that a model is taken through and graded on.
type Case struct {
	// ID is the case's description, unique within the suite.
	ID string
	// Cluster is the statistical unit: cases of one idea share it. It is the
	// ID where the file names none.
	Cluster string
	Turns   []Turn
	Line    int
}

// Turn is one question. Assistant, when given, is the answer that later turns
// see in replayed history; a turn that has it and no asserts is not asked then.
type Turn struct {
	User      string
	Assistant string
	Asserts   []assertion.Assert
}
