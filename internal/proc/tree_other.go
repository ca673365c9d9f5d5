//go:build unix && !linux

package proc

import "syscall"

// Only Linux lets a process adopt its orphaned descendants: elsewhere a child
// that leaves its process group gets away.

func adoptOrphans() error { return nil }

func keepToSelf(uint) {
	syscall.CloseOnExec(lifelineFD)
	syscall.CloseOnExec(linesFD)
}

func childAttributes(Network) *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }

func descendantsOutside(int) []int { return nil }
