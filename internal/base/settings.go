package base

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// settings come from the tokenizer's files other than tokenizer.json.
type settings struct {
	AddBOS bool            `json:"add_bos_token"`
	listed []Token         // with IDs, in their order
	named  map[string]role // by key
	extra  []role
}

// role is a token named by a key of a file.
type role struct {
	key string // bos_token
	Token
}

// settings reads the files as transformers 5 does: an added_tokens_decoder in
// tokenizer_config.json replaces added_tokens.json and special_tokens_map.json.
func (f Folder) settings() (settings, error) {
	var s settings
	var keys map[string]jsontext.Value
	if err := f.readJSON(TokenizerConfigFile, &keys); err != nil {
		return s, err
	}
	var err error
	fail := func(file string, err error) (settings, error) {
		return s, fmt.Errorf("%s: %w (hint: the file is damaged: download it again)", f.Path(file), err)
	}
	if _, versions := keys["fast_tokenizer_files"]; versions {
		return s, fmt.Errorf("%s: fast_tokenizer_files names files other than %s, which is not supported (hint: load the tokenizer with transformers and save it again)", f.Path(TokenizerConfigFile), TokenizerFile)
	}
	if add, found := keys["add_bos_token"]; found {
		if err := json.Unmarshal(add, &s.AddBOS); err != nil {
			return fail(TokenizerConfigFile, fmt.Errorf("add_bos_token: %w", err))
		}
	}
	if s.named, s.extra, err = special(TokenizerConfigFile, keys); err != nil {
		return fail(TokenizerConfigFile, err)
	}
	if decoder, found := keys["added_tokens_decoder"]; found {
		if s.listed, err = decoded(decoder); err != nil {
			return fail(TokenizerConfigFile, fmt.Errorf("added_tokens_decoder: %w", err))
		}
		return s, nil
	}
	var older map[string]jsontext.Value
	if err := f.optionalJSON(SpecialTokensFile, &older); err != nil {
		return s, err
	}
	named, extra, err := special(SpecialTokensFile, older)
	if err != nil {
		return fail(SpecialTokensFile, err)
	}
	maps.Copy(s.named, named)
	s.extra = append(s.extra, extra...)
	var ids map[string]int
	if err := f.optionalJSON(AddedTokensFile, &ids); err != nil {
		return s, err
	}
	isSpecial := map[string]bool{}
	for _, token := range s.special() {
		isSpecial[token.Content] = true
	}
	for content, id := range ids {
		s.listed = append(s.listed, Token{ID: id, Content: content, Special: isSpecial[content], File: AddedTokensFile})
	}
	s.sort()
	return s, nil
}

// special returns the tokens with a role, named and extra.
func (s settings) special() []role {
	var all []role
	for _, key := range slices.Sorted(maps.Keys(s.named)) {
		if token := s.named[key]; token.Content != "" {
			all = append(all, token)
		}
	}
	return append(all, s.extra...)
}

func (s *settings) sort() {
	slices.SortFunc(s.listed, func(a, b Token) int {
		return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.Content, b.Content))
	})
}

// decoded reads an added_tokens_decoder, a map from ID (as text) to token.
func decoded(data jsontext.Value) ([]Token, error) {
	var byID map[string]Token
	if err := json.Unmarshal(data, &byID); err != nil {
		return nil, err
	}
	s := settings{}
	for text, token := range byID {
		id, err := strconv.Atoi(text)
		if err != nil {
			return nil, err
		}
		token.ID, token.File = id, TokenizerConfigFile
		s.listed = append(s.listed, token)
	}
	s.sort()
	return s.listed, nil
}

// special reads the keys of a file that name tokens: NAME_token and the lists of extra tokens.
func special(file string, keys map[string]jsontext.Value) (named map[string]role, extra []role, err error) {
	named = map[string]role{}
	for key, value := range keys {
		if kind := value.Kind(); strings.HasSuffix(key, "_token") && (kind == '"' || kind == '{' || kind == 'n') {
			var text specialToken
			if err := json.Unmarshal(value, &text); err != nil {
				return nil, nil, fmt.Errorf("%s: %w", key, err)
			}
			named[key] = role{key, Token{Content: string(text), Special: true, File: file}}
		}
	}
	for _, key := range []string{"extra_special_tokens", "additional_special_tokens"} {
		texts, err := specialTokens(keys[key])
		if err != nil {
			return nil, nil, fmt.Errorf("%s: %w", key, err)
		}
		for _, text := range texts {
			extra = append(extra, role{key, Token{Content: text, Special: true, File: file}})
		}
		if len(texts) > 0 {
			break
		}
	}
	return named, extra, nil
}

// specialTokens is a list of tokens, or an object of named ones.
func specialTokens(value jsontext.Value) ([]string, error) {
	var list []specialToken
	var byName map[string]specialToken
	switch {
	case value == nil:
		return nil, nil
	case value.Kind() == '{':
		if err := json.Unmarshal(value, &byName); err != nil {
			return nil, err
		}
		for _, name := range slices.Sorted(maps.Keys(byName)) {
			list = append(list, byName[name])
		}
	default:
		if err := json.Unmarshal(value, &list); err != nil {
			return nil, err
		}
	}
	var texts []string
	for _, token := range list {
		texts = append(texts, string(token))
	}
	return texts, nil
}

// specialToken is a string, or an object that holds it.
type specialToken string

// UnmarshalJSON accepts both forms and null.
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
