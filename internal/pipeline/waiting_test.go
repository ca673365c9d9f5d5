package pipeline

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/tunegate/tunegate/internal/plan"
	"github.com/tunegate/tunegate/internal/report"
	"github.com/tunegate/tunegate/internal/runs"
)

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
	time.AfterFunc(300*time.Millisecond, cancel)
	_, err = Run(ctx, o.machine, o.repo, Options{Refs: plan.Refs{Base: "main", Head: "pr"}, ConfigPath: "tunegate.yaml", Event: "pull_request"})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if about, err := LoadReport(filepath.Join(o.repo.Root(), runs.CopyFolder)); err != nil || about.State != report.Cancelled {
		t.Errorf("%v, state %q", err, about.State)
	}
}
