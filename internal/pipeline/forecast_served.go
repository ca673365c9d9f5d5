package pipeline

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/tunegate/tunegate/internal/config"
	"github.com/tunegate/tunegate/internal/eval"
	"github.com/tunegate/tunegate/internal/export"
	"github.com/tunegate/tunegate/internal/ledger"
	"github.com/tunegate/tunegate/internal/ollama"
	"github.com/tunegate/tunegate/internal/python"
	"github.com/tunegate/tunegate/internal/register"
	"github.com/tunegate/tunegate/internal/report"
	"github.com/tunegate/tunegate/internal/store"
)

// baseStage is the name under which a forecast lists what runs of one base share.
const baseStage Stage = "base"

// plannedBase is what is known of the base model before a run.
type plannedBase struct {
	identity string // see model; empty: its files were not read here yet
	digest   string // of its 16-bit GGUF; empty: not made yet
	size     int64  // of that, in bytes
	exported string // digest of NAME-base's GGUF; empty: not made yet
	rendered rendering
}

// parameters counts those of a base at 16 bit.
func (b plannedBase) parameters() int64 { return b.size / 2 }

// base looks at what all runs of the base share: setup makes it, or the first run.
func (f *forecaster) base(ctx context.Context) (plannedBase, error) {
	if err := f.plan.CheckBase(); err != nil {
		return plannedBase{}, inputError{err}
	}
	base, missing, err := f.baseFolder()
	if err != nil {
		return plannedBase{}, err
	}
	var seconds *float64
	var from string
	if _, v, found := kept[export.Digest](f, "", baseGGUFPlace(base.identity)); found {
		base.digest, base.size = v.GGUFSHA256, v.Size
	} else {
		missing = append(missing, "16-bit GGUF")
		f.made.DiskBytes += base.size
	}
	if base.digest != "" {
		if _, v, found := kept[export.Proof](f, "", f.plan.baseExportPlace(base.digest)); found {
			base.exported = v.GGUFSHA256
		}
	}
	if base.exported == "" {
		missing = append(missing, f.plan.Config.Name+"-base")
		f.made.DiskBytes += base.size
	}
	var found bool
	if _, base.rendered, found = kept[rendering](f, "", f.plan.renderPlace(base.identity)); !found {
		if len(missing) == 0 {
			seconds, from = f.past.seconds("render", func(store.Entry) bool { return true })
		}
		missing = append(missing, "rendered prompts")
	}
	if missing == nil {
		f.add(baseStage, report.Kept, nil, "", "prepared")
	} else {
		f.add(baseStage, report.ToDo, seconds, from, "to prepare: "+strings.Join(missing, ", "))
	}
	return base, ctx.Err()
}

// baseFolder gives identity and size of the base's files.
func (f *forecaster) baseFolder() (base plannedBase, missing []string, err error) {
	folder := f.plan.Config.Base.Model
	if !filepath.IsAbs(folder) {
		files := f.plan.policyTree.Under(folder)
		base.identity = string(store.Digest(blobs(files)))
		var all int64
		for _, file := range files {
			all += file.Size
			if strings.HasSuffix(file.Path, ".safetensors") {
				base.size += file.Size
			}
		}
		if _, _, found := kept[struct{}](f, "", f.plan.baseFilesPlace()); !found {
			missing = append(missing, "a copy of its folder")
			f.made.DiskBytes += all
		}
		return base, missing, nil
	}
	state, err := folderState(folder)
	if err != nil {
		return plannedBase{}, nil, err
	}
	for _, file := range state {
		if strings.HasSuffix(file.Name, ".safetensors") {
			base.size += file.Size
		}
	}
	if _, digests, found := kept[map[string]string](f, "", baseDigestPlace(folder, state)); found {
		base.identity = string(store.Digest(digests))
	} else {
		missing = append(missing, "digests of its files")
	}
	return base, missing, nil
}

// export looks at the candidate's GGUF and gives its digest where it is kept.
func (f *forecaster) export(base plannedBase, adapter store.Entry, trained bool) (digest string) {
	if trained && base.digest != "" {
		if at, _, err := f.plan.candidatePlace(base.digest, adapter); err == nil {
			if _, proof, found := kept[export.Proof](f, Export, at); found {
				f.add(Export, report.Kept, nil, "", fmt.Sprintf("%d tensors changed", len(proof.Changed)))
				return proof.GGUFSHA256
			}
		}
	}
	seconds, from := f.past.seconds(string(Export), func(e store.Entry) bool {
		return e.Manifest.Inputs["base"] == base.digest && e.Manifest.Inputs["adapter"] != ""
	})
	f.add(Export, report.ToDo, seconds, from, "")
	f.made.DiskBytes += base.size
	return ""
}

// tools notes what is missing of the programs that a run needs.
func (f *forecaster) tools(ctx context.Context) {
	runner := f.plan.Config.Runner
	if runner.Python == config.Auto {
		if _, err := python.Locate(ctx, f.machine.Launcher, f.machine.Home, f.machine.pythonTools(), runner.Python); err != nil {
			f.made.Notes = append(f.made.Notes, err.Error())
		}
	}
	if _, err := f.serverVersion(ctx); err != nil {
		f.made.Notes = append(f.made.Notes, err.Error())
	}
}

// serverVersion is that of run.serverVersion, without starting a server.
func (f *forecaster) serverVersion(ctx context.Context) (string, error) {
	if !private(f.plan.Config) {
		client, err := ollama.Dial(f.plan.Config.Runner.Ollama)
		if err != nil {
			return "", err
		}
		return client.Version(ctx)
	}
	binary, err := ollama.FindBinary(f.machine.Home, f.machine.LookPath)
	return binary.SHA256, err
}

// plannedModel is a model that will be asked.
type plannedModel struct {
	role string
	id   string // empty: not made yet
}

// register looks at the tags of both models.
func (f *forecaster) register(base plannedBase, candidate string) ([]plannedModel, error) {
	before, err := f.baseline(base)
	if err != nil {
		return nil, err
	}
	after := plannedModel{role: eval.Candidate, id: f.registered(Register, candidate, base.rendered)}
	if after.id != "" {
		f.add(Register, report.Kept, nil, "", "model_id "+after.id[:min(12, len(after.id))])
	} else {
		seconds, from := f.past.seconds(string(Register), f.past.ours)
		f.add(Register, report.ToDo, seconds, from, "")
		f.uploads(base)
	}
	return []plannedModel{before, after}, nil
}

// uploads counts one more file in the private server's store.
func (f *forecaster) uploads(base plannedBase) {
	if private(f.plan.Config) {
		f.made.DiskBytes += base.size
	}
}

// registered gives the model_id of a GGUF whose tag is kept, where the private
// server still has it; a shared one is not asked.
func (f *forecaster) registered(stage Stage, gguf string, rendered rendering) string {
	if gguf == "" || rendered.Probe == "" {
		return ""
	}
	at, _, err := f.plan.registerPlace(gguf, rendered)
	if err != nil {
		return ""
	}
	_, known, found := kept[register.Registered](f, stage, at)
	if !found || private(f.plan.Config) && !ollama.HasTag(ollama.Models(OllamaHome(f.machine.Home)), known.Tag, gguf) {
		return ""
	}
	return known.ModelID
}

// baseline is the model that run.baseline will choose.
func (f *forecaster) baseline(base plannedBase) (plannedModel, error) {
	chosen := f.plan.Config.Eval.Baseline
	if chosen != config.StableModel && chosen != config.BaseModel {
		return plannedModel{role: eval.Baseline}, nil // the server is asked what it is
	}
	if chosen == config.StableModel {
		promotions, err := ledger.Load(f.machine.Home)
		if err != nil {
			return plannedModel{}, err
		}
		if stable, found := promotions.Stable(f.plan.Config.Name); found {
			return plannedModel{eval.Baseline, stable.ModelID}, nil
		}
	}
	id := f.registered("", base.exported, base.rendered)
	if id == "" {
		f.uploads(base)
	}
	return plannedModel{eval.Baseline, id}, nil
}

// eval looks at the answers of the models.
func (f *forecaster) eval(ctx context.Context, base plannedBase, models []plannedModel) error {
	server, _ := f.serverVersion(ctx) // tools has noted an error
	total := report.PlannedAsking{}
	for _, s := range f.plan.Suites {
		cases, questions := s.Size()
		total.Cases += cases
		total.Questions += questions
	}
	f.made.Asked = &total
	var words []string
	left, asked := 0, 0
	for _, m := range models {
		at, _ := f.plan.evalPlace(m.id, server, f.device)
		if m.id != "" {
			if _, _, found := kept[eval.Summary](f, Eval, at); found {
				words = append(words, m.role+" kept")
				continue
			}
		}
		missing := total.Cases - min(f.gradedCases(at), total.Cases)
		words = append(words, fmt.Sprintf("%s %s to ask", m.role, times(missing, "case")))
		left += missing
		asked++
	}
	state := report.Part
	switch {
	case asked == 0:
		state = report.Kept
	case left == total.Cases*len(models):
		state = report.ToDo
	}
	questions := float64(left) * float64(total.Questions) / float64(max(1, total.Cases))
	seconds, from := evaluationTime(f.past.askings(), questions, asked)
	f.add(Eval, state, seconds, from, fmt.Sprintf("%d cases with %d questions: %s", total.Cases, total.Questions, strings.Join(words, ", ")))
	if asked > 0 {
		f.made.Memory.ServeBytes = servingMemory(base)
	}
	return ctx.Err()
}

// gradedCases counts what a killed evaluation left.
func (f *forecaster) gradedCases(at place) int {
	dir := f.past.draft(at)
	if dir == "" || f.options.Force == Eval {
		return 0
	}
	data, err := os.ReadFile(filepath.Join(dir, eval.CasesFile))
	if err != nil {
		return 0
	}
	return bytes.Count(data, []byte("\n"))
}
