package report

import (
	"fmt"
	"strings"
)

// fact is one line about how the model was made.
type fact struct{ What, Value string }

// facts are what is known of data, training, proof, time and digests.
func (r Report) facts(in style) (facts []fact) {
	add := func(what, format string, args ...any) {
		facts = append(facts, fact{what, fmt.Sprintf(format, args...)})
	}
	if d := r.Dataset; d != nil {
		add("dataset", "%s, %s to train on, %s to validate", count(d.Records, "record"), count(d.Train, "row"), count(d.Validation, "row"))
	}
	if t := r.Training; t != nil {
		validation := ""
		if t.EvalLoss != nil {
			validation = fmt.Sprintf(", validation loss %.4f", *t.EvalLoss)
		}
		add("training", "%s, %s, loss %.4f%s", count(t.Steps, "step"), count(t.Tokens, "token"), t.TrainLoss, validation)
	}
	if e := r.Export; e != nil {
		add("export", "%s changed, %d are the base's; GGUF sha256 %s", count(e.Changed, "tensor"), e.Unchanged, in.name(e.GGUFSHA256))
	}
	if len(r.Stages) > 0 {
		var parts []string
		for _, stage := range r.Stages {
			parts = append(parts, in.name(stage.Name)+" "+stage.took())
		}
		add("time", "%s", strings.Join(parts, ", "))
	}
	for _, digest := range []fact{
		{"candidate model id", r.Verdict.ModelID}, {"baseline model id", r.Verdict.BaselineModelID}, {"policy sha256", r.Verdict.PolicySHA256},
	} {
		if digest.Value != "" {
			add(digest.What, "%s", in.name(digest.Value))
		}
	}
	return facts
}

func (s Stage) took() string {
	switch {
	case s.Reused:
		return "reused"
	case s.Seconds < 60:
		return fmt.Sprintf("%.1f s", s.Seconds)
	default:
		return fmt.Sprintf("%.1f min", s.Seconds/60)
	}
}
