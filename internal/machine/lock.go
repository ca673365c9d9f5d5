package machine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/tunegate/tunegate/internal/config"
	"github.com/tunegate/tunegate/internal/filelock"
	"github.com/tunegate/tunegate/internal/text"
)

// ErrBusy means that another command holds a lock and Machine.NoWait is set.
var ErrBusy = errors.New("busy")

// holder is a lock file's content: the command that holds the lock.
type holder struct {
	Who     string    `json:"who"`
	PID     int       `json:"pid"`
	Started time.Time `json:"started"`
}

// lockPoll is how often a waiting command tries again.
const lockPoll = 200 * time.Millisecond

// Lock locks this home for one command, waiting for another to end, and makes it
// private. Who describes the command to those who wait. Use the returned machine: its
// children hold the lock too, so that a killed command's home is free only once they
// are gone.
func (m Machine) Lock(ctx context.Context, who string) (locked Machine, release func(), err error) {
	if err := os.MkdirAll(m.Home, 0o700); err != nil {
		return m, nil, fmt.Errorf("%w (hint: make $TUNEGATE_HOME writable)", err)
	}
	if err := CheckHome(m.Home); err != nil {
		return m, nil, err
	}
	return m.lock(ctx, filepath.Join(m.Home, "lock"), m.Home, who)
}

// homeParts lists what a home without a lock may hold: installed tools, or copies from
// another home. The last is found on a separate disk.
func homeParts() []string {
	return []string{"python", "ollama", "ollama-private", "store", "runs", "setup", "promotions.jsonl", "doctor-e2e", "lost+found"}
}

// CheckHome refuses to make a folder private that holds unrelated files, such as
// /var/lib.
func CheckHome(folder string) error {
	info, err := os.Stat(folder)
	if err != nil || info.Mode()&0o077 == 0 {
		return err
	}
	entries, err := os.ReadDir(folder)
	if err != nil {
		return err
	}
	other, was := false, false // it holds unrelated files; it was a home before
	for _, entry := range entries {
		switch name := entry.Name(); {
		case name == "lock" && entry.Type().IsRegular():
			was = true
		case !slices.Contains(homeParts(), name):
			other = true
		}
	}
	shared := info.Mode()&fs.ModeSticky != 0 && info.Mode()&0o002 != 0 // such as /tmp
	if !shared && (was || !other) {
		return nil
	}
	return fmt.Errorf("%s is accessible to other users and holds unrelated files (hint: use a separate folder: export TUNEGATE_HOME=%s)",
		folder, filepath.Join(folder, "tunegate"))
}

// LockGPU locks the card that this machine computes on, for all homes of this user, and
// reports other programs that use its memory; without a card it does nothing. The
// returned machine shows its children only this card: unlocked cards are not used. It is
// an error if the config's runner has a card but none is visible.
func (m Machine) LockGPU(ctx context.Context, runner config.Runner, who string) (locked Machine, release func(), err error) {
	device, err := m.Device(ctx)
	if err != nil {
		return m, nil, err
	}
	m = m.On(device)
	switch {
	case device.GPU == nil && runner.GPU != config.GPU{}:
		return m, nil, fmt.Errorf("`runner.gpu` in the config declares %s, but no GPU is visible (hint: run `nvidia-smi -L` to see why, or remove `gpu` from `runner:` to train on the CPU)", runner.GPU.Class)
	case device.GPU == nil:
		return m, func() {}, nil
	}
	if m.Locks == "" {
		return m, nil, errors.New("no folder for the GPU lock: HOME is not set, and the password file has no home for this user (hint: set XDG_STATE_HOME)")
	}
	if err := filelock.Private(m.Locks); err != nil {
		return m, nil, fmt.Errorf("the folder for the GPU lock: %w (hint: set XDG_STATE_HOME to a folder that you can write to)", err)
	}
	m, release, err = m.lock(ctx, filepath.Join(m.Locks, device.GPU.UUID+".lock"), device.GPU.Name, who)
	if err != nil {
		return m, nil, err
	}
	for _, note := range device.Notes() {
		m.Progress.Say("note: %s", note)
	}
	others, err := m.GPUProcesses(ctx, []GPU{*device.GPU})
	if err != nil {
		m.Progress.Say("note: cannot tell who else uses the GPU: %v", err)
	}
	for _, other := range others {
		m.Progress.Say("note: process %d (%s) holds %d MiB of GPU memory; it is left running", other.PID, text.Shown(other.Name, shownName), other.MemoryMiB)
	}
	return m, release, nil
}

// shownName limits a program's or card's name, in characters.
const shownName = 100

// lock takes a flock on a file. The lock is free again once it is released and every
// child of the returned machine is gone.
func (m Machine) lock(ctx context.Context, path, what, who string) (locked Machine, release func(), err error) {
	file, err := filelock.Open(path)
	if err != nil {
		return m, nil, fmt.Errorf("lock: %w", err)
	}
	began := m.Clock()
	for {
		err := filelock.Try(file)
		if err == nil {
			// The holder is only for those who wait: a full disk must not stop
			// `clean`.
			if err := m.sign(file, who); err != nil {
				m.Progress.Say("note: cannot record the lock holder in %s: %v", path, err)
			}
			m.Launcher.Hold = append(slices.Clone(m.Launcher.Hold), file)
			return m, func() { file.Close() }, nil
		}
		busy := fmt.Sprintf("%s is in use by %s", what, m.holder(file))
		switch {
		case !errors.Is(err, filelock.ErrHeld):
			err = fmt.Errorf("lock: %w", err)
		case m.NoWait:
			err = fmt.Errorf("%w: %s (hint: try again later, or omit --no-wait)", ErrBusy, busy)
		default:
			m.Progress.Update("waiting", int64(m.Clock().Sub(began).Seconds()), 0, 0, busy)
			err = pause(ctx, lockPoll)
		}
		if err != nil {
			file.Close()
			return m, nil, err
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

// sign writes the holder to the lock file.
func (m Machine) sign(file *os.File, who string) error {
	data, err := json.Marshal(holder{who, os.Getpid(), m.Clock().UTC().Truncate(time.Second)})
	if err != nil {
		return err
	}
	if err := file.Truncate(0); err != nil {
		return err
	}
	_, err = file.WriteAt(append(data, '\n'), 0)
	return err
}

// Limits of a lock file, in bytes, and of the holder's name, in characters.
const (
	maxHolder = 16 << 10
	maxWho    = 200
)

// holder describes the lock holder, and for how long.
func (m Machine) holder(file *os.File) string {
	var by holder
	data, err := io.ReadAll(io.NewSectionReader(file, 0, maxHolder))
	if err != nil || json.Unmarshal(data, &by) != nil {
		return "another command" // that has not written its name yet
	}
	return fmt.Sprintf("%s (process %d) for %s", text.Shown(by.Who, maxWho), by.PID, m.Clock().Sub(by.Started).Round(time.Second))
}
