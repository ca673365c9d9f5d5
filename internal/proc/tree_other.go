//go:build unix && !linux

package proc

import "syscall"

// Only Linux lets a process adopt orphaned descendants: elsewhere, a child that leaves
// its process group escapes.

func adoptOrphans() error { return nil }

func keepToSelf(uint) {
	syscall.CloseOnExec(lifelineFD)
	syscall.CloseOnExec(linesFD)
}

func childAttributes(Network) *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }

func descendantsOutside(int) []int { return nil }
