//go:build unix && !linux

package proc

import (
	"fmt"
	"io"
)

// inside fails: only Linux has network namespaces.
func inside(_, _ []string, stderr io.Writer) int {
	fmt.Fprintln(stderr, "only Linux has network namespaces")
	return notStarted
}
