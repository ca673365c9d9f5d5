package base

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/tunegate/tunegate/internal/gguf"
)

// idList is one id or a list of them.
type idList []int

// UnmarshalJSON accepts both forms and null.
func (l *idList) UnmarshalJSON(data []byte) error {
	if jsontext.Value(data).Kind() != '0' {
		return json.Unmarshal(data, (*[]int)(l))
	}
	*l = make(idList, 1)
	return json.Unmarshal(data, &(*l)[0])
}

// Stops returns the IDs of the stop tokens, and the file that lists them:
// generation_config.json, else config.json. The list is empty where neither has any.
func (f Folder) Stops() (ids []int, file string, err error) {
	for _, file := range []string{GenerationConfigFile, ConfigFile} {
		var says struct {
			EOS idList `json:"eos_token_id"`
		}
		if err := f.optionalJSON(file, &says); err != nil {
			return nil, file, err
		}
		if len(says.EOS) > maxStops {
			return nil, file, fmt.Errorf("%s: eos_token_id lists %d stop tokens, the limit is %d (hint: %s)", f.Path(file), len(says.EOS), maxStops, again)
		}
		if len(says.EOS) > 0 {
			return says.EOS, file, nil
		}
	}
	return nil, ConfigFile, nil
}

// Context returns the context length in tokens, max_position_embeddings; 0 where the
// config has none.
func (f Folder) Context() (int, error) {
	var says struct {
		Context int `json:"max_position_embeddings"`
	}
	return says.Context, f.readJSON(ConfigFile, &says)
}

// ChatTemplate returns the base's own template: a file since transformers 5, before
// that a tokenizer setting; empty: none. A list of named templates is returned as JSON.
func (f Folder) ChatTemplate() (string, error) {
	data, err := f.Read(ChatTemplateFile)
	if err == nil {
		return string(data), nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	var says struct {
		Chat jsontext.Value `json:"chat_template"`
	}
	if err := f.readJSON(TokenizerConfigFile, &says); err != nil {
		return "", err
	}
	var text string
	if says.Chat == nil || json.Unmarshal(says.Chat, &text) == nil {
		return text, nil
	}
	return string(says.Chat), nil
}

// WeightsSize is the size in bytes of the files that hold the weights. Other
// safetensors files in the folder do not count.
func (f Folder) WeightsSize() (int64, error) {
	names, err := gguf.WeightFiles(f.Files, f.Name)
	if err != nil {
		return 0, err
	}
	var size int64
	for _, name := range names {
		info, err := fs.Stat(f.Files, name)
		if err != nil {
			return 0, fmt.Errorf("%s: %w (hint: download the model again)", f.Name, err)
		}
		size += info.Size()
	}
	return size, nil
}
