package playbook

import (
	"bytes"
	"fmt"
	"slices"
	"unicode/utf8"
)

// The names under which a record may hold each part. The first that is filled counts.
var (
	instructionNames = []string{"instruction", "question", "prompt", "user", "input_question", "query"}
	outputNames      = []string{"output", "answer", "response", "assistant", "solution", "target"}
	levelNames       = []string{"learner_level", "level", "student_level", "audience"}
)

var levels = []string{"kids", "teen", "college", "adult"}

const defaultLevel = "teen"

// Prepared counts the records of a file by what became of them.
type Prepared struct {
	Records       int `json:"records"`
	Rows          int `json:"rows"`
	NoInstruction int `json:"no_instruction"`
	NoOutput      int `json:"no_output"`
	Duplicates    int `json:"duplicates"`   // the same apart from capital letters
	LostContext   int `json:"lost_context"` // rows whose record has earlier turns or an input, which no row holds
}

// Prepare returns the rows of a file, one JSON object a line in the order of the
// records: {"instruction", "input": "Learner level: X", "output"}.
func Prepare(f File) ([]byte, Prepared, error) {
	records, err := f.records()
	if err != nil {
		return nil, Prepared{}, err
	}
	count := Prepared{Records: len(records)}
	var rows bytes.Buffer
	seen := map[[3]string]bool{}
	for _, record := range records {
		instruction, output := record.filled(instructionNames), record.filled(outputNames)
		switch {
		case instruction == "":
			count.NoInstruction++
			continue
		case output == "":
			count.NoOutput++
			continue
		}
		level := lower(record.filled(levelNames))
		if !slices.Contains(levels, level) {
			level = defaultLevel
		}
		key := [3]string{lower(instruction), level, lower(output)}
		if seen[key] {
			count.Duplicates++
			continue
		}
		seen[key] = true
		if !utf8.ValidString(instruction) || !utf8.ValidString(output) {
			return nil, Prepared{}, fmt.Errorf("%s: %w", f.at(record.offset), errSurrogate)
		}
		if record.filled([]string{"context", "input"}) != "" {
			count.LostContext++
		}
		rows.WriteString(`{"instruction": `)
		quoteJSON(&rows, instruction)
		rows.WriteString(`, "input": "Learner level: ` + level + `", "output": `)
		quoteJSON(&rows, output)
		rows.WriteString("}\n")
		count.Rows++
	}
	return rows.Bytes(), count, nil
}

// filled returns the text of the first of the named members that has one.
func (v value) filled(names []string) string {
	for _, name := range names {
		if m := v.member(name); !m.missing() {
			if s := collapse(m.str()); s != "" {
				return s
			}
		}
	}
	return ""
}
