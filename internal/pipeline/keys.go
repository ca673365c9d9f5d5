package pipeline

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/tunegate/tunegate/internal/eval"
	"github.com/tunegate/tunegate/internal/export"
	"github.com/tunegate/tunegate/internal/python"
	"github.com/tunegate/tunegate/internal/register"
	"github.com/tunegate/tunegate/internal/chat"
	"github.com/tunegate/tunegate/internal/store"
	"github.com/tunegate/tunegate/internal/train"
)

// place is where a result stands in the store, and what decides it. It is known
// before the work is done.
type place struct {
	kind    string // the folder in the store
	key     store.Key
	options any
	inputs  map[string]string
}

// datasetPlace is that of the rows.
func (p *Plan) datasetPlace() place {
	options := p.Config.Dataset
	inputs := map[string]string{
		"records": string(store.Digest(blobs(p.Head))),
		"base":    string(store.Digest(blobs(p.Base))),
		"suites":  string(store.Digest(p.Suites)),
	}
	return place{string(Dataset), store.NewKey(string(Dataset), datasetRevision, options, inputs), options, inputs}
}

// baseFilesPlace is that of the copy of a base inside the repository.
func (p *Plan) baseFilesPlace() place {
	return place{kind: "base", key: store.NewKey("base", blobs(p.policyTree.Under(p.Config.Base.Model)))}
}

// fileState is what tells that a file was changed, without reading it.
type fileState struct {
	Name string
	Size int64
	Time time.Time
}

// folderState is that of the files of a base outside the repository.
func folderState(folder string) ([]fileState, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, fmt.Errorf("`base.model`: %w (hint: download the base model to that folder)", err)
	}
	var state []fileState
	for _, entry := range entries {
		info, err := os.Stat(filepath.Join(folder, entry.Name()))
		if err != nil {
			return nil, fmt.Errorf("`base.model`: %w", err)
		}
		if info.Mode().IsRegular() && !strings.HasPrefix(entry.Name(), ".") {
			state = append(state, fileState{entry.Name(), info.Size(), info.ModTime().UTC()})
		}
	}
	return state, nil
}

// baseDigestPlace is that of the digests of the files of such a base.
func baseDigestPlace(folder string, state []fileState) place {
	return place{kind: "base-digest", key: store.NewKey("base-digest", folder, state)}
}

// baseGGUFPlace is that of the 16-bit GGUF of a base with this identity.
func baseGGUFPlace(identity string) place {
	return place{
		kind: "base-gguf", key: store.NewKey("base-gguf", baseRevision, identity),
		inputs: map[string]string{"base": identity},
	}
}

// rowFiles are the files of rows that a training reads.
func rowFiles() []string { return []string{"train.jsonl", "val.jsonl"} }

// trainPlace is that of the adapter. It holds the rows' content (sha256 by file
// name) rather than the dataset's key: data that was written otherwise and says
// the same trains nothing.
func (p *Plan) trainPlace(base, device string, rows map[string]string) place {
	inputs := map[string]string{
		"base": base, "base_name": p.Config.Base.Model, "device": device,
		"sanity": string(store.Digest(p.sanityChats())),
	}
	for _, name := range rowFiles() {
		inputs[name] = rows[name]
	}
	options := p.Config.Train
	return place{
		kind: string(Train), options: options, inputs: inputs,
		key: store.NewKey(string(Train), train.Revision, options, inputs, p.Config.Seed, python.Digest()),
	}
}

// sanityChats are the sanity prompts as they are asked.
func (p *Plan) sanityChats() [][]chat.Message {
	var chats [][]chat.Message
	for _, question := range p.Sanity {
		chats = append(chats, chat.Chat(p.Config.Serve.System, nil, question))
	}
	return chats
}

// adapterFile holds the adapter's weights in the result of a training.
const adapterFile = "adapter/adapter_model.safetensors"

// baseExportPlace is that of NAME-base's GGUF, for a base GGUF with this digest.
func (p *Plan) baseExportPlace(base string) place {
	return p.exportPlace(map[string]string{"base": base, "adapter": ""})
}

// candidatePlace is that of the candidate's GGUF; the trainer's measurement,
// which is part of its key, comes with it.
func (p *Plan) candidatePlace(base string, adapter store.Entry) (place, []export.Change, error) {
	weights, err := adapter.File(adapterFile)
	if err != nil {
		return place{}, nil, err
	}
	settings, err := adapter.File("adapter/adapter_config.json")
	if err != nil {
		return place{}, nil, err
	}
	changes, err := export.LoadChanges(adapter.Path("changes.json"))
	if err != nil {
		return place{}, nil, err
	}
	return p.exportPlace(map[string]string{
		"base": base, "adapter": weights.SHA256 + settings.SHA256, "changes": string(store.Digest(changes)),
	}), changes, nil
}

func (p *Plan) exportPlace(inputs map[string]string) place {
	options := p.Config.Export
	return place{string(Export), store.NewKey(string(Export), exportRevision, options, inputs), options, inputs}
}

// prompts are the suites' conversations in replayed history, to be rendered.
func (p *Plan) prompts() []register.Rendered {
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

// renderPlace is that of the prompts as the tokenizer of a base renders them.
func (p *Plan) renderPlace(base string) place {
	return place{kind: "render", key: store.NewKey("render", registerRevision, base, p.prompts(), register.Probe(), python.Digest())}
}

// registerPlace is that of a GGUF's tag, and how the tag is served.
func (p *Plan) registerPlace(gguf string, rendered rendering) (place, register.Serve, error) {
	serve := register.Serve{
		Template: p.Template, System: p.Config.Serve.System,
		Parameters: p.Config.Serve.Parameters, License: p.Config.Base.License,
	}
	if serve.Template == "" {
		var err error
		if _, serve.Template, err = register.Template(rendered.Probe); err != nil {
			return place{}, register.Serve{}, err
		}
	}
	return place{
		kind: string(Register), options: serve,
		inputs: map[string]string{"gguf": gguf, "prompts": string(store.Digest(rendered))},
		key:    store.NewKey(string(Register), registerRevision, gguf, serve, rendered, p.Config.Runner.Ollama, p.Config.Name),
	}, serve, nil
}

// evalPlace is that of a model's graded answers, by a server of this version on
// this device, and what is asked of every case.
func (p *Plan) evalPlace(modelID, server, device string) (place, eval.Options) {
	options := eval.Options{Seed: p.Config.Seed, NumCtx: p.Config.Eval.NumCtx, NumPredict: p.Config.Eval.NumPredict}
	inputs := map[string]string{
		"model_id": modelID, "server": server,
		"suites": string(store.Digest(p.Suites)), "python": python.Digest(), "device": device,
	}
	return place{string(Eval), store.NewKey(string(Eval), evalRevision, options, inputs), options, inputs}, options
}
