package enginetest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"
	"os"
	"strings"
	"sync"
	"testing"
	"text/template"
	"time"

	"github.com/tunegate/tunegate/internal/chat"
	"github.com/tunegate/tunegate/internal/engine"
	"github.com/tunegate/tunegate/internal/gguf"
	"github.com/tunegate/tunegate/internal/gguf/gguftest"
)

// TestToy proves the door: an engine in one file that keeps its tags in memory and
// answers with letters drawn from a digest.
func TestToy(t *testing.T) {
	t.Parallel()
	Run(t, &toy{tags: map[string]engine.Definition{}, files: map[string][]byte{}, loaded: map[string]bool{}})
}

type toy struct {
	mutex  sync.Mutex
	tags   map[string]engine.Definition
	files  map[string][]byte // by digest
	loaded map[string]bool   // by digest
}

func (e *toy) Version(context.Context) (string, error) { return "toy 1", nil }

func (e *toy) Add(_ context.Context, path string, d engine.Definition) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if sum := sha256.Sum256(data); hex.EncodeToString(sum[:]) != d.GGUF {
		return fmt.Errorf("toy: %s changed after its digest was taken", path)
	}
	e.mutex.Lock()
	defer e.mutex.Unlock()
	e.tags[d.Tag], e.files[d.GGUF] = d, data
	return nil
}

func (e *toy) find(tag string) (engine.Definition, error) {
	e.mutex.Lock()
	defer e.mutex.Unlock()
	d, found := e.tags[tag]
	if !found {
		return d, fmt.Errorf("toy: %s: %w", tag, engine.ErrNotFound)
	}
	return d, nil
}

func (e *toy) Show(_ context.Context, tag string) (engine.Model, error) {
	d, err := e.find(tag)
	if err != nil {
		return engine.Model{}, err
	}
	return d.Model(), nil
}

func (e *toy) Digest(_ context.Context, tag string) (string, error) {
	d, err := e.find(tag)
	d.Tag = ""
	return fmt.Sprintf("%+v", d), err
}

func (e *toy) Copy(_ context.Context, from, to string) error {
	d, err := e.find(from)
	if err != nil {
		return err
	}
	d.Tag = to
	e.mutex.Lock()
	defer e.mutex.Unlock()
	e.tags[to] = d
	return nil
}

func (e *toy) Delete(_ context.Context, tag string) error {
	e.mutex.Lock()
	defer e.mutex.Unlock()
	delete(e.tags, tag)
	return nil
}

func (e *toy) Loaded(_ context.Context, digest string) (bool, error) {
	e.mutex.Lock()
	defer e.mutex.Unlock()
	return e.loaded[digest], nil
}

func (e *toy) Unload(_ context.Context, tag string) error {
	d, err := e.find(tag)
	e.mutex.Lock()
	defer e.mutex.Unlock()
	delete(e.loaded, d.GGUF)
	return err
}

func (e *toy) Render(_ context.Context, tag string, messages []chat.Message) (string, error) {
	d, err := e.find(tag)
	if err != nil {
		return "", err
	}
	if messages[0].Role != chat.System {
		messages = append([]chat.Message{{Role: chat.System, Content: d.System}}, messages...)
	}
	parsed, err := template.New(tag).Parse(d.Template)
	if err != nil {
		return "", err
	}
	var prompt strings.Builder
	err = parsed.Execute(&prompt, map[string]any{"Messages": messages})
	return prompt.String(), err
}

func (e *toy) Chat(ctx context.Context, ask engine.Ask) (engine.Answer, error) {
	if err := ctx.Err(); err != nil {
		return engine.Answer{}, err
	}
	prompt, err := e.Render(ctx, ask.Tag, ask.Messages)
	if err != nil {
		return engine.Answer{}, err
	}
	d, err := e.find(ask.Tag)
	if err == nil {
		err = e.load(d.GGUF)
	}
	if err != nil {
		return engine.Answer{}, err
	}
	input, room := gguftest.Tokens(prompt), ask.Options["num_ctx"].(int)
	if input >= room {
		return engine.Answer{}, fmt.Errorf("toy: %w", engine.ErrTooLong)
	}
	answer := engine.Answer{Done: true, DoneReason: engine.Length, InputTokens: input, Duration: time.Millisecond}
	for i := range min(ask.Options["num_predict"].(int), room-input) {
		sum := sha256.Sum256(fmt.Append(nil, d.GGUF, prompt, ask.Options["seed"], i))
		answer.OutputTokens++
		token := string('a' + rune(sum[0]%26))
		if stop, _ := d.Parameters["stop"].([]any); len(stop) > 0 && token == stop[0] {
			answer.DoneReason = engine.Stop
			break
		}
		answer.Text += token
		if ask.Logprobs > 0 {
			likely := engine.Logprob{Token: token, Logprob: math.Log(.5)}
			answer.Logprobs = append(answer.Logprobs, engine.Logprob{Token: token, Logprob: likely.Logprob, Top: []engine.Logprob{
				likely, {Token: "-", Logprob: math.Log(.3)}, {Token: "+", Logprob: math.Log(.2)},
			}})
		}
	}
	return answer, nil
}

// load looks whether the weights are whole and of the one family that it knows.
func (e *toy) load(digest string) error {
	e.mutex.Lock()
	defer e.mutex.Unlock()
	data := e.files[digest]
	file, err := gguf.Known().Parse(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return fmt.Errorf("toy: %w: %w", engine.ErrUnloadable, err)
	}
	entry, _ := gguf.Find(file.Metadata, "general.architecture")
	if family, _ := entry.Text(); family != "qwen2" {
		return fmt.Errorf("toy: %w: unknown architecture %q", engine.ErrUnloadable, family)
	}
	e.loaded[digest] = true
	return nil
}
