package repo

import "os"

// TempDir creates a folder that Close removes, or Sweep after a kill.
func (r *Repo) TempDir() (string, error) { return os.MkdirTemp(r.scratch, "temp-") }
