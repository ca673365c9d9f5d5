package proc

import (
	"fmt"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

func TestParseStat(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"7 (sh) S 5 6 6 0 -1":              "5 6 true",
		"7 (a) R 1 2 (b) ) Z 5 6 6 0 -1":   "5 6 true",
		"7 (\n) 9 9 (\x00) D 123456 7 6 0": "123456 7 true",
		"7 (sh":                            "0 0 false",
		"":                                 "0 0 false",
		"7 (sh) S":                         "0 0 false",
	} {
		parent, group, ok := parseStat([]byte(line))
		if got := fmt.Sprint(parent, group, ok); got != want {
			t.Errorf("%q: %s, want %s", line, got, want)
		}
	}
}

// Before Linux 5.11 descriptors are kept from children one by one, the last too.
func TestKeepEach(t *testing.T) {
	t.Parallel()
	var pair [2]int
	syscall.ForkLock.RLock()
	err := syscall.Pipe(pair[:])
	keepEach(3)
	syscall.ForkLock.RUnlock()
	if err != nil {
		t.Fatal(err)
	}
	for _, fd := range pair {
		if flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0); err != nil || flags&unix.FD_CLOEXEC == 0 {
			t.Errorf("%d: %x, %v", fd, flags, err)
		}
		syscall.Close(fd)
	}
}
