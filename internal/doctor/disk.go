package doctor

import (
	"context"
	"fmt"
	"strings"

	"github.com/tunegate/tunegate/internal/check"
	"github.com/tunegate/tunegate/internal/machine"
	"github.com/tunegate/tunegate/internal/store"
	"github.com/tunegate/tunegate/internal/text"
)

// Disk space in bytes: for the Python environment and building Ollama,
// and for what a run writes besides models.
const (
	spaceForTools = 8 << 30
	spaceForRuns  = 1 << 30
)

// room is disk space with its purpose.
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

// diskCheck compares the free space of the home's disk with what the next run writes.
func diskCheck(_ context.Context, in inspection) check.Check {
	return diskHas(in.machine.Home, space(in.machine, in.base, !check.Healthy(in.ofTools)))
}

func diskHas(home string, needed room) check.Check {
	free, err := machine.FreeSpace(home)
	if err != nil {
		return check.Failed("disk", err.Error(), anotherHome)
	}
	return check.That(free >= needed.bytes, "disk",
		fmt.Sprintf("%s free, %s needed (%s)", text.Bytes(free), text.Bytes(needed.bytes), strings.Join(needed.parts, ", ")),
		fmt.Sprintf("use a folder on a larger disk: `export TUNEGATE_HOME=/large/disk/tunegate`, or free %s on the disk of %s", text.Bytes(needed.bytes-free), nearest(home)))
}

// space is what the next run will write: the tools if they are missing, the
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

// hasBase reports whether the store has the GGUF of a base of about this size.
func hasBase(m machine.Machine, size int64) bool {
	entries, err := m.Store().Entries()
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
