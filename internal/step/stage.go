package step

// Stage names a part of a run.
type Stage string

// The stages, in order.
const (
	Dataset  Stage = "dataset"
	Prepare  Stage = "prepare" // everything that can fail cheaply, before the training
	Train    Stage = "train"
	Export   Stage = "export"
	Register Stage = "register"
	Eval     Stage = "eval"
	Gate     Stage = "gate"
	Report   Stage = "report"
)

// Stages lists the stages in their order.
func Stages() []Stage {
	return []Stage{Dataset, Prepare, Train, Export, Register, Eval, Gate, Report}
}

// State is the state of a stage of a run, or of the run itself.
type State string

// The states.
const (
	Running State = "running"
	Done    State = "done"
	Reused  State = "reused"
	Failed  State = "failed"
	// Cancelled is the state of a run that was cancelled.
	Cancelled State = "cancelled"
	// Interrupted is the state of a run that was killed.
	Interrupted State = "interrupted"
)
