package register

// Revision is raised with each change of the code that changes what is rendered
// or registered, so that results of older code are not reused.
const Revision = 1

// Rendering is what the trainer's template makes of the suites' prompts.
type Rendering struct {
	Probe   string     `json:"probe"`
	Prompts []Rendered `json:"prompts"`
}
