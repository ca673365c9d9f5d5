package eval

// Revision is raised with each change of the code that changes what is asked or
// how it is graded, so that answers of older code are not reused.
const Revision = 1
