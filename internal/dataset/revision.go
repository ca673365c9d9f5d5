package dataset

// Revision is raised with each change of the code that changes what the stage
// writes, so that results of older code are not reused.
const Revision = 1
