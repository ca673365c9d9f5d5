package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A check is explained from its own words, without a repository.
func TestExplainCheck(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"--explain", "contamination"}, 0, "contamination: the row asks, now or in an earlier turn, what a suite asks.\nIt looks at each row; "},
		{[]string{"--explain", "contamination", "--json"}, 0, `"check": "contamination"`},
		{[]string{"--explain", "rhyme"}, exitUsage, `unknown check "rhyme" (hint: choose one of `},
	} {
		var said bytes.Buffer
		w := world{args: append([]string{"-C", t.TempDir(), "dataset"}, tt.args...), stdout: &said, stderr: &said, clock: time.Now}
		if code := run(t.Context(), w); code != tt.code || !strings.Contains(said.String(), tt.says) {
			t.Errorf("%q: exit %d: %s", tt.args, code, &said)
		}
	}
}

// The playbook's files are never written over what was read, or over each other.
func TestPlaybookKeepsItsInputs(t *testing.T) {
	t.Parallel()
	const records = `[{"question": "q", "answer": "a"}]`
	merging := func(merged string, more ...string) []string {
		return append([]string{"--base-sample", "base.json", "--followup-sample", "more.json", "--merged", merged}, more...)
	}
	for name, tt := range map[string]struct {
		args []string
		says string
	}{
		"prepared in place":           {[]string{"--input", "base.json", "--output", "base.json"}, "--output base.json is also the file of --input"},
		"by another name":             {[]string{"--input", "base.json", "--output", "sub/../base.json"}, "is also the file of --input"},
		"through a linked folder":     {[]string{"--input", "base.json", "--output", "sub/here/base.json"}, "is also the file of --input"},
		"a hard link":                 {[]string{"--input", "base.json", "--output", "again.json"}, "is also the file of --input"},
		"merged over the base":        {merging("./base.json"), "--merged ./base.json is also the file of --base-sample"},
		"merged over the follow-ups":  {merging("more.json"), "is also the file of --followup-sample"},
		"both in one":                 {merging("new.json", "--output", "sub/../new.json"), "--output sub/../new.json is also the file of --merged"},
		"prepared over the base":      {merging("new.json", "--output", "base.json"), "--output base.json is also the file of --base-sample"},
		"prepared is not what merged": {merging("new.json", "--output", "rows.jsonl", "--input", "base.json"), "would not be prepared, but"},
		"apart":                       {merging("new.json", "--output", "rows.jsonl", "--input", "sub/../new.json"), ""},
		"only merged":                 {merging("new.json"), ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			for _, file := range []string{"base.json", "more.json"} {
				if err := os.WriteFile(filepath.Join(dir, file), []byte(records), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if err := os.Mkdir(filepath.Join(dir, "sub"), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.Symlink(dir, filepath.Join(dir, "sub", "here")); err != nil {
				t.Fatal(err)
			}
			if err := os.Link(filepath.Join(dir, "base.json"), filepath.Join(dir, "again.json")); err != nil {
				t.Fatal(err)
			}
			var said bytes.Buffer
			w := world{args: append([]string{"-C", dir, "dataset", "--playbook"}, tt.args...), stdout: &said, stderr: &said, clock: time.Now}
			code := run(t.Context(), w)
			if want := map[bool]int{true: 0, false: exitUsage}[tt.says == ""]; code != want || !strings.Contains(said.String(), tt.says) {
				t.Errorf("exit %d: %s", code, &said)
			}
			for _, file := range []string{"base.json", "more.json"} {
				if data, err := os.ReadFile(filepath.Join(dir, file)); err != nil || string(data) != records {
					t.Errorf("%s is %q, %v", file, data, err)
				}
			}
		})
	}
}
