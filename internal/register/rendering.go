package register

// Rendering is the suites' prompts rendered by the trainer's template.
type Rendering struct {
	Probe   string     `json:"probe"`
	Prompts []Rendered `json:"prompts"`
}

// ByCase returns the prompts by name, SUITE/CASE, in the order of the case's turns.
func (r Rendering) ByCase() map[string][]Rendered {
	cases := map[string][]Rendered{}
	for _, prompt := range r.Prompts {
		cases[prompt.Name] = append(cases[prompt.Name], prompt)
	}
	return cases
}
