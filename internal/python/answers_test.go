package python

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/proc"
)

func TestAnswers(t *testing.T) {
	t.Parallel()
	ended := errors.New("exit code 1")
	for name, tt := range map[string]struct {
		lines    string
		ended    error
		progress string // all of it
		result   string
		want     string // the error; empty: none
	}{
		"a result":            {`{"progress": {"step": 1}}` + "\n" + `{"result": {"steps": 2}}`, nil, `{"step": 1}`, `{"steps": 2}`, ""},
		"a problem":           {`{"error": {"name": "rows/none", "message": "no rows", "hint": "add some"}}`, ended, "", "", "rows/none: no rows (hint: add some)"},
		"a problem of a row":  {`{"error": {"name": "guard/labels", "message": "no", "hint": "trim", "row": "a.json#3"}}`, ended, "", "", "guard/labels: a.json#3: no (hint: trim)"},
		"a crash":             {`{"progress": 1}`, ended, "1", "", "exit code 1; its last lines:\n| Traceback"},
		"a crash at the end":  {`{"result": 1}`, ended, "", "", "exit code 1; its last lines:\n| Traceback"},
		"nothing":             {`{}`, nil, "", "", "program ended without a result; its last lines:\n| Traceback"},
		"no JSON":             {"a\nb", nil, "", "", `program: an answer is not valid JSON: "a"`},
		"started again":       {`{"error": {"name": "a"}}` + "\n" + `{"pro{"progress": 1}` + "\n" + `{"result": 1}`, nil, "", "1", ""},
		"a problem at last":   {`{"result": 1}` + "\n" + `{"error": {"name": "a"}}`, nil, "", "", "a:  (hint: )"},
		"an unknown progress": {`{"progress": null}` + "\n" + `{"result": 1}`, nil, "null", "1", ""},
	} {
		var progress strings.Builder
		answers := NewAnswers("program", func(raw json.RawMessage) { progress.Write(raw) })
		for line := range strings.Lines(tt.lines) {
			answers.Take([]byte(strings.TrimSuffix(line, "\n")))
		}
		last := proc.NewTail(1)
		last.Write([]byte("Traceback\n"))
		result, err := answers.Result(tt.ended, last)
		if string(result) != tt.result || progress.String() != tt.progress || (err == nil) != (tt.want == "") || err != nil && err.Error() != tt.want {
			t.Errorf("%s: %s, %v; progress %s", name, result, err, &progress)
		}
	}
}

// Whatever a program answers, it fails, or gives JSON.
func FuzzAnswers(f *testing.F) {
	f.Add([]byte(`{"result": {}}`))
	f.Add([]byte(`{"error": null, "progress": []}`))
	f.Fuzz(func(t *testing.T, line []byte) {
		answers := NewAnswers("program", func(raw json.RawMessage) {
			if !json.Valid(raw) {
				t.Errorf("progress %q", raw)
			}
		})
		answers.Take(line)
		if result, err := answers.Result(nil, proc.NewTail(1)); err == nil && !json.Valid(result) {
			t.Errorf("result %q", result)
		}
	})
}
