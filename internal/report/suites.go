package report

import "github.com/tunegate/tunegate/internal/suite"

// Suite is an evaluated suite with the place and questions of its cases. It is not
// suite.Suite, whose JSON is part of the store's keys.
type Suite struct {
	Path  string `json:"path"`
	Name  string `json:"name"`
	Cases []Case `json:"cases"`
}

// Case is one conversation of a suite. Line is its line in the suite's file.
type Case struct {
	ID    string `json:"id"`
	Line  int    `json:"line"`
	Turns []Turn `json:"turns"`
}

// Turn is one question. Assistant is the answer that later turns see in replayed
// history. Asked says that the model answers there; with its own history it always
// does.
type Turn struct {
	User      string `json:"user"`
	Assistant string `json:"assistant,omitempty"`
	Asked     bool   `json:"asked,omitempty"`
}

// SuitesOf reduces suites to what the report shows.
func SuitesOf(suites []suite.Suite) []Suite {
	var shown []Suite
	for _, s := range suites {
		cases := make([]Case, len(s.Cases))
		for i, c := range s.Cases {
			cases[i] = Case{ID: c.ID, Line: c.Line, Turns: make([]Turn, len(c.Turns))}
			for j, turn := range c.Turns {
				cases[i].Turns[j] = Turn{User: turn.User, Assistant: turn.Assistant, Asked: c.Asked(j, suite.Replayed)}
			}
		}
		shown = append(shown, Suite{Path: s.Path, Name: s.Name, Cases: cases})
	}
	return shown
}
