package suite

import (
	"slices"

	"github.com/tunegate/tunegate/internal/chat"
)

// Prompt is one conversation that a model is asked to continue.
type Prompt struct {
	Suite    string         `json:"suite"`
	Case     string         `json:"case"`
	Turn     int            `json:"turn"` // 0-based
	Messages []chat.Message `json:"messages"`
}

// Asked says whether a turn is put to the model: in replayed history only the
// turns that are graded and the last one; with its own history every turn.
func (c Case) Asked(turn int, history History) bool {
	return history == Own || turn == len(c.Turns)-1 || len(c.Turns[turn].Asserts) > 0
}

// Histories lists the history modes in which a case is asked: those of its
// suite, without Own where a single turn has no history to differ in.
func (s Suite) Histories(c Case) []History {
	if len(c.Turns) > 1 || len(s.History) < 2 {
		return s.History
	}
	return slices.DeleteFunc(slices.Clone(s.History), func(h History) bool { return h == Own })
}

// Size counts what a model is asked: cases, each history mode by itself, and the
// questions in them.
func (s Suite) Size() (cases, questions int) {
	for _, c := range s.Cases {
		for _, history := range s.Histories(c) {
			cases++
			for turn := range c.Turns {
				if c.Asked(turn, history) {
					questions++
				}
			}
		}
	}
	return cases, questions
}

// Prompts lists what the case asks in replayed history, in order.
func (s Suite) Prompts(c Case, system string) []Prompt {
	var prompts []Prompt
	var earlier []chat.Turn
	for i, turn := range c.Turns {
		if c.Asked(i, Replayed) {
			prompts = append(prompts, Prompt{
				Suite: s.Name, Case: c.ID, Turn: i,
				Messages: chat.Chat(system, earlier, turn.User),
			})
		}
		earlier = append(earlier, chat.Turn{User: turn.User, Assistant: turn.Assistant})
	}
	return prompts
}
