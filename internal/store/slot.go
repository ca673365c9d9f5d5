package store

// Slot is where a result is stored and what decides it. It is known before the work is
// done.
type Slot struct {
	Stage   string // the folder in the store
	Key     Key
	Options any
	Inputs  map[string]string
}

// Find returns the finished result of a slot, like Get.
func (s *Store) Find(slot Slot) (Entry, error) { return s.Get(slot.Stage, slot.Key) }

// Describe presents a folder that is not stored as a result, with its files' digests,
// so that later stages can be inspected.
func Describe(dir string) (Entry, error) {
	files, err := digestFiles(dir)
	return Entry{Dir: dir, Manifest: Manifest{Files: files}}, err
}
