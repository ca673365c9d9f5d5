package actions

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Inputs are those of the action that are not empty, by name.
type Inputs map[string]string

// takenBy lists the inputs that a command takes besides `command`, `config` and
// `github-token`.
func takenBy() map[string][]string {
	judges := []string{"base", "head", "max-duration"}
	return map[string][]string{
		"run": judges, "dataset": judges, "train": judges, "export": judges, "register": judges, "eval": judges,
		"publish": {"run", "author", "data-outcome"}, "announce": {"run", "author"}, "promote": {"version", "run", "base", "head"}, "rollback": {"version"},
		"setup": {"base"}, "doctor": nil, "clean": nil, "list": nil,
	}
}

// ReadInputs reads the inputs from the INPUT_NAME variables of the environment.
func ReadInputs(getenv func(string) string) Inputs {
	in := Inputs{}
	for _, name := range []string{"command", "config", "run", "version", "max-duration", "base", "head", "author", "data-outcome"} {
		if value := strings.TrimSpace(getenv("INPUT_" + strings.ToUpper(strings.ReplaceAll(name, "-", "_")))); value != "" {
			in[name] = value
		}
	}
	return in
}

// Arguments is the command line for the inputs; the event supplies what
// they omit.
func (in Inputs) Arguments(e Event) ([]string, error) {
	command := cmp.Or(in["command"], "run")
	taken, known := takenBy()[command]
	if !known {
		return nil, fmt.Errorf("input command: %.60q is not one that a workflow runs (hint: choose one of %s)",
			command, strings.Join(slices.Sorted(maps.Keys(takenBy())), ", "))
	}
	for name := range in {
		if name != "command" && name != "config" && !slices.Contains(taken, name) {
			return nil, fmt.Errorf("input %s: %s does not take it (hint: leave it out)", name, command)
		}
	}
	var rest []string
	var err error
	switch command {
	case "publish":
		rest = append(Flags("author", in["author"], "data-outcome", in["data-outcome"]), operand(in["run"])...)
	case "announce":
		command, rest = "publish", slices.Concat([]string{"--announce"}, Flags("author", in["author"]), operand(in["run"]))
	case "rollback":
		rest = operand(in["version"])
	case "promote":
		rest, err = in.promotes(e)
	case "setup":
		rest = Flags("base", in["base"])
	case "doctor", "clean", "list":
	case "run":
		rest, err = in.judges(e)
	default:
		rest, err = in.judges(e)
		command, rest = "run", append(Flags("until", command), rest...)
	}
	return slices.Concat(Flags("config", in["config"]), []string{command}, rest), err
}

// judges determines what a run is about.
func (in Inputs) judges(e Event) ([]string, error) {
	told, err := refsOf(e)
	if err != nil && (in["base"] == "" || in["head"] == "") {
		return nil, err
	}
	if in["base"] != "" {
		told.Base, told.BaseName = in["base"], ""
	}
	if in["head"] != "" {
		told.Head, told.HeadName, told.Change = in["head"], "", false
	}
	number := ""
	if e.Change != nil && e.Change.Number > 0 {
		number = strconv.Itoa(e.Change.Number)
	}
	change := ""
	if told.Change {
		change = "true"
	}
	return Flags("base", told.Base, "base-name", told.BaseName, "head", told.Head, "head-name", told.HeadName, "change", change,
		"pr", number, "max-duration", in["max-duration"]), nil
}

// branches are those that the checkout fetched. What is shorter may be a tag's
// name, which git looks up first.
const branches = "refs/remotes/origin/"

// refs are a run's base and head.
type refs struct {
	Base, Head, BaseName, HeadName string
	Change                         bool
}

// refsOf determines what an event is to judge: a change against the branch that it
// would go into, and otherwise the event's own commit, as it stands. What a
// workflow_run finds about a head counts for every pull request that has it, so there
// the default branch is the base.
func refsOf(e Event) (refs, error) {
	if e.Change == nil && !e.Own() {
		return refs{}, fmt.Errorf("the %.40s event does not say what to judge (hint: set the inputs base and head)", e.Name)
	}
	if e.Change == nil {
		return refs{Base: e.SHA, Head: e.SHA, BaseName: e.Ref, HeadName: e.Ref}, nil
	}
	base := e.Change.BaseRef
	if e.Name == "workflow_run" {
		base = e.DefaultBranch
	}
	if base == "" {
		return refs{}, fmt.Errorf("the %.40s event does not name the target branch of the change (hint: set the input base)", e.Name)
	}
	told := refs{Base: branches + base, BaseName: base, Head: e.Change.HeadSHA, HeadName: e.Change.HeadName(), Change: true}
	if e.Name == "merge_group" { // its base is what precedes it in the queue
		told.Base = e.Change.BaseSHA
	}
	return told, nil
}

// promotes makes the model of a run stable, or that of the commit which a release
// or the person who started the workflow named.
func (in Inputs) promotes(e Event) ([]string, error) {
	version := cmp.Or(in["version"], e.Tag)
	if version == "" {
		return nil, errors.New("input version: promote needs one, because the event is not about a release (hint: set version: v1)")
	}
	base, head := in["base"], in["head"]
	if head == "" && in["run"] == "" {
		if !e.Own() {
			return nil, fmt.Errorf("the %.40s event names no commit to promote (hint: set the input run or head)", e.Name)
		}
		head = e.SHA
	}
	if base == "" && e.DefaultBranch != "" {
		base = branches + e.DefaultBranch
	}
	return append(Flags("run", in["run"], "base", base, "head", head), operand(version)...), nil
}

// Flags are the flags of a command line, of names and values that follow each other,
// without those whose value is empty.
func Flags(pairs ...string) (args []string) {
	for pair := range slices.Chunk(pairs, 2) {
		if pair[1] != "" {
			args = append(args, "--"+pair[0]+"="+pair[1])
		}
	}
	return args
}

// operand is an input after the command's flags, where it cannot be
// taken for one.
func operand(value string) []string {
	if value == "" {
		return nil
	}
	return []string{"--", value}
}
