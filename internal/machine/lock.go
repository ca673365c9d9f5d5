package machine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"github.com/tunegate/tunegate/internal/filelock"
)

// ErrBusy says that another command holds a lock and that Machine.NoWait asked
// not to wait for it.
var ErrBusy = errors.New("busy")

// holder is what the file of a lock says about the command that has it.
type holder struct {
	Who     string    `json:"who"`
	PID     int       `json:"pid"`
	Started time.Time `json:"started"`
}

// lockPoll is how often a waiting command looks again.
const lockPoll = 200 * time.Millisecond

// Lock takes this home for one command, waiting for another's end. Who names the
// command for those who wait for it. The machine that it returns is the one to
// work with: its children hold the lock too, so that a killed command's home is
// free only once they are gone.
func (m Machine) Lock(ctx context.Context, who string) (locked Machine, release func(), err error) {
	if err := os.MkdirAll(m.Home, 0o755); err != nil {
		return m, nil, fmt.Errorf("%w (hint: is $TUNEGATE_HOME writable?)", err)
	}
	file, err := m.lock(ctx, filepath.Join(m.Home, "lock"), m.Home, who)
	if err != nil {
		return m, nil, err
	}
	m.Launcher.Hold = append(slices.Clone(m.Launcher.Hold), file)
	return m, func() { file.Close() }, nil
}

// LockGPUs takes the GPUs that are visible, for all homes and users of the
// machine, and tells of programs that hold memory of them; without a GPU there is
// nothing to take.
func (m Machine) LockGPUs(ctx context.Context, who string) (locked Machine, release func(), err error) {
	gpus := m.GPUs(ctx)
	if gpus == nil {
		if err := m.silentCard(ctx); err != nil {
			return m, nil, err
		}
	}
	var held []*os.File
	release = func() {
		for _, file := range held {
			file.Close()
		}
	}
	for _, gpu := range gpus {
		file, err := m.lock(ctx, filepath.Join(m.TempDir, "tunegate-"+gpu.UUID+".lock"), gpu.Name, who)
		if err != nil {
			release()
			return m, nil, err
		}
		held = append(held, file)
	}
	m.Launcher.Hold = slices.Concat(m.Launcher.Hold, held)
	for _, other := range m.GPUProcesses(ctx, gpus) {
		m.Progress.Say("note: process %d (%.100s) holds %d MiB of the GPU; it is left alone", other.PID, other.Name, other.MemoryMiB)
	}
	return m, release, nil
}

// lock gives an open file with a flock on it; closing it, here and in every
// child that was started meanwhile, gives it back.
func (m Machine) lock(ctx context.Context, path, what, who string) (*os.File, error) {
	file, err := filelock.Open(path)
	if err != nil {
		return nil, fmt.Errorf("lock: %w", err)
	}
	began := m.Clock()
	for {
		err := filelock.Try(file)
		if err == nil {
			// Who has it is for those who wait only: a full disk must not keep
			// `clean` from its work.
			if err := m.sign(path, who); err != nil {
				m.Progress.Say("note: %s does not tell who has it: %v", path, err)
			}
			return file, nil
		}
		busy := fmt.Sprintf("%s is used by %s", what, m.holder(path))
		switch {
		case !errors.Is(err, filelock.ErrHeld):
			err = fmt.Errorf("lock: %w", err)
		case m.NoWait:
			err = fmt.Errorf("%w: %s (hint: try again later, or leave out --no-wait)", ErrBusy, busy)
		default:
			m.Progress.Update("waiting", int64(m.Clock().Sub(began).Seconds()), 0, 0, busy)
			err = pause(ctx, lockPoll)
		}
		if err != nil {
			file.Close()
			return nil, err
		}
	}
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

// sign writes into the file of a lock who has it. Another user's file stays as
// it is.
func (m Machine) sign(path, who string) error {
	data, err := json.Marshal(holder{who, os.Getpid(), m.Clock().UTC().Truncate(time.Second)})
	if err != nil {
		return err
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_TRUNC|syscall.O_NOFOLLOW, 0)
	if errors.Is(err, fs.ErrPermission) {
		return nil
	}
	if err != nil {
		return err
	}
	_, err = file.Write(append(data, '\n'))
	return errors.Join(err, file.Close())
}

// holder says in words who has a lock and for how long.
func (m Machine) holder(path string) string {
	var by holder
	data, err := os.ReadFile(path)
	if err != nil || json.Unmarshal(data, &by) != nil {
		return "another command" // that is just writing its name
	}
	return fmt.Sprintf("%.200s (process %d) for %s", by.Who, by.PID, m.Clock().Sub(by.Started).Round(time.Second))
}
