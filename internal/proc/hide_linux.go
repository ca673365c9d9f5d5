package proc

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// Hide keeps other processes of the same user, including children, from reading this
// one's memory and environment and from opening its descriptors through procfs.
func Hide() error {
	if err := unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0); err != nil {
		return fmt.Errorf("prctl(PR_SET_DUMPABLE): %w", err)
	}
	return nil
}
