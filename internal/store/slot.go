package store

// Slot is the place of a result in the store and what decides it. It is known
// before the work is done.
type Slot struct {
	Stage   string // the folder in the store
	Key     Key
	Options any
	Inputs  map[string]string
}

// Find gives the finished result of a slot, as Get does.
func (s *Store) Find(slot Slot) (Entry, error) { return s.Get(slot.Stage, slot.Key) }

// Describe gives a folder that is not kept in the form of a result, so that what
// comes after it can be looked at: its files with their digests.
func Describe(dir string) (Entry, error) {
	files, err := digestFiles(dir)
	return Entry{Dir: dir, Manifest: Manifest{Files: files}}, err
}
