package playbook

import (
	"bytes"
	"encoding/json"
	"math/big"
	"os/exec"
	"path/filepath"
	"testing"
	"unicode"

	"github.com/tunegate/tunegate/internal/python/pythontest"
)

// job is one question to testdata/oracle.py.
type job struct {
	Prepare    []byte   `json:"prepare,omitempty"`
	Base       []byte   `json:"base,omitempty"`
	Followup   []byte   `json:"followup,omitempty"`
	Weight     int      `json:"weight,omitempty"`
	Seed       *big.Int `json:"seed"`
	Characters bool     `json:"characters,omitempty"`
}

func (j job) MarshalJSON() ([]byte, error) {
	fields := map[string]any{"characters": true}
	switch {
	case j.Prepare != nil:
		fields = map[string]any{"prepare": j.Prepare}
	case !j.Characters:
		fields = map[string]any{"base": j.Base, "followup": j.Followup, "weight": j.Weight, "seed": j.Seed}
	}
	return json.Marshal(fields)
}

// oracle returns CPython's answers, nil if its scripts fail.
func oracle(t *testing.T, jobs []job) [][]byte {
	t.Helper()
	questions, err := json.Marshal(jobs)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(pythontest.Interpreter(t).Path, filepath.Join("testdata", "oracle.py"))
	cmd.Stdin = bytes.NewReader(questions)
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("oracle.py: %v\n%s", err, complaint.Bytes())
	}
	var answers [][]byte
	if err := json.Unmarshal(out, &answers); err != nil || len(answers) != len(jobs) {
		t.Fatalf("oracle.py: %d answers to %d jobs, %v", len(answers), len(jobs), err)
	}
	return answers
}

// check compares what this package writes with the oracle's bytes: the same, or
// an error and no bytes where the scripts fail.
func check(t *testing.T, jobs []job) {
	t.Helper()
	for i, want := range oracle(t, jobs) {
		j := jobs[i]
		var got []byte
		var err error
		if j.Prepare != nil {
			got, _, err = Prepare(File{Name: "in.json", Data: j.Prepare})
		} else {
			got, _, err = Merge(File{Name: "base.json", Data: j.Base}, File{Name: "followup.json", Data: j.Followup}, Mix{Weight: j.Weight, Seed: j.Seed})
		}
		switch {
		case want == nil && (err == nil || len(got) > 0):
			t.Errorf("%.400s%.400s: CPython fails, got %.400q", j.Prepare, j.Base, got)
		case want != nil && (err != nil || !bytes.Equal(got, want)):
			t.Errorf("%.400s%.400s: got %.400q, %v; CPython writes %.400q", j.Prepare, j.Base, got, err, want)
		}
	}
}

func TestCharactersAsInCPython(t *testing.T) {
	t.Parallel()
	lines := bytes.Split(bytes.TrimSpace(oracle(t, []job{{Characters: true}})[0]), []byte("\n"))
	if len(lines) < 140_000 {
		t.Fatalf("only %d characters", len(lines))
	}
	wrong := 0
	for _, line := range lines {
		var code rune
		var lowered, shown, sigmas string
		var space bool
		if err := json.Unmarshal(line, &[]any{&code, &lowered, &shown, &space, &sigmas}); err != nil {
			t.Fatal(err)
		}
		if !unicode.In(code, unicode.L, unicode.M, unicode.N, unicode.P, unicode.S, unicode.Z, unicode.C) {
			continue // CPython's Unicode is newer than Go's
		}
		c := string(code)
		words := "aΣ" + c + "b a" + c + "Σ " + c + "Σ aΣ" + c
		repr := value{kind: list, list: []value{{kind: text, text: c}}}.str()
		if lower(c) != lowered || repr != "["+shown+"]" || isSpace(code) != space || lower(words) != sigmas {
			t.Errorf("%U: lower %q (%q), repr %s (%s), space %t (%t), %q (%q)", code, lower(c), lowered, repr, shown, isSpace(code), space, lower(words), sigmas)
			if wrong++; wrong > 20 {
				t.FailNow()
			}
		}
	}
}
