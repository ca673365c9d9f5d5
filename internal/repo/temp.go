package repo

import "os"

// TempDir makes a folder that Close removes, and Sweep after a kill.
func (r *Repo) TempDir() (string, error) { return os.MkdirTemp(r.scratch, "temp-") }
