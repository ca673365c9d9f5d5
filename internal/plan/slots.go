package plan

import (
	"fmt"

	"github.com/tunegate/tunegate/internal/chat"
	"github.com/tunegate/tunegate/internal/dataset"
	"github.com/tunegate/tunegate/internal/eval"
	"github.com/tunegate/tunegate/internal/export"
	"github.com/tunegate/tunegate/internal/python"
	"github.com/tunegate/tunegate/internal/register"
	"github.com/tunegate/tunegate/internal/step"
	"github.com/tunegate/tunegate/internal/store"
	"github.com/tunegate/tunegate/internal/train"
)

// DatasetSlot is that of the rows.
func (p *Plan) DatasetSlot() store.Slot {
	options := p.Config.Dataset
	inputs := map[string]string{
		"records": string(store.Digest(Blobs(p.Head))),
		"base":    string(store.Digest(Blobs(p.Base))),
		"suites":  string(store.Digest(p.Suites)),
	}
	return store.Slot{Stage: string(step.Dataset), Key: store.NewKey(string(step.Dataset), dataset.Revision, options, inputs), Options: options, Inputs: inputs}
}

// BaseFilesSlot is that of the copy of a base inside the repository.
func (p *Plan) BaseFilesSlot() store.Slot {
	return store.Slot{Stage: "base", Key: store.NewKey("base", Blobs(p.BaseFiles()))}
}

// BaseDigestSlot is that of the digests of the files of such a base.
func BaseDigestSlot(folder string, state []FileState) store.Slot {
	return store.Slot{Stage: "base-digest", Key: store.NewKey("base-digest", folder, state)}
}

// BaseGGUFSlot is that of the 16-bit GGUF of a base with this identity.
func BaseGGUFSlot(identity string) store.Slot {
	return store.Slot{Stage: export.BaseStage, Key: export.BaseKey(identity), Inputs: export.BaseInputs(identity)}
}

// TrainSlot is that of the adapter, of rows with these sha256 by file name.
func (p *Plan) TrainSlot(base, device string, rows map[string]string) store.Slot {
	ingredients := train.Ingredients{
		Base: base, BaseName: p.Config.Base.Model, Device: device,
		Rows: rows, SanityPrompts: p.SanityChats(), Seed: p.Config.Seed,
	}
	options := p.Config.Train
	return store.Slot{Stage: string(step.Train), Key: ingredients.Key(options), Options: options, Inputs: ingredients.Inputs()}
}

// SanityChats are the sanity prompts as they are asked.
func (p *Plan) SanityChats() [][]chat.Message {
	var chats [][]chat.Message
	for _, question := range p.Sanity {
		chats = append(chats, chat.Chat(p.Config.Serve.System, nil, question))
	}
	return chats
}

// BaseExportSlot is that of NAME-base's GGUF, for a base GGUF with this digest.
func (p *Plan) BaseExportSlot(base string) store.Slot {
	return p.exportSlot(export.NameBaseInputs(base))
}

// CandidateSlot is that of the candidate's GGUF; the trainer's measurement,
// which is part of its key, comes with it.
func (p *Plan) CandidateSlot(base string, adapter store.Entry) (store.Slot, []export.Change, error) {
	weights, err := adapter.File(train.AdapterFile)
	if err != nil {
		return store.Slot{}, nil, err
	}
	settings, err := adapter.File("adapter/adapter_config.json")
	if err != nil {
		return store.Slot{}, nil, err
	}
	changes, err := export.LoadChanges(adapter.Path("changes.json"))
	if err != nil {
		return store.Slot{}, nil, err
	}
	return p.exportSlot(export.CandidateInputs(base, weights.SHA256, settings.SHA256, changes)), changes, nil
}

func (p *Plan) exportSlot(inputs map[string]string) store.Slot {
	options := p.Config.Export
	return store.Slot{Stage: export.Stage, Key: export.Key(options, inputs), Options: options, Inputs: inputs}
}

// Prompts are the suites' conversations in replayed history, to be rendered.
func (p *Plan) Prompts() []register.Rendered {
	var prompts []register.Rendered
	for _, s := range p.Suites {
		for _, c := range s.Cases {
			for _, prompt := range s.Prompts(c, p.Config.Serve.System) {
				prompts = append(prompts, register.Rendered{
					Name: fmt.Sprintf("%s/%s", prompt.Suite, prompt.Case), Messages: prompt.Messages,
				})
			}
		}
	}
	return prompts
}

// RenderSlot is that of the prompts as the tokenizer of a base renders them.
func (p *Plan) RenderSlot(base string) store.Slot {
	return store.Slot{Stage: "render", Key: store.NewKey("render", register.Revision, base, p.Prompts(), register.Probe(), python.Digest())}
}

// RegisterSlot is that of a GGUF's tag, and how the tag is served.
func (p *Plan) RegisterSlot(gguf string, rendered register.Rendering) (store.Slot, register.Serve, error) {
	serve := register.Serve{
		Template: p.Template, System: p.Config.Serve.System,
		Parameters: p.Config.Serve.Parameters, License: p.Config.Base.License,
	}
	if serve.Template == "" {
		var err error
		if _, serve.Template, err = register.Template(rendered.Probe); err != nil {
			return store.Slot{}, register.Serve{}, err
		}
	}
	return store.Slot{
		Stage: string(step.Register), Options: serve,
		Inputs: map[string]string{"gguf": gguf, "prompts": string(store.Digest(rendered))},
		Key:    store.NewKey(string(step.Register), register.Revision, gguf, serve, rendered, p.Config.Runner.Ollama, p.Config.Name),
	}, serve, nil
}

// EvalOptions are what every case is asked with.
func (p *Plan) EvalOptions() eval.Options {
	return eval.Options{Seed: p.Config.Seed, NumCtx: p.Config.Eval.NumCtx, NumPredict: p.Config.Eval.NumPredict}
}

// EvalSlot is that of a model's graded answers, by a server of this version on
// this device.
func (p *Plan) EvalSlot(modelID, server, device string) store.Slot {
	options := p.EvalOptions()
	inputs := map[string]string{
		"model_id": modelID, "server": server,
		"suites": string(store.Digest(p.Suites)), "python": python.Digest(), "device": device,
	}
	return store.Slot{Stage: string(step.Eval), Key: store.NewKey(string(step.Eval), eval.Revision, options, inputs), Options: options, Inputs: inputs}
}

// ValuesSlot is that of the finding that a grader reads every value of the suites.
func (p *Plan) ValuesSlot() store.Slot {
	inputs := map[string]string{"suites": string(store.Digest(p.Suites)), "python": python.Digest()}
	return store.Slot{Stage: "values", Key: store.NewKey("values", inputs), Inputs: inputs}
}

// TrialSlot is that of the answers of a base to one case of each suite.
func (p *Plan) TrialSlot(modelID, server, device string) store.Slot {
	slot := p.EvalSlot(modelID, server, device)
	slot.Stage, slot.Key = "trial", store.NewKey("trial", slot.Key)
	return slot
}

// ProbeSlot is that of what a model knows of new rows, by their ids.
func (p *Plan) ProbeSlot(modelID, server, device string, rows []string) store.Slot {
	options := p.EvalOptions()
	inputs := map[string]string{
		"model_id": modelID, "server": server, "rows": string(store.Digest(rows)),
		"python": python.Digest(), "device": device,
	}
	return store.Slot{Stage: "already", Key: store.NewKey("already", probeRevision, options, inputs), Options: options, Inputs: inputs}
}

// probeRevision is raised like those of the stages.
const probeRevision = 2
