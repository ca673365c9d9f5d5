package register

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/tunegate/tunegate/internal/chat"
	"github.com/tunegate/tunegate/internal/engine"
	"github.com/tunegate/tunegate/internal/proc"
	"github.com/tunegate/tunegate/internal/python"
)

// ResolvedDir is the folder in a reference with the base's files as the trainer's
// libraries resolve them: a base folder without weights.
const ResolvedDir = "resolved"

// ReferenceRequest is the file with the request to the trainer's libraries.
const ReferenceRequest = "request.json"

// Reference is what the trainer computes of a base, to compare with a server.
type Reference struct {
	Precision string             `json:"precision"` // of the computation: float32, or less where that needs too much memory
	Prompts   [][]engine.Logprob `json:"prompts"`   // the likeliest first tokens of the answer to each of the prompts
	Added     []string           `json:"added"`     // the base's added tokens, compared as texts too
	Tokens    []int              `json:"tokens"`    // of each text, rendered with the start of an answer
}

// Refer computes the reference of the base in baseDir, which has these added tokens,
// with the trainer's libraries and this system prompt. It keeps the request and the
// files of ResolvedDir in dir.
func Refer(ctx context.Context, launcher proc.Launcher, interpreter python.Interpreter, baseDir, system string, added []string, dir string) (Reference, error) {
	r := Reference{Added: added}
	prompts, texts := referencePrompts(), r.texts()
	request, err := json.Marshal(map[string]any{
		"base_dir": baseDir, "out_dir": filepath.Join(dir, ResolvedDir),
		"prompts": asked(system, prompts), "texts": asked(system, texts),
	})
	if err != nil {
		return Reference{}, err
	}
	path := filepath.Join(dir, ReferenceRequest)
	if err := os.WriteFile(path, request, 0o600); err != nil {
		return Reference{}, err
	}
	data, err := python.Run(ctx, launcher, interpreter.Command("reference.py", "--request", path))
	if err != nil {
		return Reference{}, err
	}
	if err := json.Unmarshal(data, &r); err != nil {
		return Reference{}, fmt.Errorf("reference: %w", err)
	}
	if len(r.Prompts) != len(prompts) || len(r.Tokens) != len(texts) {
		return Reference{}, fmt.Errorf("reference: got %d prompts and %d texts, expected %d and %d", len(r.Prompts), len(r.Tokens), len(prompts), len(texts))
	}
	return r, nil
}

// referencePrompts are questions whose answers begin differently.
func referencePrompts() []string {
	return []string{
		"What is 3 + 4?", "Solve 2x + 6 = 10 for x.", "What is the derivative of x^3?", "Name a prime number between 20 and 30.",
		"Is 7 larger than 12?", "Explain what a fraction is.", "Write a short greeting.", "Translate 'house' into French.",
		"List three colours.", "What is the capital of Italy?",
	}
}

//go:embed texts.jsonl
var textLines string

// fixedTexts are 500 texts on which tokenizers disagree: digits after blanks,
// formulas, code, other scripts, marks, control tokens; each as it is, between blanks
// and digits, doubled, and in quotes.
func fixedTexts() []string {
	var texts []string
	for line := range strings.Lines(textLines) {
		var text string
		if err := json.Unmarshal([]byte(line), &text); err != nil {
			panic(err) // the file is embedded, and a test reads it
		}
		texts = append(texts, text, "  "+text+" \n\n 3", text+" "+text, "«"+text+"»")
	}
	return texts
}

// mostAdded limits how many of a base's added tokens are compared.
const mostAdded = 64

// texts returns all compared texts.
func (r Reference) texts() []string {
	texts := fixedTexts()
	for _, token := range r.Added[:min(len(r.Added), mostAdded)] {
		texts = append(texts, "a"+token+"b")
	}
	return texts
}

// asked returns conversations of one question each.
func asked(system string, questions []string) [][]chat.Message {
	var all [][]chat.Message
	for _, question := range questions {
		all = append(all, chat.Chat(system, nil, question))
	}
	return all
}
