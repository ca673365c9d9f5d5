package main

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
)

func TestComplaintsAreFenced(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	w := world{stderr: &out}
	code := w.end(context.Background(), errors.New("data/a\n::error::pwned ##[error]x\r::stop-commands::t.json#1: too long\x1b[31m"))
	if code != exitBroke {
		t.Errorf("exit %d", code)
	}
	for line := range strings.Lines(out.String()) {
		if !strings.HasPrefix(line, "tunegate: ") && !strings.HasPrefix(line, "| ") {
			t.Errorf("a line of its own: %q", line)
		}
		if strings.Contains(line, "##[") || strings.Contains(line, "\x1b") {
			t.Errorf("a command came through: %q", line)
		}
	}
}

func TestComplaintsAreBounded(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	world{stderr: &out}.end(context.Background(), errors.New(strings.Repeat("x\n", 100_000)))
	if out.Len() > 5*maxComplaint {
		t.Errorf("%d bytes were printed", out.Len())
	}
}

func TestExitCodes(t *testing.T) {
	t.Parallel()
	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	tests := map[string]struct {
		ctx  context.Context
		err  error
		want int
	}{
		"success":           {context.Background(), nil, 0},
		"broke":             {context.Background(), errors.New("x"), exitBroke},
		"usage":             {context.Background(), usage(errors.New("x")), exitUsage},
		"a verdict":         {context.Background(), &exitError{code: 3}, 3},
		"cancelled":         {cancelled, errors.New("x"), exitCancelled},
		"ended in time":     {cancelled, nil, 0},
		"cancelled verdict": {cancelled, &exitError{code: 3}, exitCancelled},
	}
	for name, test := range tests {
		if got := (world{stderr: &bytes.Buffer{}}).end(test.ctx, test.err); got != test.want {
			t.Errorf("%s: exit %d, want %d", name, got, test.want)
		}
	}
}
