package register

// Rendering is what the trainer's template makes of the suites' prompts.
type Rendering struct {
	Probe   string     `json:"probe"`
	Prompts []Rendered `json:"prompts"`
}

// ByCase are the prompts by their names, SUITE/CASE, those of a case in the order
// of its turns.
func (r Rendering) ByCase() map[string][]Rendered {
	cases := map[string][]Rendered{}
	for _, prompt := range r.Prompts {
		cases[prompt.Name] = append(cases[prompt.Name], prompt)
	}
	return cases
}
