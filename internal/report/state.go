package report

import (
	"fmt"

	"github.com/tunegate/tunegate/internal/gate"
	"github.com/tunegate/tunegate/internal/text"
)

// State is how a run ended.
type State string

// The states of a run. Judged has a verdict. Ready stopped after the dataset, as
// requested: the data is fine. Stopped stopped after a later stage, as requested.
// Ungated was checked, but the base has no config. Broke ended with an error. Lost left
// no result. Running was killed, or still runs.
const (
	Judged    State = ""
	Ready     State = "ready"
	Stopped   State = "stopped"
	Ungated   State = "ungated"
	Cancelled State = "cancelled"
	Broke     State = "broke"
	Lost      State = "lost"
	Running   State = "running"
)

// ending describes a run without a verdict.
type ending struct {
	word, sentence, next string
	kind                 gate.Outcome // whose emblem and colour it gets
}

var endings = map[State]ending{
	Ready: {
		word: "data is fine", sentence: "training on the GPU runner comes next", kind: gate.Reported,
		next: "Training starts when the runner is free and, if the repository requires it, a reviewer has approved. The verdict will appear here.",
	},
	Stopped: {
		word: "stopped", sentence: "the run stopped before a verdict, as requested", kind: gate.Same,
		next: "A full run resumes where this one stopped.",
	},
	Ungated: {
		word: "not gated", sentence: "the base has no config yet, so config and data were checked and nothing was trained", kind: gate.Same,
	},
	Cancelled: {
		word: "cancelled", sentence: "the run was cancelled before it reached a verdict", kind: gate.Same,
		next: "All of its processes have ended. The next run of the same change resumes where this one stopped.",
	},
	Broke: {
		word: "error", sentence: "the run ended with an error, so there is no verdict", kind: gate.Inconclusive,
	},
	Lost: {
		word: "no result", sentence: "the run was not approved, did not start, or lost its runner", kind: gate.Inconclusive,
		next: "Check the workflow run for the cause, then run it again.",
	},
	Running: {
		word: "unfinished", sentence: "the run has not reached a verdict: it was killed, or is still running", kind: gate.Inconclusive,
		next: "The next run of the same change resumes where this one stopped.",
	},
}

// Elsewhere names the page that holds what another output leaves out: only a judged run
// has one.
func (r Report) Elsewhere() string {
	if r.State != Judged {
		return ""
	}
	return " in report.html"
}

// ending describes a run without a verdict; nil for one with a verdict. An unknown state
// counts as Lost.
func (r Report) ending() *ending {
	if r.State == Judged {
		return nil
	}
	ending, known := endings[r.State]
	if !known {
		ending = endings[Lost]
	}
	return &ending
}

// Outcome is the run's outcome in a word, and the outcome whose emblem and colour it
// gets.
func (r Report) Outcome() (word string, kind gate.Outcome) {
	if ending := r.ending(); ending != nil {
		return ending.word, ending.kind
	}
	word = text.Name(string(r.Verdict.Outcome))
	return word, gate.Outcome(word)
}

// Headline is the verdict in one line: tunegate: OUTCOME - SENTENCE.
func (r Report) Headline(in Style) string {
	word, _ := r.Outcome()
	return fmt.Sprintf("tunegate: %s - %s", word, r.Sentence(in))
}

// Next is what happens after a run without a verdict; empty: nothing to say.
func (r Report) Next() string {
	ending := r.ending()
	if ending == nil {
		return ""
	}
	if d := r.Dataset; d != nil && r.State == Ready {
		return fmt.Sprintf("%s yield %s and %s. %s", text.Count(d.Records, "record"), text.Count(d.Train, "training row"), text.Count(d.Validation, "validation row"), ending.next)
	}
	return ending.next
}

// Title is the model's name, or the program's where it has none.
func (r Report) Title() string {
	if r.Name == "" {
		return "tunegate"
	}
	return text.Name(r.Name)
}
