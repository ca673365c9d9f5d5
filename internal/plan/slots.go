package plan

import (
	"fmt"

	"github.com/tunegate/tunegate/internal/attribution"
	"github.com/tunegate/tunegate/internal/chat"
	"github.com/tunegate/tunegate/internal/dataset"
	"github.com/tunegate/tunegate/internal/eval"
	"github.com/tunegate/tunegate/internal/export"
	"github.com/tunegate/tunegate/internal/register"
	"github.com/tunegate/tunegate/internal/repo"
	"github.com/tunegate/tunegate/internal/store"
	"github.com/tunegate/tunegate/internal/suite"
	"github.com/tunegate/tunegate/internal/train"
)

// DatasetInput is the input of the rows.
func (p *Plan) DatasetInput() dataset.Input {
	return dataset.Input{Head: p.Head, Base: p.Base, Suites: p.Suites, Map: p.contents, Control: p.control, Most: p.Config.Limits.Records()}
}

// DatasetSlot is that of the rows.
func (p *Plan) DatasetSlot() store.Slot { return dataset.Slot(p.Config.Dataset, p.DatasetInput()) }

// BaseFilesSlot is that of the copy of a base inside the repository.
func (p *Plan) BaseFilesSlot() store.Slot {
	return store.Slot{Stage: "base", Key: store.NewKey("base", repo.Blobs(p.BaseFiles()))}
}

// BaseDigestSlot is that of the digests of the files of a base outside the repository.
func BaseDigestSlot(folder string, state []FileState) store.Slot {
	return store.Slot{Stage: "base-digest", Key: store.NewKey("base-digest", folder, state)}
}

// BaseGGUFSlot is that of the 16-bit GGUF of a base with this identity.
func BaseGGUFSlot(identity string) store.Slot { return export.BaseSlot(identity) }

// TrainSlot is that of the adapter, of rows with these sha256 by file name.
func (p *Plan) TrainSlot(base, device string, rows map[string]string) store.Slot {
	return train.Slot(p.Config.Train, train.Ingredients{
		Base: base, BaseName: p.Config.Base.Model, Device: device,
		Rows: rows, SanityPrompts: p.SanityChats(), Seed: p.Config.Seed,
	})
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
	return export.Slot(p.Config.Export, export.Ingredients{Base: base})
}

// CandidateSlot is that of the candidate's GGUF; the trainer's measurement,
// which is part of its key, comes with it.
func (p *Plan) CandidateSlot(base string, adapter store.Entry) (store.Slot, []export.Change, error) {
	weights, err := adapter.File(train.AdapterFile)
	if err != nil {
		return store.Slot{}, nil, err
	}
	config, err := adapter.File(train.AdapterConfigFile)
	if err != nil {
		return store.Slot{}, nil, err
	}
	changes, err := export.LoadChanges(adapter.Path(train.ChangesFile))
	if err != nil {
		return store.Slot{}, nil, err
	}
	return export.Slot(p.Config.Export, export.Ingredients{
		Base: base, Weights: weights.SHA256, Config: config.SHA256, Changes: changes,
	}), changes, nil
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
func (p *Plan) RenderSlot(base string) store.Slot { return register.RenderSlot(base, p.Prompts()) }

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
	return register.Slot(serve, register.Ingredients{
		GGUF: gguf, Rendering: rendered, Server: p.Config.Runner.Ollama, Name: p.Config.Name,
	}), serve, nil
}

// EvalOptions are what every case is asked with.
func (p *Plan) EvalOptions() eval.Options {
	return eval.Options{Seed: p.Config.Seed, NumCtx: p.Config.Eval.NumCtx, NumPredict: p.Config.Eval.NumPredict}
}

// EvalSlot is that of a model's graded answers, by the config's server in this
// version on this device.
func (p *Plan) EvalSlot(modelID, server, device string) store.Slot {
	return eval.Slot(p.EvalOptions(), p.served(modelID, server, device), p.Suites)
}

// LengthsSlot is that of the length of a model's cut answers, of which at most this many
// are asked again.
func (p *Plan) LengthsSlot(modelID, server, device string, most int) store.Slot {
	return eval.LengthsSlot(p.EvalOptions(), p.served(modelID, server, device), p.Suites, most)
}

// AgreementSlot is that of the comparison of the config's server, in this version on
// this device, with the trainer on the base.
func (p *Plan) AgreementSlot(r register.Reference, modelID, server, device string) store.Slot {
	served := p.served(modelID, server, device)
	return register.AgreementSlot(r, served.ModelID, served.Server, served.Address, served.Device, p.Config.Eval.NumCtx)
}

// ValuesSlot is that of the proof that a grader can read every value of the suites.
func (p *Plan) ValuesSlot() store.Slot { return suite.Slot(p.Suites) }

// TrialSlot is that of the answers of a base to one case of each suite.
func (p *Plan) TrialSlot(modelID, server, device string) store.Slot {
	return eval.TrialSlot(p.EvalOptions(), p.served(modelID, server, device), p.Suites)
}

// ProbeSlot is that of a model's answers to new rows, by their ids.
func (p *Plan) ProbeSlot(modelID, server, device string, rows []string) store.Slot {
	return attribution.Slot(p.EvalOptions(), p.served(modelID, server, device), rows)
}

// served adds the shared server's address to a model and its program.
func (p *Plan) served(modelID, server, device string) eval.Served {
	model := eval.Served{ModelID: modelID, Server: server, Device: device}
	if runner := p.Config.Runner; !runner.PrivateServer() {
		model.Address = runner.Ollama
	}
	return model
}
