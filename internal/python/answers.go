package python

import (
	"encoding/json"
	"fmt"

	"github.com/tunegate/tunegate/internal/proc"
)

// Problem is a failure that a program names: a guard that did not hold, or
// input that it cannot use.
type Problem struct {
	Name    string `json:"name"` // such as guard/dead-adapter
	Message string `json:"message"`
	Hint    string `json:"hint"`
	Row     string `json:"row"` // source of the row that it is about, such as data/a.json#17; empty: of none
}

func (p *Problem) Error() string {
	about := p.Name
	if p.Row != "" {
		about += ": " + p.Row
	}
	return fmt.Sprintf("%s: %s (hint: %s)", about, p.Message, p.Hint)
}

// Answer is a line that a program writes on its descriptor 3, or into the file
// that --answers names: one of these keys.
type Answer struct {
	Progress json.RawMessage `json:"progress"`
	Result   json.RawMessage `json:"result"`
	Error    *Problem        `json:"error"`
}

// Answers takes the answers of a program that gives one result, wherever it
// runs, and says what came of it. Where the program was started again meanwhile,
// the last result or problem counts, and a line that its end cut short does no harm.
type Answers struct {
	name     string
	progress func(json.RawMessage)

	result  json.RawMessage
	problem *Problem
	broken  error // the first line that is no answer; counts where there is no result
}

// NewAnswers takes the answers of the program that messages call name. Each of
// its progress answers goes to progress, unless that is nil.
func NewAnswers(name string, progress func(json.RawMessage)) *Answers {
	return &Answers{name: name, progress: progress}
}

// Take takes the next line, of which nothing is kept.
func (a *Answers) Take(line []byte) {
	var answer Answer
	if err := json.Unmarshal(line, &answer); err != nil {
		if a.broken == nil {
			a.broken = fmt.Errorf("%s: an answer is not valid JSON: %.100q", a.name, line)
		}
		return
	}
	switch {
	case answer.Error != nil:
		a.problem, a.result = answer.Error, nil
	case answer.Result != nil:
		a.problem, a.result = nil, answer.Result
	case answer.Progress != nil && a.progress != nil:
		a.progress(answer.Progress)
	}
}

// Result returns the result of a program that ended with this error, or none. A
// failure that it names is a *Problem; any other ends with the last lines that
// it printed, fenced.
func (a *Answers) Result(ended error, last *proc.Tail) (json.RawMessage, error) {
	switch {
	case a.problem != nil:
		return nil, a.problem
	case ended != nil:
		return nil, fmt.Errorf("%w; its last lines:\n%s", ended, last.Fenced())
	case a.result == nil && a.broken != nil:
		return nil, a.broken
	case a.result == nil:
		return nil, fmt.Errorf("%s ended without a result; its last lines:\n%s", a.name, last.Fenced())
	}
	return a.result, nil
}
