package report

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/tunegate/tunegate/internal/text"
)

// fact is one line about how it was made.
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
	for _, digest := range r.digests() {
		add(digest.What, "%s", in.name(digest.Value))
	}
	return facts
}

// digests name the models and the policy.
func (r Report) digests() (known []fact) {
	for _, digest := range []fact{
		{"candidate model id", r.Verdict.ModelID}, {"baseline model id", r.Verdict.BaselineModelID}, {"policy sha256", r.Verdict.PolicySHA256},
	} {
		if digest.Value != "" {
			known = append(known, digest)
		}
	}
	return known
}

// trained are the figures of the training.
func (r Report) trained() (facts []fact) {
	add := func(there bool, what, format string, args ...any) {
		if there {
			facts = append(facts, fact{what, fmt.Sprintf(format, args...)})
		}
	}
	if d := r.Dataset; d != nil {
		add(d.Train > 0, "Rows", "%s to train on, %s to validate", grouped(d.Train), grouped(d.Validation))
	}
	t := r.Training
	if t == nil {
		return facts
	}
	add(true, "Steps", "%s over %s tokens", grouped(t.Steps), grouped(t.Tokens))
	add(true, "Training loss", "%.4f, mean of all steps", t.TrainLoss)
	if t.EvalLoss != nil {
		add(true, "Validation loss", "%.4f", *t.EvalLoss)
	}
	if o := t.Recipe; o != nil {
		add(true, "Recipe", "LoRA of rank %d, alpha %g, dropout %g on %s; base in %s; learning rate %g; %s; batches of %d",
			o.LoRA.R, o.LoRA.Alpha, o.LoRA.Dropout, line(strings.Join(o.LoRA.TargetModules, ", "), 400), name(o.Quantization), o.LearningRate,
			epochs(o.Epochs), o.MicroBatchSize*o.GradientAccumulationSteps)
	}
	add(t.Device != "", "Device", "%s, arithmetic in %s", line(t.Device, 200), line(t.Precision, 40))
	add(t.PeakMemoryBytes > 0, "Most memory", "%s", text.Bytes(t.PeakMemoryBytes))
	if e := r.Export; e != nil {
		add(true, "Proof", "%s differ from the base's file, by what the trainer measured; the other %d are the same bytes", count(e.Changed, "tensor"), e.Unchanged)
	}
	return facts
}

func epochs(n float64) string {
	if n == 1 {
		return "1 epoch"
	}
	return fmt.Sprintf("%g epochs", n)
}

// made says where the model comes from.
func (r Report) made() (facts []fact) {
	add := func(what, value string) {
		if value != "" {
			facts = append(facts, fact{what, line(value, 400)})
		}
	}
	o := r.Origin
	add("run", o.Run)
	add("tunegate", o.Tool)
	add("Ollama", o.Server)
	add("judged commit", r.Head.SHA)
	add("base commit", r.Base.SHA)
	add("candidate", r.CandidateTag)
	add("baseline", r.BaselineTag)
	facts = append(facts, r.digests()...)
	if r.Export != nil {
		add("GGUF sha256", r.Export.GGUFSHA256)
	}
	add("lineage", o.Lineage)
	add("base model", o.Base.Model)
	add("base revision", o.Base.Revision)
	add("base license", o.Base.License)
	for _, source := range o.Sources {
		add("records", source.Path+", "+licensed(source.License))
	}
	if t := r.Training; t != nil {
		add("seed", fmt.Sprint(t.Seed))
		add("adapter sha256", t.AdapterSHA256)
	}
	for i := range facts {
		facts[i].Value = line(facts[i].Value, 400)
	}
	return facts
}

// licensed says under which license something is, or that nobody said.
func licensed(license string) string {
	if license == "" {
		return "license not stated"
	}
	return "license " + license
}

// materials are the digests of what went in.
func (r Report) materials() (facts []fact) {
	for _, m := range r.Origin.Materials {
		facts = append(facts, fact{line(m.Name, 300), line(m.Algorithm, 20) + " " + line(m.Digest, 128)})
	}
	return facts
}

// versions are those of the programs that trained.
func (r Report) versions() (facts []fact) {
	if r.Training == nil {
		return nil
	}
	for _, program := range slices.Sorted(maps.Keys(r.Training.Versions)) {
		facts = append(facts, fact{line(program, 80), line(r.Training.Versions[program], 80)})
	}
	return facts
}
