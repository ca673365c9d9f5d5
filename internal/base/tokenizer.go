package base

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Tokenizer combines the files of a base's tokenizer.
type Tokenizer struct {
	Normalizer    *Part          `json:"normalizer"`
	PreTokenizer  *PreTokenizer  `json:"pre_tokenizer"`
	PostProcessor *PostProcessor `json:"post_processor"`
	Model         Model          `json:"model"`
	// Added are the tokens that are matched before the model splits a text, by ID:
	// those of tokenizer.json, and those that only another file lists.
	Added []Token `json:"added_tokens"`
	// The texts of the special tokens that have a role; empty: none.
	BOS, EOS, Pad string `json:"-"`
	AddsBOS       bool   `json:"-"` // add_bos_token is set
}

// Model is the part of a tokenizer that holds the vocabulary.
type Model struct {
	Type         string         `json:"type"`
	Vocabulary   map[string]int `json:"vocab"`
	Merges       []Merge        `json:"merges"`
	Dropout      *float64       `json:"dropout"`
	UnkToken     *string        `json:"unk_token"`
	Prefix       string         `json:"continuing_subword_prefix"`
	Suffix       string         `json:"end_of_word_suffix"`
	ByteFallback bool           `json:"byte_fallback"`
	IgnoreMerges bool           `json:"ignore_merges"`
}

// Part is a step of the tokenizer of which only the type matters.
type Part struct {
	Type string `json:"type"`
}

// PostProcessor may add tokens to a text's own.
type PostProcessor struct {
	Type string `json:"type"`
	// of a TemplateProcessing: the parts of one text, each an object with the kind as
	// its only key
	Single []map[string]jsontext.Value `json:"single"`
}

// Adds reports whether tokens are added. The library gives a tokenizer without a
// post-processor a template of the text alone.
func (p *PostProcessor) Adds() bool {
	if p == nil || p.Type == "ByteLevel" {
		return false
	}
	return p.Type != "TemplateProcessing" || len(p.Single) != 1 || p.Single[0]["Sequence"] == nil
}

// PreTokenizer splits a text before the model does.
type PreTokenizer struct {
	Type  string         `json:"type"`
	Parts []PreTokenizer `json:"pretokenizers"`
	// of a Split:
	Pattern  struct{ Regex string } `json:"pattern"`
	Behavior string                 `json:"behavior"`
	Invert   bool                   `json:"invert"`
	// of a ByteLevel:
	AddPrefixSpace bool `json:"add_prefix_space"`
	UseRegex       bool `json:"use_regex"`
}

// Token is an added token.
type Token struct {
	ID         int    `json:"id"`
	Content    string `json:"content"`
	Special    bool   `json:"special"` // a control token, which is not part of an answer's text
	LeftStrip  bool   `json:"lstrip"`
	RightStrip bool   `json:"rstrip"`
	SingleWord bool   `json:"single_word"`
	File       string `json:"-"` // the file that lists it
}

// Merge is "left right", or since tokenizers 0.20 ["left", "right"].
type Merge string

// UnmarshalJSON accepts both forms.
func (m *Merge) UnmarshalJSON(data []byte) error {
	if jsontext.Value(data).Kind() == '"' {
		return json.Unmarshal(data, (*string)(m))
	}
	var pair [2]string
	if err := json.Unmarshal(data, &pair); err != nil {
		return err
	}
	if strings.Contains(pair[0]+pair[1], " ") {
		return fmt.Errorf("merge %q: byte-level tokens contain no spaces", pair)
	}
	*m = Merge(pair[0] + " " + pair[1])
	return nil
}

// Tokenizer reads tokenizer.json, tokenizer_config.json, added_tokens.json and
// special_tokens_map.json, of which the last two may be missing, to the tokenizer
// that the trainer's library builds from them. A token to which the files give
// different IDs, or none, is an error.
func (f Folder) Tokenizer() (Tokenizer, error) {
	var t Tokenizer
	if err := f.readJSON(TokenizerFile, &t); err != nil {
		return t, err
	}
	for i := range t.Added {
		t.Added[i].File = TokenizerFile
	}
	s, err := f.settings()
	if err != nil {
		return t, err
	}
	t.AddsBOS = s.AddBOS
	t.BOS, t.EOS, t.Pad = s.named["bos_token"].Content, s.named["eos_token"].Content, s.named["pad_token"].Content
	n := t.numbering()
	for _, token := range s.listed {
		if err := n.list(token, f); err != nil {
			return t, err
		}
	}
	for _, named := range s.special() {
		if err := n.name(named, f); err != nil {
			return t, err
		}
	}
	slices.SortFunc(t.Added, func(a, b Token) int { return cmp.Compare(a.ID, b.ID) })
	return t, nil
}

// Text returns the text of a token by its ID.
func (t Tokenizer) Text(id int) (text string, found bool) {
	for _, token := range t.Added {
		if token.ID == id {
			return token.Content, true
		}
	}
	for text, has := range t.Model.Vocabulary {
		if has == id {
			return text, true
		}
	}
	return "", false
}

// numbering assigns IDs to added tokens as the trainer's library does: a known text
// keeps its ID, a new one gets the next, whatever a file says.
type numbering struct {
	to    *Tokenizer
	added map[string]int // index in to.Added, by text
	next  int
}

func (t *Tokenizer) numbering() *numbering {
	n := &numbering{to: t, added: map[string]int{}, next: len(t.Model.Vocabulary)}
	for i, token := range t.Added {
		n.added[token.Content] = i
		n.next = max(n.next, token.ID+1)
	}
	return n
}

// list adds a token that a file lists with an ID.
func (n *numbering) list(token Token, f Folder) error {
	at, added := n.added[token.Content]
	id, known := n.to.Model.Vocabulary[token.Content]
	if added {
		id = n.to.Added[at].ID
	}
	if !added && !known {
		id = n.next
	}
	if id != token.ID {
		return fmt.Errorf("%s: token %q has ID %d, but the trainer assigns it ID %d, after %s (hint: load the tokenizer with transformers and save it again, or remove the token from %s)",
			f.Path(token.File), token.Content, token.ID, id, TokenizerFile, token.File)
	}
	if added && token.File == AddedTokensFile { // which holds only IDs
		return nil
	}
	n.put(token)
	return nil
}

// name adds a token that a key names. The library would assign a new ID to one that no
// file lists.
func (n *numbering) name(named role, f Folder) error {
	if _, added := n.added[named.Content]; added {
		return nil
	}
	id, known := n.to.Model.Vocabulary[named.Content]
	if !known {
		return fmt.Errorf("%s: %s %q is not in the vocabulary of %s (hint: set it to a token that is, or remove it)", f.Path(named.File), named.key, named.Content, TokenizerFile)
	}
	named.ID = id
	n.put(named.Token)
	return nil
}

func (n *numbering) put(token Token) {
	n.next = max(n.next, token.ID+1)
	if at, added := n.added[token.Content]; added {
		n.to.Added[at] = token
		return
	}
	n.added[token.Content] = len(n.to.Added)
	n.to.Added = append(n.to.Added, token)
}
