package export

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

const (
	tokenizerFile       = "tokenizer.json"
	tokenizerConfigFile = "tokenizer_config.json"
)

// byteLevelBPE is the byte-level BPE of a family: GPT-2's with other split rules.
type byteLevelBPE struct {
	family string            // whose it is, for people
	splits map[string]string // from the pattern of a split rule to llama.cpp's name of it
}

// tokenizer is tokenizer.json, as the tokenizers library writes it.
type tokenizer struct {
	Normalizer    *step         `json:"normalizer"`
	PreTokenizer  *preTokenizer `json:"pre_tokenizer"`
	PostProcessor *step         `json:"post_processor"`
	Model         struct {
		Type         string         `json:"type"`
		Vocabulary   map[string]int `json:"vocab"`
		Merges       []merge        `json:"merges"`
		Dropout      *float64       `json:"dropout"`
		UnkToken     *string        `json:"unk_token"`
		Prefix       string         `json:"continuing_subword_prefix"`
		Suffix       string         `json:"end_of_word_suffix"`
		ByteFallback bool           `json:"byte_fallback"`
		IgnoreMerges bool           `json:"ignore_merges"`
	} `json:"model"`
	Added []addedToken `json:"added_tokens"`
}

type step struct {
	Type string `json:"type"`
}

type preTokenizer struct {
	Type  string         `json:"type"`
	Parts []preTokenizer `json:"pretokenizers"`
	// of a Split:
	Pattern  struct{ Regex string } `json:"pattern"`
	Behavior string                 `json:"behavior"`
	Invert   bool                   `json:"invert"`
	// of a ByteLevel:
	AddPrefixSpace bool `json:"add_prefix_space"`
	UseRegex       bool `json:"use_regex"`
}

type addedToken struct {
	ID         int    `json:"id"`
	Content    string `json:"content"`
	Special    bool   `json:"special"`
	LeftStrip  bool   `json:"lstrip"`
	RightStrip bool   `json:"rstrip"`
	SingleWord bool   `json:"single_word"`
}

// merge is "left right", or since tokenizers 0.20 ["left", "right"].
type merge string

// UnmarshalJSON takes both forms.
func (m *merge) UnmarshalJSON(data []byte) error {
	if jsontext.Value(data).Kind() == '"' {
		return json.Unmarshal(data, (*string)(m))
	}
	var pair [2]string
	if err := json.Unmarshal(data, &pair); err != nil {
		return err
	}
	if strings.Contains(pair[0]+pair[1], " ") {
		return fmt.Errorf("a merge of %q: byte-level tokens hold no space", pair)
	}
	*m = merge(pair[0] + " " + pair[1])
	return nil
}

// readTokenizer reads tokenizer.json in dir and refuses what llama.cpp would
// tokenize otherwise. The NFC normalizer is let through, though llama.cpp has
// none: text that is NFC already, as nearly all is, comes out the same. It
// returns the name of the split rule, too.
func (b byteLevelBPE) readTokenizer(dir string) (tokenizer, string, error) {
	var t tokenizer
	if err := readJSON(dir, tokenizerFile, &t); err != nil {
		return t, "", err
	}
	err := t.check()
	pre := ""
	if err == nil {
		pre, err = t.PreTokenizer.name(b.splits)
	}
	if err != nil {
		err = fmt.Errorf("%s: %w (hint: only %s's tokenizer is built yet: choose another base)", filepath.Join(dir, tokenizerFile), err, b.family)
	}
	return t, pre, err
}

func (t tokenizer) check() error {
	m := t.Model
	switch {
	case m.Type != "BPE":
		return fmt.Errorf("model.type is %q, not BPE", m.Type)
	case m.Dropout != nil || m.UnkToken != nil || m.Prefix != "" || m.Suffix != "" || m.ByteFallback || m.IgnoreMerges:
		return errors.New("model sets one of dropout, unk_token, continuing_subword_prefix, end_of_word_suffix, byte_fallback, ignore_merges")
	case t.Normalizer != nil && t.Normalizer.Type != "NFC":
		return fmt.Errorf("unknown normalizer %q", t.Normalizer.Type)
	case t.PostProcessor != nil && t.PostProcessor.Type != "ByteLevel":
		return fmt.Errorf("unknown post_processor %q", t.PostProcessor.Type)
	case t.PreTokenizer == nil:
		return errors.New("no pre_tokenizer")
	}
	for _, a := range t.Added {
		if a.LeftStrip || a.RightStrip || a.SingleWord {
			return fmt.Errorf("added token %q sets lstrip, rstrip or single_word", a.Content)
		}
	}
	return nil
}

// name returns llama.cpp's name of the rule, which is one of splits.
func (p preTokenizer) name(splits map[string]string) (string, error) {
	kinds := []string{p.Type}
	for _, part := range p.Parts {
		kinds = append(kinds, part.Type)
	}
	if !slices.Equal(kinds, []string{"Sequence", "Split", "ByteLevel"}) {
		return "", fmt.Errorf("unknown pre_tokenizer %q", kinds)
	}
	split, bytes := p.Parts[0], p.Parts[1]
	if split.Behavior != "Isolated" || split.Invert || bytes.AddPrefixSpace || bytes.UseRegex {
		return "", errors.New("unknown settings of the pre_tokenizer's Split or ByteLevel")
	}
	name, ok := splits[split.Pattern.Regex]
	if !ok {
		return "", fmt.Errorf("unknown pre_tokenizer pattern %q", split.Pattern.Regex)
	}
	return name, nil
}
