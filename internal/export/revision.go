package export

// The revisions of what the stage writes: NAME-base and candidates, and the base's
// own 16-bit GGUF. One is raised with each change of the code that changes a
// result, so that results of older code are not reused.
const (
	Revision     = 1
	BaseRevision = 1
)
