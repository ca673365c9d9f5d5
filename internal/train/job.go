package train

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/tunegate/tunegate/internal/store"
)

// savedJob lets another tunegate process find a job, given only its folder. The
// launcher then repeats all output, which replaces what was recorded so far.
type savedJob struct {
	Launcher string          `json:"launcher"`
	Handle   json.RawMessage `json:"handle"`
	Events   int64           `json:"events_bytes"` // size of the file of events when the job began
	Log      int64           `json:"log_bytes"`
}

func (s spec) jobPath() string { return filepath.Join(s.OutDir, jobFile) }

// forgetJob removes the saved job. If that fails, the next run finds the ended job and
// tries again.
func (s spec) forgetJob() { os.Remove(s.jobPath()) }

// attach finds the job saved by an earlier attempt, or returns ErrGone.
func (s spec) attach(ctx context.Context, launcher Launcher, job Job) (Running, savedJob, error) {
	data, err := os.ReadFile(s.jobPath())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, savedJob{}, ErrGone
	}
	if err != nil {
		return nil, savedJob{}, err
	}
	var saved savedJob
	if err := json.Unmarshal(data, &saved); err != nil {
		return nil, savedJob{}, fmt.Errorf("%s: %w (hint: remove it once no trainer is running)", s.jobPath(), err)
	}
	if saved.Launcher != launcher.Name() {
		return nil, savedJob{}, fmt.Errorf("a job of launcher %.50q may already be training this, but the launcher is now %q (hint: set it back, or end that job and remove %s)",
			saved.Launcher, launcher.Name(), s.jobPath())
	}
	running, err := launcher.Attach(ctx, job, saved.Handle)
	return running, saved, err
}

// attachOrStart finds the job of an earlier attempt, or starts one if there is none;
// never a second one.
func (s spec) attachOrStart(ctx context.Context, launcher Launcher, job Job, events, log *os.File) (Running, error) {
	running, saved, err := s.attach(ctx, launcher, job)
	switch {
	case err == nil:
		return running, errors.Join(events.Truncate(saved.Events), log.Truncate(saved.Log))
	case !errors.Is(err, ErrGone):
		return nil, err
	}
	return launcher.Start(ctx, job, func(handle json.RawMessage) error {
		before, err := sizes(events, log)
		if err != nil {
			return err
		}
		return store.WriteJSON(s.jobPath(), savedJob{Launcher: launcher.Name(), Handle: handle, Events: before[0], Log: before[1]})
	})
}

func sizes(files ...*os.File) ([]int64, error) {
	var found []int64
	for _, file := range files {
		info, err := file.Stat()
		if err != nil {
			return nil, err
		}
		found = append(found, info.Size())
	}
	return found, nil
}
