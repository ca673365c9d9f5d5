// Package baselock reads and writes tunegate.lock, which holds what a machine without
// the base model needs to know about it. The file is committed next to the config; the
// package also lists how a folder differs from it.
package baselock

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/tunegate/tunegate/internal/base"
)

// Lock describes a base model.
type Lock struct {
	Version int `json:"version"`
	// Model and Revision are base.model and base.revision of the config.
	Model    string `json:"model"`
	Revision string `json:"revision,omitempty"`
	// Files are the sha256 of the folder's small files that decide how text is read and
	// answered, by name.
	Files map[string]string `json:"files"`
	// Weights are the weight files by name. For a base inside the repository they are
	// empty: its commit holds them.
	Weights map[string]Weights `json:"weights,omitempty"`
	// SpecialTokens may not occur in any text; StopTokens end an answer.
	SpecialTokens []Token `json:"special_tokens"`
	StopTokens    []Token `json:"stop_tokens"`
	// ChatTemplate is the sha256 of the base's own chat template; empty: it has none.
	ChatTemplate string `json:"chat_template_sha256,omitempty"`
	Context      int    `json:"context"` // tokens; 0: unknown
}

// Token is a token of the base's tokenizer.
type Token struct {
	ID      int    `json:"id"`
	Content string `json:"content"`
}

// Path returns the path of a config's lock: next to it, with the same base name.
func Path(configPath string) string {
	return strings.TrimSuffix(configPath, path.Ext(configPath)) + ".lock"
}

// described reports whether a file's digest is part of the lock.
func described(name string) bool {
	return slices.Contains([]string{
		base.ConfigFile, base.GenerationConfigFile, base.TokenizerFile, base.TokenizerConfigFile,
		base.AddedTokensFile, base.SpecialTokensFile, base.ChatTemplateFile, "model.safetensors.index.json",
	}, name)
}

// Of computes the lock of a base model, which the config calls model, at a revision. It
// reads only samples of the weights.
func Of(folder base.Folder, model, revision string) (Lock, error) {
	l := Lock{Version: Version, Model: model, Revision: revision}
	var err error
	if l.Files, err = ofFiles(folder, described, fileDigest); err != nil {
		return l, err
	}
	if !folder.Commit {
		if l.Weights, err = ofFiles(folder, isWeights, fileSample); err != nil {
			return l, err
		}
	}
	t, err := readTokens(folder)
	if err != nil {
		return l, err
	}
	l.SpecialTokens, l.StopTokens = t.special(), t.stops
	if t.template != "" {
		l.ChatTemplate = digest([]byte(t.template))
	}
	l.Context, err = folder.Context()
	return l, err
}

// Control reads only what Lock.Control returns from a base.
func Control(folder base.Folder) ([]string, error) {
	t, err := readTokens(folder)
	return texts(t.special()), err
}

// tokens holds what a folder's files say about tokens.
type tokens struct {
	added    []base.Token
	stops    []Token
	template string // the chat template; empty: none
}

func readTokens(folder base.Folder) (tokens, error) {
	t := tokens{stops: []Token{}}
	tokenizer, err := folder.Tokenizer()
	if err != nil {
		return t, err
	}
	t.added = tokenizer.Added
	if t.template, err = folder.ChatTemplate(); err != nil {
		return t, err
	}
	stops, file, err := folder.Stops()
	if err != nil {
		return t, err
	}
	for _, id := range stops {
		content, found := tokenizer.Text(id)
		if !found {
			return t, fmt.Errorf("%s: eos_token_id %d is not in the vocabulary (hint: download the model again)", folder.Path(file), id)
		}
		t.stops = append(t.stops, Token{id, content})
	}
	return t, nil
}

// marks matches tokens written in a chat template.
var marks = regexp.MustCompile(`<\|[^<|>]*\|>`)

// special returns the tokens that the tokenizer never reads as text: those marked
// special, stop tokens among the added ones, and those that the chat template writes.
func (t tokens) special() []Token {
	found, written := []Token{}, map[string]bool{}
	for _, mark := range marks.FindAllString(t.template, -1) {
		written[mark] = true
	}
	for _, token := range t.added {
		stop := slices.ContainsFunc(t.stops, func(s Token) bool { return s.ID == token.ID })
		if strings.TrimSpace(token.Content) != "" && (token.Special || stop || written[token.Content]) {
			found = append(found, Token{token.ID, token.Content})
		}
	}
	return found
}

// Control returns the texts that no record or question may contain.
func (l Lock) Control() []string { return texts(l.SpecialTokens) }

func texts(tokens []Token) []string {
	texts := make([]string, len(tokens))
	for i, token := range tokens {
		texts[i] = token.Content
	}
	return texts
}

// Is reports whether the lock is for this model and revision.
func (l Lock) Is(model, revision string) bool { return l.Model == model && l.Revision == revision }

// ofFiles applies read to each wanted file of the folder, by name.
func ofFiles[V any](folder base.Folder, wanted func(name string) bool, read func(folder base.Folder, name string) (V, error)) (map[string]V, error) {
	entries, err := fs.ReadDir(folder.Files, ".")
	if err != nil {
		return nil, fmt.Errorf("%s: %w", folder.Name, err)
	}
	found := map[string]V{}
	for _, entry := range entries {
		if name := entry.Name(); wanted(name) {
			if found[name], err = read(folder, name); err != nil {
				return nil, err
			}
		}
	}
	return found, nil
}

func fileDigest(folder base.Folder, name string) (string, error) {
	data, err := folder.Read(name)
	return digest(data), err
}

func digest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}
