package proc

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// Hide keeps the other processes of the same user, children among them, from
// reading this one's memory and environment and from opening its descriptors, all
// of which procfs shows otherwise.
func Hide() error {
	if err := unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0); err != nil {
		return fmt.Errorf("prctl(PR_SET_DUMPABLE): %w", err)
	}
	return nil
}
