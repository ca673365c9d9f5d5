package eval

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/tunegate/tunegate/internal/suite"
)

// Case is a line of cases.jsonl: a suite's case, in one history mode, evaluated on one
// model.
type Case struct {
	Suite   string `json:"suite"`
	Role    string `json:"role"` // a suite.Role
	Case    string `json:"case"`
	Cluster string `json:"cluster"`
	History string `json:"history"` // a suite.History
	// Model is Candidate or Baseline, empty if only one model was evaluated.
	Model   string `json:"model"`
	ModelID string `json:"model_id"`
	Seed    int    `json:"seed"`
	// Turns are the questions asked, in order.
	Turns []Turn `json:"turns"`
	// Asserts are those of all turns.
	Asserts []AssertResult `json:"asserts"`
	// Pass is nil if the case could not be decided.
	Pass *bool `json:"pass"`
	// Evidence is None if the answers do not count: fallback, cached, truncated,
	// aborted, or by another model.
	Evidence string `json:"evidence"`
	// Why is the reason for a nil Pass.
	Why string `json:"why,omitempty"`
}

// Turn is a question and its answer.
type Turn struct {
	User         string `json:"user,omitempty"`
	Output       string `json:"output"`
	DoneReason   string `json:"done_reason"`
	InputTokens  int    `json:"input_tokens"`
	OutputTokens int    `json:"output_tokens"`
	MS           int64  `json:"ms"` // wall time, milliseconds
}

// AssertResult is the outcome of an assertion.
type AssertResult struct {
	Turn   int     `json:"turn"` // index into Case.Turns
	Type   string  `json:"type"`
	Value  string  `json:"value,omitempty"`
	Result string  `json:"result"` // Pass, Fail or Unknown
	Weight float64 `json:"weight"`
	Why    string  `json:"why,omitempty"`
}

// The two models that a gate compares.
const (
	Candidate = "candidate"
	Baseline  = "baseline"
)

// AppendCase writes a case as a line, in a single write.
func AppendCase(w io.Writer, c Case) error {
	line, err := json.Marshal(c)
	if err != nil {
		return err
	}
	_, err = w.Write(append(line, '\n'))
	return err
}

// LoadCases reads a cases.jsonl. A truncated or invalid line, a duplicate case, and
// lines that disagree about a model's identity, a suite's role or a case's cluster are
// errors with file and line.
func LoadCases(path string) ([]Case, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return ParseCases(path, data)
}

// ParseCases does the same for the text of such a file; path is for errors.
func ParseCases(path string, data []byte) ([]Case, error) {
	var cases []Case
	seen := make(claims)
	for line := range bytes.Lines(data) {
		number := len(cases) + 1
		if !bytes.HasSuffix(line, []byte("\n")) {
			return nil, fmt.Errorf("%s:%d: the line is truncated (hint: run eval again)", path, number)
		}
		var c Case
		err := onlyKnown(line, &c)
		if err == nil {
			err = seen.check(c, number)
		}
		if err != nil {
			return nil, fmt.Errorf("%s:%d: not a graded case: %w (hint: run eval again)", path, number, err)
		}
		cases = append(cases, c)
	}
	return cases, nil
}

// onlyKnown reads a line and refuses unknown fields.
func onlyKnown(line []byte, c *Case) error {
	decoder := json.NewDecoder(bytes.NewReader(line))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(c); err != nil {
		return err
	}
	if _, err := decoder.Token(); err != io.EOF {
		return errors.New("unexpected text after the object")
	}
	return nil
}

// claims are what earlier lines say about a subject, each with its line.
type claims map[[5]string]claim

type claim struct {
	value string
	line  int
}

func (s claims) check(c Case, line int) error {
	for _, field := range []struct {
		name, value string
		known       []string
	}{
		{"role", c.Role, []string{string(suite.Target), string(suite.Guard), string(suite.Observed)}},
		{"history", c.History, []string{string(suite.Replayed), string(suite.Own)}},
		{"model", c.Model, []string{"", Candidate, Baseline}},
		{"evidence", c.Evidence, []string{Direct, None}},
	} {
		if !slices.Contains(field.known, field.value) {
			return fmt.Errorf("unknown %s %q, expected one of %q", field.name, field.value, field.known)
		}
	}
	row := [5]string{"row", c.Suite, c.Case, c.History, c.Model}
	if earlier, ok := s[row]; ok {
		return fmt.Errorf("%s/%s is already on line %d", c.Suite, c.Case, earlier.line)
	}
	s[row] = claim{line: line}
	for _, said := range []struct {
		subject [5]string
		value   string
	}{
		{[5]string{"model_id", c.Model}, c.ModelID},
		{[5]string{"role", c.Suite}, c.Role},
		{[5]string{"cluster", c.Suite, c.Case}, c.Cluster},
	} {
		earlier, ok := s[said.subject]
		if ok && earlier.value != said.value {
			return fmt.Errorf("%s is %q, on line %d it is %q", said.subject[0], said.value, earlier.line, earlier.value)
		}
		if !ok {
			s[said.subject] = claim{said.value, line}
		}
	}
	return nil
}
