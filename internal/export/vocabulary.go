package export

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/tunegate/tunegate/internal/gguf"
)

const generationConfigFile = "generation_config.json"

// The kinds of tokens, as llama.cpp numbers them.
const (
	tokenNormal      = 1
	tokenControl     = 3
	tokenUserDefined = 4
	tokenUnused      = 5
)

// vocabulary is the tokenizer as GGUF tells it.
type vocabulary struct {
	pre    string
	tokens []string // by id
	kinds  []int32
	merges []string
	// Ids; -1 for none. EOT is a second stop token.
	bos, eos, eot, pad int
}

// metadata reads the tokenizer of the base in dir. Ids without a token, up to the
// model's vocabulary, get unused ones.
func (b byteLevelBPE) metadata(dir string, m model) ([]gguf.KV, error) {
	v, err := b.readVocabulary(dir, m)
	if err != nil {
		return nil, err
	}
	return v.metadata(), nil
}

func (b byteLevelBPE) readVocabulary(dir string, m model) (vocabulary, error) {
	t, pre, err := b.readTokenizer(dir)
	if err != nil {
		return vocabulary{}, err
	}
	v := vocabulary{pre: pre}
	if err := v.fill(t, m.vocabulary); err != nil {
		return vocabulary{}, fmt.Errorf("%s: %w (hint: download the model again)", filepath.Join(dir, tokenizerFile), err)
	}
	for _, merge := range t.Model.Merges {
		v.merges = append(v.merges, string(merge))
	}
	return v, v.readSpecials(dir, b.family, m.bos)
}

func (v *vocabulary) fill(t tokenizer, size int) error {
	v.tokens, v.kinds = make([]string, size), make([]int32, size)
	ids := make(map[string]int, size)
	set := func(text string, id int, kind int32) error {
		if id < 0 || id >= size {
			return fmt.Errorf("token %q has the id %d, beyond vocab_size %d of %s", text, id, size, configFile)
		}
		if before, taken := ids[text]; v.kinds[id] != 0 && v.tokens[id] != text || taken && before != id {
			return fmt.Errorf("duplicate token %q or id %d", text, id)
		}
		v.tokens[id], v.kinds[id], ids[text] = text, kind, id
		return nil
	}
	for text, id := range t.Model.Vocabulary {
		if err := set(text, id, tokenNormal); err != nil {
			return err
		}
	}
	for _, a := range t.Added {
		kind := int32(tokenUserDefined)
		if a.Special {
			kind = tokenControl
		}
		if err := set(a.Content, a.ID, kind); err != nil {
			return err
		}
	}
	for id, kind := range v.kinds {
		if kind == 0 {
			if err := set(fmt.Sprintf("[PAD%d]", id), id, tokenUnused); err != nil {
				return err
			}
		}
	}
	return nil
}

// specialToken is a text, or an object that holds it.
type specialToken string

// UnmarshalJSON takes both forms and null.
func (s *specialToken) UnmarshalJSON(data []byte) error {
	if jsontext.Value(data).Kind() != '{' {
		return json.Unmarshal(data, (*string)(s))
	}
	var object struct {
		Content string `json:"content"`
	}
	err := json.Unmarshal(data, &object)
	*s = specialToken(object.Content)
	return err
}

// idList is one id or a list of them.
type idList []int

// UnmarshalJSON takes both forms and null.
func (l *idList) UnmarshalJSON(data []byte) error {
	if jsontext.Value(data).Kind() != '0' {
		return json.Unmarshal(data, (*[]int)(l))
	}
	*l = make(idList, 1)
	return json.Unmarshal(data, &(*l)[0])
}

func (v *vocabulary) readSpecials(dir, family string, bos *int) error {
	var named struct {
		AddBOS bool         `json:"add_bos_token"`
		BOS    specialToken `json:"bos_token"`
		EOS    specialToken `json:"eos_token"`
		Pad    specialToken `json:"pad_token"`
	}
	if err := readJSON(dir, tokenizerConfigFile, &named); err != nil {
		return err
	}
	path := filepath.Join(dir, tokenizerConfigFile)
	if named.AddBOS {
		return fmt.Errorf("%s: add_bos_token is true, which %s's tokenizer never does (hint: choose another base)", path, family)
	}
	if named.EOS == "" {
		return fmt.Errorf("%s: no eos_token, so answers would never end (hint: name the stop token there)", path)
	}
	for _, token := range []struct {
		key  string
		text specialToken
		id   *int
	}{{"bos_token", named.BOS, &v.bos}, {"eos_token", named.EOS, &v.eos}, {"pad_token", named.Pad, &v.pad}} {
		*token.id = slices.Index(v.tokens, string(token.text))
		if token.text != "" && *token.id < 0 {
			return fmt.Errorf("%s: %s %q is not in the vocabulary (hint: download the model again)", path, token.key, token.text)
		}
		if token.text == "" {
			*token.id = -1
		}
	}
	if v.bos < 0 && bos != nil {
		v.bos = *bos
	}
	return v.readStops(dir)
}

// readStops takes a second stop token from generation_config.json, which may be missing.
func (v *vocabulary) readStops(dir string) error {
	v.eot = -1
	var generation struct {
		EOS idList `json:"eos_token_id"`
	}
	if err := readJSON(dir, generationConfigFile, &generation); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	path := filepath.Join(dir, generationConfigFile)
	for _, id := range generation.EOS {
		if id < 0 || id >= len(v.tokens) {
			return fmt.Errorf("%s: eos_token_id %d is not in the vocabulary (hint: download the model again)", path, id)
		}
		if id == v.eos || id == v.eot {
			continue
		}
		if v.eot >= 0 {
			return fmt.Errorf("%s: eos_token_id has more than two stop tokens, which GGUF cannot express (hint: choose another base)", path)
		}
		v.eot = id
	}
	return nil
}

func (v vocabulary) metadata() []gguf.KV {
	all := []gguf.KV{
		gguf.String("tokenizer.ggml.model", "gpt2"),
		gguf.String("tokenizer.ggml.pre", v.pre),
		gguf.Strings("tokenizer.ggml.tokens", v.tokens),
		gguf.Int32s("tokenizer.ggml.token_type", v.kinds),
		gguf.Strings("tokenizer.ggml.merges", v.merges),
		gguf.Bool("tokenizer.ggml.add_bos_token", false),
	}
	for _, special := range []struct {
		key string
		id  int
	}{
		{"tokenizer.ggml.bos_token_id", v.bos}, {"tokenizer.ggml.eos_token_id", v.eos},
		{"tokenizer.ggml.eot_token_id", v.eot}, {"tokenizer.ggml.padding_token_id", v.pad},
	} {
		if special.id >= 0 {
			all = append(all, gguf.Uint32(special.key, uint32(special.id)))
		}
	}
	return all
}
