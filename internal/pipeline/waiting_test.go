package pipeline

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tunegate/tunegate/internal/config"
	"github.com/tunegate/tunegate/internal/machine"
	"github.com/tunegate/tunegate/internal/plan"
	"github.com/tunegate/tunegate/internal/plan/plantest"
	"github.com/tunegate/tunegate/internal/report"
	"github.com/tunegate/tunegate/internal/runs"
)

// atTheWait calls do when a command begins to wait for another's end.
type atTheWait struct {
	machine.Progress
	do func()
}

func (p atTheWait) Update(stage string, _, _ int64, _ time.Duration, _ string) {
	if stage == "waiting" {
		p.do()
	}
}

// TestCancelledWhileWaiting: a run that is told to end before its turn has come
// leaves its status too.
func TestCancelledWhileWaiting(t *testing.T) {
	t.Parallel()
	o := newJudged(t)
	o.Change("pr", map[string]string{"data/c.json": `[{"question": "5 + 5?", "answer": "10"}]`})
	_, release, err := runs.Lock(t.Context(), o.machine, "another run")
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	ctx, cancel := context.WithCancel(t.Context())
	o.machine.Progress = atTheWait{o.machine.Progress, cancel}
	_, err = Run(ctx, o.machine, o.repo, Options{Refs: plan.Refs{Base: "main", Head: "pr"}, ConfigPath: "tunegate.yaml", Event: "pull_request"})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if about, err := LoadReport(filepath.Join(o.repo.Root(), runs.CopyFolder)); err != nil || about.State != report.Cancelled {
		t.Errorf("%v, state %q", err, about.State)
	}
}

// TestTheBasesLimitOfTime: the smaller of what the caller and the base's config give
// ends a run, and the run says which; a change does not give itself more.
func TestTheBasesLimitOfTime(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		base, change string
		ends         bool // the caller's time is over while the run waits
		says         string
	}{
		"the config's": {"1s", "9h", false, "did not finish within `limits.duration` 1.0 s (hint: rerun the same command to resume)"},
		"the smaller":  {"1s", "1s", false, "did not finish within `limits.duration` 1.0 s"},
		"the caller's": {"5h", "5h", true, "did not finish within what was asked (hint: rerun the same"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := newJudged(t)
			limited := func(to string) string {
				return strings.Replace(plantest.Config, "limits: {", "limits: {duration: "+to+", ", 1)
			}
			o.Git("checkout", "-q", "main")
			o.Write("tunegate.yaml", limited(test.base))
			o.Commit("a limit")
			o.Change("pr", map[string]string{"data/c.json": `[{"question": "5 + 5?", "answer": "10"}]`, "tunegate.yaml": limited(test.change)})
			_, release, err := runs.Lock(t.Context(), o.machine, "another run")
			if err != nil {
				t.Fatal(err)
			}
			defer release()
			asked := errors.New("did not finish within what was asked")
			ctx, cancel := context.WithTimeoutCause(t.Context(), time.Hour, asked)
			defer cancel()
			if test.ends {
				var end context.CancelCauseFunc
				ctx, end = context.WithCancelCause(ctx)
				o.machine.Progress = atTheWait{o.machine.Progress, func() { end(asked) }}
			}
			_, err = Run(ctx, o.machine, o.repo, Options{Refs: plan.Refs{Base: "main", Head: "pr"}, ConfigPath: "tunegate.yaml", Event: "pull_request"})
			if err == nil || strings.Count(err.Error(), "did not finish within") != 1 || !strings.Contains(err.Error(), test.says) {
				t.Errorf("got %v, want %q", err, test.says)
			}
			if about, err := LoadReport(filepath.Join(o.repo.Root(), runs.CopyFolder)); err != nil || about.State != report.Broke || !strings.Contains(about.Error, test.says) {
				t.Errorf("%v, state %q, error %q", err, about.State, about.Error)
			}
		})
	}
	// A run that is late before it waits for anything says so too.
	o := newJudged(t)
	ctx, end := context.WithCancelCause(t.Context())
	end(errors.New("did not finish within what was asked"))
	if _, err := Run(ctx, o.machine, o.repo, Options{Refs: plan.Refs{Base: "main", Head: "data"}, ConfigPath: "tunegate.yaml"}); err == nil || !strings.HasPrefix(err.Error(), "did not finish within what was asked (hint: ") {
		t.Errorf("got %v", err)
	}
	// Where nobody says, it is the default.
	long, cancel := bounded(t.Context(), config.Limits{})
	defer cancel()
	if end, ends := long.Deadline(); !ends || time.Until(end) > config.MaxDuration || time.Until(end) < config.MaxDuration-time.Hour {
		t.Errorf("it ends: %t, at %s", ends, end)
	}
}
