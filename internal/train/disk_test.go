package train

import "testing"

// A checkpoint of a base of 7 billion parameters is half a gigabyte.
func TestDisk(t *testing.T) {
	t.Parallel()
	if got := Disk(7e9, 16, 0); got < 1.1e9 || got > 1.3e9 {
		t.Errorf("%d bytes", got)
	}
	if got := Disk(7e9, 32, 20e6); got != 7*32*20e6 {
		t.Errorf("%d bytes from an earlier one", got)
	}
}
