package report

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/tunegate/tunegate/internal/text"
)

// Fact is one line about how a model was made.
type Fact struct{ What, Value string }

// Facts list the data, training, export proof, times and digests of the run.
func (r Report) Facts(in Style) (facts []Fact) {
	add := func(what, format string, args ...any) {
		facts = append(facts, Fact{what, fmt.Sprintf(format, args...)})
	}
	if d := r.Dataset; d != nil {
		add("dataset", "%s, %s, %s", text.Count(d.Records, "record"), text.Count(d.Train, "training row"), text.Count(d.Validation, "validation row"))
	}
	if t := r.Training; t != nil {
		validation := ""
		if t.EvalLoss != nil {
			validation = fmt.Sprintf(", validation loss %.4f", *t.EvalLoss)
		}
		add("training", "%s, %s, loss %.4f%s", text.Count(t.Steps, "step"), text.Count(t.Tokens, "token"), t.TrainLoss, validation)
	}
	if e := r.Export; e != nil {
		add("export", "%s changed, %d identical to the base; GGUF sha256 %s", text.Count(e.Changed, "tensor"), e.Unchanged, in.Name(e.GGUFSHA256))
	}
	if len(r.Stages) > 0 {
		var parts []string
		for _, stage := range r.Stages {
			parts = append(parts, in.Name(stage.Name)+" "+stage.Took())
		}
		add("time", "%s", strings.Join(parts, ", "))
	}
	for _, digest := range r.digests() {
		add(digest.What, "%s", in.Name(digest.Value))
	}
	return facts
}

// digests are those of the models and the policy.
func (r Report) digests() (known []Fact) {
	for _, digest := range []Fact{
		{"candidate model id", r.Verdict.ModelID}, {"baseline model id", r.Verdict.BaselineModelID}, {"policy sha256", r.Verdict.PolicySHA256},
	} {
		if digest.Value != "" {
			known = append(known, digest)
		}
	}
	return known
}

// TrainingFacts list the figures of the training.
func (r Report) TrainingFacts() (facts []Fact) {
	add := func(there bool, what, format string, args ...any) {
		if there {
			facts = append(facts, Fact{what, fmt.Sprintf(format, args...)})
		}
	}
	if d := r.Dataset; d != nil {
		add(d.Train > 0, "Rows", "%s for training, %s for validation", text.Grouped(d.Train), text.Grouped(d.Validation))
	}
	t := r.Training
	if t == nil {
		return facts
	}
	add(true, "Steps", "%s over %s tokens", text.Grouped(t.Steps), text.Grouped(t.Tokens))
	add(true, "Training loss", "%.4f, mean over all steps", t.TrainLoss)
	if t.EvalLoss != nil {
		add(true, "Validation loss", "%.4f", *t.EvalLoss)
	}
	if o := t.Recipe; o != nil {
		add(true, "Recipe", "LoRA of rank %d, alpha %g, dropout %g on %s; base in %s; learning rate %g; %s; batch size %d",
			o.LoRA.R, o.LoRA.Alpha, o.LoRA.Dropout, text.Shown(strings.Join(o.LoRA.TargetModules, ", "), 400), text.Name(o.Quantization), o.LearningRate,
			epochs(o.Epochs), o.Batch())
	}
	add(t.Device != "", "Device", "%s, precision %s", text.Shown(t.Device, 200), text.Shown(t.Precision, 40))
	add(t.PeakMemoryBytes > 0, "Peak memory", "%s", text.Bytes(t.PeakMemoryBytes))
	if e := r.Export; e != nil {
		add(true, "Proof", "%s differ from the base file by the change that the trainer measured; the other %d are byte-identical", text.Count(e.Changed, "tensor"), e.Unchanged)
	}
	return facts
}

func epochs(n float64) string {
	if n == 1 {
		return "1 epoch"
	}
	return fmt.Sprintf("%g epochs", n)
}

// OriginFacts list where the model comes from.
func (r Report) OriginFacts() (facts []Fact) {
	add := func(what, value string) {
		if value != "" {
			facts = append(facts, Fact{what, text.Shown(value, 400)})
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
		add("records", source.Path+", "+Licensed(source.License))
	}
	if t := r.Training; t != nil {
		add("seed", fmt.Sprint(t.Seed))
		add("adapter sha256", t.AdapterSHA256)
	}
	for i := range facts {
		facts[i].Value = text.Shown(facts[i].Value, 400)
	}
	return facts
}

// Licensed names a license, or says that none is stated.
func Licensed(license string) string {
	if license == "" {
		return "license not stated"
	}
	return "license " + license
}

// MaterialFacts list the digests of the materials.
func (r Report) MaterialFacts() (facts []Fact) {
	for _, m := range r.Origin.Materials {
		facts = append(facts, Fact{text.Shown(m.Name, 300), text.Shown(m.Algorithm, 20) + " " + text.Shown(m.Digest, 128)})
	}
	return facts
}

// VersionFacts list the versions of the programs that trained.
func (r Report) VersionFacts() (facts []Fact) {
	if r.Training == nil {
		return nil
	}
	for _, program := range slices.Sorted(maps.Keys(r.Training.Versions)) {
		facts = append(facts, Fact{text.Shown(program, 80), text.Shown(r.Training.Versions[program], 80)})
	}
	return facts
}
