package proc

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

// NewMark returns this process's mark.
func NewMark(home, runner string) (Mark, error) {
	space, err := os.Readlink("/proc/self/ns/pid")
	if err != nil {
		return Mark{}, err
	}
	self, alive := statOf(os.Getpid())
	if !alive {
		return Mark{}, fmt.Errorf("/proc/%d/stat cannot be read", os.Getpid())
	}
	return Mark{Home: home, Runner: runner, PID: os.Getpid(), Start: self.start, Space: space}, nil
}

// leftovers finds what End ends. It skips processes in other PID namespaces, such as a
// container's, because it cannot tell who is alive there.
func (m Mark) leftovers() ([]Leftover, error) {
	home, err := os.Stat(m.Home)
	if err != nil {
		return nil, err
	}
	processes, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		return nil, err
	}
	var found []Leftover
	for _, dir := range processes {
		pid, _ := strconv.Atoi(filepath.Base(dir))
		info, err := os.Stat(dir)
		if err != nil || pid == os.Getpid() || info.Sys().(*syscall.Stat_t).Uid != uint32(os.Getuid()) {
			continue // gone, or another user's
		}
		started, alive := statOf(pid)
		environ, err := os.ReadFile(filepath.Join(dir, "environ"))
		if !alive || err != nil {
			continue
		}
		by, marked := markIn(environ)
		if !marked || by.Space != m.Space || by.Runner != "" && by.Runner != m.Runner {
			continue
		}
		if its, err := os.Stat(by.Home); err != nil || !os.SameFile(its, home) {
			continue
		}
		if owner, alive := statOf(by.PID); alive && owner.start == by.Start {
			continue
		}
		found = append(found, Leftover{PID: pid, Name: started.name, start: started.start})
	}
	return found, nil
}

// End ends, like a guard, this user's processes that a killed tunegate of this mark's
// home and runner, or without a runner, left running. It returns those that it found,
// and those still running when it gives up or ctx ends.
func (m Mark) End(ctx context.Context) (found, left []Leftover, err error) {
	began, seen := time.Now(), map[Leftover]bool{}
	for {
		if left, err = m.leftovers(); err != nil || len(left) == 0 {
			return found, left, err
		}
		late := time.Since(began) > grace
		for _, p := range left {
			now, alive := statOf(p.PID)
			switch {
			case !alive || now.start != p.start: // gone, as intended
			case late:
				syscall.Kill(p.PID, syscall.SIGKILL)
			case !seen[p]:
				syscall.Kill(p.PID, syscall.SIGTERM)
			}
			if !seen[p] {
				found, seen[p] = append(found, p), true
			}
		}
		if ctx.Err() != nil || time.Since(began) > giveUp {
			return found, left, nil
		}
		time.Sleep(killPace)
	}
}
