package doctor

import (
	"context"

	"github.com/tunegate/tunegate/internal/check"
)

// tempCheck checks the folder for temporary files, where git works.
func tempCheck(_ context.Context, in inspection) check.Check {
	dir := in.machine.TempDir
	if err := writable(dir); err != nil {
		return check.Failed("temp", err.Error(), "`unset TMPDIR`, or name a folder that you may write to: `export TMPDIR=/tmp`")
	}
	return check.Passed("temp", dir)
}
