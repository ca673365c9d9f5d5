package pipeline

import (
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/tunegate/tunegate/internal/machine"
	"github.com/tunegate/tunegate/internal/runs"
)

const eventsName = "events.jsonl"

// events is a Progress that also logs to the run's
// events.jsonl: one JSON object per line with time, level, msg and its
// fields. Of repeated updates, one per second is kept.
type events struct {
	shown machine.Progress
	clock func() time.Time
	file  *os.File
	log   *slog.Logger

	mutex sync.Mutex
	about string    // the stage of the last update
	last  time.Time // of the last update that was kept
}

func newEvents(dir string, shown machine.Progress, clock func() time.Time) (*events, error) {
	file, err := os.OpenFile(filepath.Join(dir, eventsName), os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	return &events{shown: shown, clock: clock, file: file, log: slog.New(slog.NewJSONHandler(file, nil))}, nil
}

func (e *events) Close() error { return e.file.Close() }

func (e *events) Say(format string, args ...any) {
	e.log.Info("said", "text", fmt.Sprintf(format, args...))
	e.shown.Say(format, args...)
}

func (e *events) Update(stage string, done, total int64, eta time.Duration, detail string) {
	if e.due(stage) {
		e.log.Info("progress", "stage", stage, "done", done, "total", total, "eta_s", eta.Seconds(), "detail", detail)
	}
	e.shown.Update(stage, done, total, eta, detail)
}

func (e *events) due(stage string) bool {
	e.mutex.Lock()
	defer e.mutex.Unlock()
	now := e.clock()
	if stage == e.about && now.Sub(e.last) < time.Second {
		return false
	}
	e.about, e.last = stage, now
	return true
}

// stage logs a stage's change of state.
func (e *events) stage(s runs.StageRun) {
	e.log.Info("stage", "stage", s.Stage, "key", s.Key, "state", s.State, "seconds", s.Seconds)
}

// failed logs why the run failed.
func (e *events) failed(err error) { e.log.Error("failed", "error", err.Error()) }
