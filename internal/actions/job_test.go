package actions

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// files is the environment of a step whose runner reads two files.
func files(t *testing.T) (getenv func(string) string, output, summary string) {
	t.Helper()
	dir := t.TempDir()
	output, summary = filepath.Join(dir, "output"), filepath.Join(dir, "summary")
	return environment(map[string]string{"GITHUB_OUTPUT": output, "GITHUB_STEP_SUMMARY": summary}), output, summary
}

func content(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	return string(data)
}

func TestOutput(t *testing.T) {
	t.Parallel()
	getenv, output, _ := files(t)
	j := New(getenv, &bytes.Buffer{})
	for name, value := range map[string]string{
		"outcome": "pass\nx", "model-id": "a\rb", "candidate": "a\u2028b", "run-dir": "a\u0085b", "bad": "\xff", "long": strings.Repeat("x", maxOutput+1),
		"a=b": "x", "": "x", "a\nb": "x", "delimiter": delimiter,
	} {
		if err := j.Output(name, value); err == nil {
			t.Errorf("%q = %.20q was taken", name, value)
		}
	}
	if got := content(t, output); got != "" {
		t.Errorf("refused, and yet written: %q", got)
	}
	for _, pair := range [][2]string{{"outcome", "pass"}, {"run-dir", "/a b/%20::error::x"}, {"comment-url", ""}} {
		if err := j.Output(pair[0], pair[1]); err != nil {
			t.Error(err)
		}
	}
	want := "outcome<<" + delimiter + "\npass\n" + delimiter + "\nrun-dir<<" + delimiter + "\n/a b/%20::error::x\n" + delimiter +
		"\ncomment-url<<" + delimiter + "\n\n" + delimiter + "\n"
	if got := content(t, output); got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestSummary(t *testing.T) {
	t.Parallel()
	getenv, _, summary := files(t)
	j := New(getenv, &bytes.Buffer{})
	for _, text := range []string{"# one", strings.Repeat("x", maxSummary-20)} {
		if err := j.Summary([]byte(text)); err != nil {
			t.Error(err)
		}
	}
	held := content(t, summary)
	if !strings.HasPrefix(held, "# one\nxxx") {
		t.Errorf("%.20q", held)
	}
	if err := j.Summary([]byte(strings.Repeat("y", 20))); err == nil {
		t.Error("more than the runner takes was taken")
	}
	if content(t, summary) != held {
		t.Error("what was refused was written")
	}
}

func TestNoRunnerFiles(t *testing.T) {
	t.Parallel()
	j := New(environment(nil), &bytes.Buffer{})
	if err := errors.Join(j.Output("outcome", "pass"), j.Summary([]byte("x"))); err != nil {
		t.Error(err)
	}
	missing := filepath.Join(t.TempDir(), "none", "file")
	j = New(environment(map[string]string{"GITHUB_OUTPUT": missing, "GITHUB_STEP_SUMMARY": missing}), &bytes.Buffer{})
	for _, err := range []error{j.Output("outcome", "pass"), j.Summary([]byte("x"))} {
		if !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%v, want that there is no such file", err)
		}
	}
}

func TestAnnotate(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	j := New(environment(nil), &log)
	j.Annotate(Annotation{Level: Error, File: "data/a,b:c%\r\n::error::x.json", Line: 3, Title: "tunegate: secret", Message: "100 %\n::error::" + strings.Repeat("ä", 300)})
	want := "::error file=data/a%2Cb%3Ac%25%0D%0A%3A%3Aerror%3A%3Ax.json,line=3,title=tunegate%3A secret::100 %25%0A::error::" + strings.Repeat("ä", maxText-15) + "\n"
	if got := log.String(); got != want {
		t.Errorf("%q, want %q", got, want)
	}
	log.Reset()
	for range 2 * MaxAnnotations {
		j.Annotate(Annotation{Level: Warning, Message: "n"})
	}
	if got, want := log.String(), strings.Repeat("::warning::n\n", MaxAnnotations-1); got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
