package report

import (
	"fmt"

	"github.com/tunegate/tunegate/internal/gate"
	"github.com/tunegate/tunegate/internal/text"
)

// State says how far the run came.
type State string

// The states of a run. Judged has a verdict. Ready stopped after the dataset,
// as asked: the data is fine. Stopped was asked to stop after a later stage.
// Ungated was checked, but the base has no config to judge by. Lost left no
// result at all. Running was never told to end: it was killed, or is still at it.
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

// ending is what is said of a run without a verdict.
type ending struct {
	word, sentence, next string
	kind                 gate.Outcome // what it looks like
}

var endings = map[State]ending{
	Ready: {
		word: "data is fine", sentence: "training on the GPU runner comes next", kind: gate.Reported,
		next: "Training starts when the runner is free and, where the repository asks for that, a reviewer has approved it. The verdict will stand here.",
	},
	Stopped: {
		word: "stopped", sentence: "the run ended where it was asked to, before a verdict", kind: gate.Same,
		next: "A run to the end goes on where this one stopped.",
	},
	Ungated: {
		word: "not gated", sentence: "the base has no config to judge by yet, so config and data were checked and nothing was trained", kind: gate.Same,
	},
	Cancelled: {
		word: "cancelled", sentence: "the run was stopped before it came to a verdict", kind: gate.Same,
		next: "Nothing of it is left running. The next run of the same change goes on where this one stopped.",
	},
	Broke: {
		word: "error", sentence: "the run ended with an error, so there is no verdict", kind: gate.Inconclusive,
	},
	Lost: {
		word: "no result", sentence: "the run left none: it was not approved, did not start, or lost its runner", kind: gate.Inconclusive,
		next: "The workflow run says which. Run it again.",
	},
	Running: {
		word: "unfinished", sentence: "the run has come to no verdict: it was killed, or is still at work", kind: gate.Inconclusive,
		next: "The next run of the same change goes on where this one stopped.",
	},
}

// Elsewhere says where all is that a text leaves out: only a judged run has a page.
func (r Report) Elsewhere() string {
	if r.State != Judged {
		return ""
	}
	return " in report.html"
}

// ending is what is said of a run without a verdict, nil for one that has a
// verdict. A state that is not known has left no result that could be read.
func (r Report) ending() *ending {
	if r.State == Judged {
		return nil
	}
	said, known := endings[r.State]
	if !known {
		said = endings[Lost]
	}
	return &said
}

// Outcome is the verdict's in a word, and what it looks like.
func (r Report) Outcome() (word string, kind gate.Outcome) {
	if ending := r.ending(); ending != nil {
		return ending.word, ending.kind
	}
	word = text.Name(string(r.Verdict.Outcome))
	return word, gate.Outcome(word)
}

// Headline is the verdict in words, behind who says it and what it is.
func (r Report) Headline(in Style) string {
	word, _ := r.Outcome()
	return fmt.Sprintf("tunegate: %s - %s", word, r.Sentence(in))
}

// Next is what comes after a run without a verdict; empty: nothing is known to.
func (r Report) Next() string {
	ending := r.ending()
	if ending == nil {
		return ""
	}
	if d := r.Dataset; d != nil && r.State == Ready {
		return fmt.Sprintf("%s give %s to train on and %d to validate. %s", text.Count(d.Records, "record"), text.Count(d.Train, "row"), d.Validation, ending.next)
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
