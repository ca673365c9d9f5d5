package register

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"github.com/tunegate/tunegate/internal/chat"
	"github.com/tunegate/tunegate/internal/proc"
	"github.com/tunegate/tunegate/internal/python"
)

// Render renders the prompts with the base's own tokenizer, like the trainer. It returns
// the rendering of Probe, and the prompts with text and token count, and keeps its
// request in dir.
func Render(ctx context.Context, launcher proc.Launcher, interpreter python.Interpreter, baseDir string, prompts []Rendered, dir string) (string, []Rendered, error) {
	conversations := make([][]chat.Message, len(prompts))
	for i, prompt := range prompts {
		conversations[i] = prompt.Messages
	}
	request, err := json.Marshal(map[string]any{"base_dir": baseDir, "conversations": conversations, "probe": Probe()})
	if err != nil {
		return "", nil, err
	}
	path := filepath.Join(dir, "request.json")
	if err := os.WriteFile(path, request, 0o600); err != nil {
		return "", nil, err
	}
	data, err := python.Run(ctx, launcher, interpreter.Command("render.py", "--request", path))
	if err != nil {
		return "", nil, err
	}
	type text struct {
		Text   string `json:"text"`
		Tokens int    `json:"tokens"`
	}
	var answer struct {
		Conversations []text `json:"conversations"`
		Probe         text   `json:"probe"`
	}
	if err := json.Unmarshal(data, &answer); err != nil {
		return "", nil, fmt.Errorf("render: %w", err)
	}
	if len(answer.Conversations) != len(prompts) {
		return "", nil, fmt.Errorf("render: %d renderings of %d prompts", len(answer.Conversations), len(prompts))
	}
	rendered := make([]Rendered, len(prompts))
	for i, prompt := range prompts {
		prompt.Text, prompt.Tokens = answer.Conversations[i].Text, answer.Conversations[i].Tokens
		rendered[i] = prompt
	}
	return answer.Probe.Text, rendered, nil
}
