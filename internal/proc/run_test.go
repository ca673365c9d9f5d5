package proc

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"time"
)

func TestRun(t *testing.T) {
	t.Parallel()
	gone := script("")
	gone.Path = "/none"
	for name, tt := range map[string]struct {
		command Command
		last    string
		want    string // the explained error; empty: none
	}{
		"works":   {script("echo a; echo b >&2"), "a\nb", ""},
		"fails":   {script("echo why; exit 3"), "why", "script: exit code 3\n| why"},
		"silent":  {script("exit 3"), "", "script: exit code 3"},
		"missing": {gone, "", `script: cannot start: exec: "/none": stat /none: no such file or directory`},
	} {
		var log bytes.Buffer
		tt.command.Log = &log
		calls := 0
		tail, err := launcher(t).Run(t.Context(), tt.command, func(time.Duration) { calls++ })
		if err := tail.Explain(err); (err == nil) != (tt.want == "") || err != nil && err.Error() != tt.want {
			t.Errorf("%s: %v, want %s", name, err, tt.want)
		}
		if tail.String() != tt.last || tt.last != "" && log.String() != tt.last+"\n" {
			t.Errorf("%s: last lines %q, log %q", name, tail, &log)
		}
		if started := name != "missing"; (calls > 0) != started {
			t.Errorf("%s: told %d times how long it takes", name, calls)
		}
	}
}

func TestRunCancelled(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	_, err := launcher(t).Run(ctx, script("sleep 60"), func(elapsed time.Duration) {
		if elapsed != 0 {
			t.Errorf("first told after %v", elapsed)
		}
		cancel()
	})
	if !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
