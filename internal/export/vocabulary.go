package export

import (
	"fmt"
	"slices"

	"github.com/tunegate/tunegate/internal/base"
	"github.com/tunegate/tunegate/internal/gguf"
)

// The kinds of tokens, as llama.cpp numbers them.
const (
	tokenNormal      = 1
	tokenControl     = 3
	tokenUserDefined = 4
	tokenUnused      = 5
)

// vocabulary is the tokenizer in GGUF's form.
type vocabulary struct {
	pre    string
	tokens []string // by id
	kinds  []int32
	merges []string
	// Ids; -1 for none. EOT is a second stop token.
	bos, eos, eot, pad int
}

// metadata reads the base's tokenizer. IDs without a token, up to the model's
// vocabulary, get unused tokens.
func (b byteLevelBPE) metadata(folder base.Folder, m model) ([]gguf.KV, error) {
	v, err := b.readVocabulary(folder, m)
	if err != nil {
		return nil, err
	}
	return v.metadata(), nil
}

func (b byteLevelBPE) readVocabulary(folder base.Folder, m model) (vocabulary, error) {
	t, err := folder.Tokenizer()
	if err != nil {
		return vocabulary{}, err
	}
	v := vocabulary{}
	if v.pre, err = b.check(folder, t); err != nil {
		return vocabulary{}, err
	}
	if err := v.fill(folder, t, m.vocabulary); err != nil {
		return vocabulary{}, err
	}
	for _, merge := range t.Model.Merges {
		v.merges = append(v.merges, string(merge))
	}
	if t.AddsBOS {
		return vocabulary{}, fmt.Errorf("%s: add_bos_token is true, but %s's tokenizer adds none (hint: choose another base)", folder.Path(base.TokenizerConfigFile), b.family)
	}
	return v, v.readSpecials(folder, t, m.bos)
}

// fill assigns every ID its text. A token without a row in the embedding is an error.
func (v *vocabulary) fill(folder base.Folder, t base.Tokenizer, size int) error {
	v.tokens, v.kinds = make([]string, size), make([]int32, size)
	ids := make(map[string]int, size)
	set := func(text string, id int, kind int32, file string) error {
		if id < 0 || id >= size {
			return fmt.Errorf("%s: token %q has ID %d, beyond vocab_size %d of %s (hint: remove the token, or resize the embedding with transformers and save model and tokenizer together)",
				folder.Path(file), text, id, size, base.ConfigFile)
		}
		if before, taken := ids[text]; v.kinds[id] != 0 && v.tokens[id] != text || taken && before != id {
			return fmt.Errorf("%s: duplicate token %q or id %d (hint: the file is damaged: download it again)", folder.Path(file), text, id)
		}
		v.tokens[id], v.kinds[id], ids[text] = text, kind, id
		return nil
	}
	for text, id := range t.Model.Vocabulary {
		if err := set(text, id, tokenNormal, base.TokenizerFile); err != nil {
			return err
		}
	}
	for _, a := range t.Added {
		kind := int32(tokenUserDefined)
		if a.Special {
			kind = tokenControl
		}
		if err := set(a.Content, a.ID, kind, a.File); err != nil {
			return err
		}
	}
	for id, kind := range v.kinds {
		if kind == 0 {
			if err := set(fmt.Sprintf("[PAD%d]", id), id, tokenUnused, base.TokenizerFile); err != nil {
				return err
			}
		}
	}
	return nil
}

func (v *vocabulary) readSpecials(folder base.Folder, t base.Tokenizer, bos *int) error {
	path := folder.Path(base.TokenizerConfigFile)
	if t.EOS == "" {
		return fmt.Errorf("%s: no eos_token, so answers would never end (hint: set it to the stop token)", path)
	}
	for _, token := range []struct {
		text string
		id   *int
	}{{t.BOS, &v.bos}, {t.EOS, &v.eos}, {t.Pad, &v.pad}} {
		*token.id = -1
		if token.text != "" {
			*token.id = slices.Index(v.tokens, token.text)
		}
	}
	if v.bos < 0 && bos != nil {
		v.bos = *bos
	}
	return v.readStops(folder)
}

// readStops reads a second stop token from the base's generation config.
func (v *vocabulary) readStops(folder base.Folder) error {
	v.eot = -1
	stops, file, err := folder.Stops()
	if err != nil {
		return err
	}
	for _, id := range stops {
		if id < 0 || id >= len(v.tokens) {
			return fmt.Errorf("%s: eos_token_id %d is not in the vocabulary (hint: set it to the stop token's ID)", folder.Path(file), id)
		}
		if id == v.eos || id == v.eot {
			continue
		}
		if v.eot >= 0 {
			return fmt.Errorf("%s: eos_token_id has more than two stop tokens, which GGUF cannot express (hint: choose another base)", folder.Path(file))
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
