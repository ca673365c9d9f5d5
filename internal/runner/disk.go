package runner

import (
	"fmt"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/tunegate/tunegate/internal/machine"
	"github.com/tunegate/tunegate/internal/store"
	"github.com/tunegate/tunegate/internal/text"
)

// Disk space in bytes: of the Python environment and the building of Ollama,
// and of what a run writes beside models.
const (
	spaceForTools = 8 << 30
	spaceForRuns  = 1 << 30
)

// room is disk space with what it is for.
type room struct {
	bytes int64
	parts []string
}

func (r *room) add(bytes int64, what string) {
	if bytes > 0 {
		r.bytes += bytes
		r.parts = append(r.parts, what+" "+text.Bytes(bytes))
	}
}

// space is what the next run will write: the tools where they are missing, the
// base model's GGUF, its export and its server's copy the first time, and the
// same two of the candidate each time, all of two bytes a parameter.
func space(m machine.Machine, base baseModel, toolsMissing bool) room {
	var r room
	if toolsMissing {
		r.add(spaceForTools, "tools")
	}
	size := 2 * base.parameters
	if !hasBase(m, size) {
		r.add(3*size, "base model")
		if base.tracked {
			r.add(base.weights, "its folder")
		}
	}
	r.add(2*size, "candidate")
	r.add(spaceForRuns, "the rest of a run")
	return r
}

// hasBase says whether the store has the GGUF of a base of about this size.
func hasBase(m machine.Machine, size int64) bool {
	entries, err := storeOf(m).Entries()
	if err != nil {
		return false
	}
	for _, entry := range entries {
		if entry.Manifest.Stage != "base-gguf" {
			continue
		}
		if kept, err := store.Size(entry.Dir); err == nil && kept >= size-size/20 {
			return true
		}
	}
	return false
}

func diskCheck(home string, r room) Check {
	var stat unix.Statfs_t
	dir := nearest(home)
	if err := unix.Statfs(dir, &stat); err != nil {
		return judge("disk", false, fmt.Sprintf("the free space of %s can not be told: %v", dir, err), anotherHome)
	}
	free := int64(stat.Bavail) * int64(stat.Bsize)
	return judge("disk", free >= r.bytes,
		fmt.Sprintf("%s free, %s needed (%s)", text.Bytes(free), text.Bytes(r.bytes), strings.Join(r.parts, ", ")),
		fmt.Sprintf("use a folder on a larger disk: `export TUNEGATE_HOME=/large/disk/tunegate`, or free %s on the disk of %s", text.Bytes(r.bytes-free), dir))
}
