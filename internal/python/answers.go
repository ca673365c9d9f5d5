package python

import (
	"encoding/json"
	"fmt"

	"github.com/tunegate/tunegate/internal/proc"
)

// Problem is a named failure of a program: a failed guard, or unusable input.
type Problem struct {
	Name    string `json:"name"` // such as guard/dead-adapter
	Message string `json:"message"`
	Hint    string `json:"hint"`
	Row     string `json:"row"` // source of the affected row, such as data/a.json#17; empty: none
}

func (p *Problem) Error() string {
	about := p.Name
	if p.Row != "" {
		about += ": " + p.Row
	}
	return fmt.Sprintf("%s: %s (hint: %s)", about, p.Message, p.Hint)
}

// Answer is a line that a program writes to descriptor 3, or to the file of --answers:
// one of these keys.
type Answer struct {
	Progress json.RawMessage `json:"progress"`
	Result   json.RawMessage `json:"result"`
	Error    *Problem        `json:"error"`
}

// Answers collects the answers of a program with one result, wherever it runs. If the
// program was restarted, the last result or problem counts; a line truncated by its
// death does no harm.
type Answers struct {
	name     string
	progress func(json.RawMessage)

	result  json.RawMessage
	problem *Problem
	broken  error // the first invalid line; counts if there is no result
}

// NewAnswers collects the answers of a program; name is for messages. Each progress
// answer goes to progress, unless that is nil.
func NewAnswers(name string, progress func(json.RawMessage)) *Answers {
	return &Answers{name: name, progress: progress}
}

// Take processes the next line without keeping it.
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

// Result returns the result of a program that ended with this error, or nil. A named
// failure is a *Problem; other errors end with the program's last lines, fenced.
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
