package dataset

import (
	"fmt"

	"github.com/tunegate/tunegate/internal/suite"
	"github.com/tunegate/tunegate/internal/text"
)

// contamination finds what a model must not train on, because it is tested on it.
var contamination = check{
	name: "contamination", CheckOptions: CheckOptions{Level: Error}, leavesOut: true,
	about: "the row asks, now or in an earlier turn, what a suite asks.",
	row: func(in Input) func(entry) []problem {
		all := questions(in.Suites)
		return func(e entry) []problem {
			asks := []string{e.question}
			for _, turn := range e.earlier {
				asks = append(asks, turn.User)
			}
			for _, question := range asks {
				if by, found := all[text.Normal(question)]; found {
					p := whole(
						fmt.Sprintf("the case %s asks %s", by.what, quoted(question)),
						"leave the record out; a model must not train on what it is tested on")
					p.see = by.where
					return []problem{p}
				}
			}
			return nil
		}
	},
}

// asked is where a suite asks a question.
type asked struct{ where, what string }

func questions(suites []suite.Suite) map[string]asked {
	all := make(map[string]asked)
	for _, s := range suites {
		for _, c := range s.Cases {
			for _, turn := range c.Turns {
				key := text.Normal(turn.User)
				if _, known := all[key]; !known && key != "" {
					all[key] = asked{fmt.Sprintf("%s:%d", s.Path, c.Line), quoted(c.ID) + " of the suite " + quoted(s.Name)}
				}
			}
		}
	}
	return all
}
