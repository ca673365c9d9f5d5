package actions

import (
	"crypto/rand"
	"fmt"
	"io"
	"os"
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"github.com/sethvargo/go-githubactions"

	"github.com/tunegate/tunegate/internal/text"
)

// Job is a step's channel to its runner. It is not safe for concurrent use.
type Job struct {
	action    *githubactions.Action
	getenv    func(string) string
	annotated int
}

// New returns the job of the step whose environment getenv gives and whose log
// out is.
func New(getenv func(string) string, out io.Writer) *Job {
	return &Job{action: githubactions.New(githubactions.WithWriter(out), githubactions.WithGetenv(getenv)), getenv: getenv}
}

const (
	maxOutput  = 4096                                  // bytes of a value
	maxSummary = 1 << 20                               // bytes of a step's summary; the runner drops a longer one
	maxText    = 200                                   // runes of an annotation's message
	delimiter  = "_GitHubActionsFileCommandDelimeter_" // of the library, around a value
	// MaxAnnotations is how many annotations a step may make: the runner shows ten
	// of each level.
	MaxAnnotations = 10
)

var outputName = regexp.MustCompile(`^[a-z][a-z0-9-]*$`)

// Output sets an output of the step; it does nothing if GITHUB_OUTPUT is not
// set. The file's delimiter is a fixed one, so a value that has it, or a line
// break, and so could set other outputs, is refused.
func (j *Job) Output(name, value string) error {
	if !outputName.MatchString(name) {
		return fmt.Errorf("invalid output name %.80q (hint: use lower-case letters, digits and dashes)", name)
	}
	if len(value) > maxOutput || strings.ContainsFunc(value, breaks) || strings.Contains(value, delimiter) {
		return fmt.Errorf("output %s: %.80q is not a single line of at most %d bytes", name, value, maxOutput)
	}
	return j.append("GITHUB_OUTPUT", func() { j.action.SetOutput(name, value) })
}

func breaks(r rune) bool {
	return r == '\n' || r == '\t' || r == unicode.ReplacementChar || !text.Visible(r)
}

// Summary appends Markdown to the step's summary; it does nothing if
// GITHUB_STEP_SUMMARY is not set. What would make the summary longer than the
// runner takes is refused.
func (j *Job) Summary(markdown []byte) error {
	held := int64(0)
	if info, err := os.Stat(j.getenv("GITHUB_STEP_SUMMARY")); err == nil {
		held = info.Size()
	}
	if held+int64(len(markdown)) >= maxSummary {
		return fmt.Errorf("the job summary has %d bytes and cannot take %d more: GitHub shows %d", held, len(markdown), maxSummary)
	}
	return j.append("GITHUB_STEP_SUMMARY", func() { j.action.AddStepSummary(string(markdown)) })
}

// append runs what appends to the file that the variable names. The library
// panics where that fails.
func (j *Job) append(variable string, write func()) (err error) {
	if j.getenv(variable) == "" {
		return nil
	}
	defer func() {
		switch failure := recover().(type) {
		case nil:
		case error:
			err = fmt.Errorf("%s: %w", variable, failure)
		default:
			panic(failure)
		}
	}()
	write()
	return nil
}

// Level is the severity of an annotation.
type Level string

// The levels of annotations.
const (
	Error   Level = "error"
	Warning Level = "warning"
)

// Annotation is a remark at a line of a file. It appears in logs that everybody
// reads, so nothing of a record may be in its message.
type Annotation struct {
	Level   Level
	File    string // from the top of the repository; empty: none
	Line    int    // from 1; 0: none
	Title   string
	Message string // shown up to 200 characters
}

// Annotate makes an annotation, the first [MaxAnnotations] times.
func (j *Job) Annotate(a Annotation) {
	if j.annotated++; j.annotated > MaxAnnotations {
		return
	}
	fields := githubactions.CommandProperties{}
	for name, value := range map[string]string{"file": a.File, "title": a.Title} {
		if value != "" {
			fields[name] = value
		}
	}
	if a.Line > 0 {
		fields["line"] = strconv.Itoa(a.Line)
	}
	message := a.Message
	if runes := []rune(message); len(runes) > maxText {
		message = string(runes[:maxText])
	}
	j.action.IssueCommand(&githubactions.Command{Name: string(a.Level), Properties: fields, Message: message})
}

// Fence makes the runner ignore commands in the log until open is called. It
// is a second layer: the text in between must have gone through a
// [github.com/tunegate/tunegate/internal/proc.Cleaner].
func (j *Job) Fence() (open func()) {
	token := rand.Text()
	j.action.IssueCommand(&githubactions.Command{Name: "stop-commands", Message: token})
	return func() { j.action.IssueCommand(&githubactions.Command{Name: token}) }
}
