package baselock

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tunegate/tunegate/internal/base"
	"github.com/tunegate/tunegate/internal/protocol/protocoltest"
)

const (
	demo   = "../../testdata/demo/base"
	schema = "../../docs/schema/lock.schema.json"
)

// lockOf is the lock of a copy of the demo's base with files written over it; an empty
// text removes one.
func lockOf(t *testing.T, files map[string]string) (Lock, error) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "base")
	if err := os.CopyFS(dir, os.DirFS(demo)); err != nil {
		t.Fatal(err)
	}
	for name, text := range files {
		err := os.Remove(filepath.Join(dir, name))
		if text != "" {
			err = os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644)
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
	}
	return Of(base.Open(dir), "./base", "main")
}

func read(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(demo, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func must(t *testing.T, l Lock, err error) Lock {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestOf(t *testing.T) {
	t.Parallel()
	l, err := lockOf(t, nil)
	must(t, l, err)
	want := []Token{{637, "<|endoftext|>"}, {638, "<|im_start|>"}, {639, "<|im_end|>"}}
	if diff := cmp.Diff(want, l.SpecialTokens); diff != "" {
		t.Error(diff)
	}
	if l.Context != 1024 || len(l.StopTokens) == 0 || l.ChatTemplate != digest([]byte(read(t, "chat_template.jinja"))) || l.Weights["model.safetensors"].Size == 0 || !l.Is("./base", "main") {
		t.Errorf("%+v", l)
	}
	control, err := Control(base.Open(demo))
	if diff := cmp.Diff(l.Control(), control); diff != "" || err != nil {
		t.Errorf("%v: %s", err, diff)
	}
	if commit, err := Of(base.Folder{Name: "base", Files: os.DirFS(demo), Commit: true}, "./base", "main"); err != nil || commit.Weights != nil || len(l.Differences(commit)) > 0 {
		t.Errorf("of a commit: %+v, %v", commit, err)
	}
}

// TestSpecialTokens: what is special, ends an answer or is written by the template is no
// text; <think> is, unless the tokenizer says otherwise.
func TestSpecialTokens(t *testing.T) {
	t.Parallel()
	added := []base.Token{
		{ID: 1, Content: "<|im_end|>"}, {ID: 2, Content: "<|unused|>"}, {ID: 3, Content: "<think>"}, {ID: 4, Content: "<tool_call>"},
		{ID: 5, Content: "<pad>", Special: true}, {ID: 6, Content: "</s>"}, {ID: 7, Content: "\n", Special: true},
	}
	got := tokens{added: added, stops: []Token{{6, "</s>"}, {9, "."}}, template: "<|im_start|>x<|im_end|><think><tool_call>"}.special()
	if diff := cmp.Diff([]Token{{1, "<|im_end|>"}, {5, "<pad>"}, {6, "</s>"}}, got); diff != "" {
		t.Error(diff)
	}
}

// TestDifferences: each part of another base is named.
func TestDifferences(t *testing.T) {
	t.Parallel()
	l, err := lockOf(t, nil)
	must(t, l, err)
	weights := []byte(read(t, "model.safetensors"))
	weights[len(weights)-100]++
	for name, test := range map[string]struct {
		files map[string]string
		want  string
	}{
		"the same":           {nil, ""},
		"what is not read":   {map[string]string{"README.md": "a"}, ""},
		"another token":      {map[string]string{"tokenizer.json": strings.Replace(read(t, "tokenizer.json"), `"special": true`, `"special": false`, 1)}, "tokenizer.json differs, the special token \"<|endoftext|>\" (637) was removed"},
		"another template":   {map[string]string{"chat_template.jinja": read(t, "chat_template.jinja") + "\n"}, "chat_template.jinja differs, the chat template differs"},
		"another context":    {map[string]string{"config.json": strings.Replace(read(t, "config.json"), `"max_position_embeddings": 1024`, `"max_position_embeddings": 512`, 1)}, "config.json differs, the context is 512 tokens, not 1024"},
		"a file more":        {map[string]string{"added_tokens.json": "{}"}, "added_tokens.json was added"},
		"a value of weights": {map[string]string{"model.safetensors": string(weights)}, "model.safetensors differs"},
		"other weights":      {map[string]string{"model.safetensors": "", "other.safetensors": "x"}, "model.safetensors is missing, other.safetensors was added"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			now, err := lockOf(t, test.files)
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(l.Differences(now), ", "); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

func TestOfNoBase(t *testing.T) {
	t.Parallel()
	if _, err := Of(base.Open(filepath.Join(t.TempDir(), "none")), "x", ""); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a folder that is not there: %v", err)
	}
	for name, text := range map[string]string{"tokenizer.json": "{", "tokenizer_config.json": "[]", "config.json": "", "generation_config.json": `{"eos_token_id": 99999}`} {
		if _, err := lockOf(t, map[string]string{name: text}); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestDecode(t *testing.T) {
	t.Parallel()
	l, err := lockOf(t, nil)
	data, encoding := must(t, l, err).Encode()
	if encoding != nil {
		t.Fatal(encoding)
	}
	protocoltest.Validate(t, schema, data)
	back, err := Decode("tunegate.lock", data)
	if diff := cmp.Diff(l, back); diff != "" || err != nil {
		t.Errorf("%v: %s", err, diff)
	}
	for from, to := range map[string]string{
		`"version": 1`: `"version": 2`, `"model": "./base"`: `"model": ""`, `"context"`: `"contexts"`, `"revision"`: `"model"`, "}\n": "", "<|im_end|>": " ",
		`"files"`: `"file"`,
	} {
		if _, err := Decode("tunegate.lock", []byte(strings.Replace(string(data), from, to, 1))); err == nil || !strings.HasPrefix(err.Error(), "tunegate.lock") || !strings.Contains(err.Error(), "hint:") {
			t.Errorf("%s for %s: %v", to, from, err)
		}
	}
}

func TestSchemaIsPublished(t *testing.T) {
	t.Parallel()
	protocoltest.CheckSchema[Lock](t, schema, "tunegate.lock")
}

func TestPath(t *testing.T) {
	t.Parallel()
	for config, want := range map[string]string{"tunegate.yaml": "tunegate.lock", "models/small.yml": "models/small.lock", "a.b/config": "a.b/config.lock"} {
		if got := Path(config); got != want {
			t.Errorf("%s: %s", config, got)
		}
	}
}

// TestDemosLock: the demo's repository has the lock that setup would write.
func TestDemosLock(t *testing.T) {
	t.Parallel()
	l, err := Of(base.Folder{Name: "base", Files: os.DirFS(demo), Commit: true}, "./base", "")
	want, encoding := must(t, l, err).Encode()
	if encoding != nil {
		t.Fatal(encoding)
	}
	const path = "../../testdata/demo/repo/tunegate.lock"
	if os.Getenv("UPDATE_LOCK") != "" {
		if err := os.WriteFile(path, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if diff := cmp.Diff(string(want), string(got)); diff != "" || err != nil {
		t.Errorf("%v (hint: UPDATE_LOCK=1 go test ./internal/baselock): %s", err, diff)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"version": 1, "model": "m", "files": {"config.json": "x"}, "special_tokens": [{"id": 1, "content": "<|x|>"}], "stop_tokens": [], "context": 1}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		l, err := Decode("tunegate.lock", data)
		if err != nil {
			return
		}
		written, err := l.Encode()
		if err != nil {
			t.Fatal(err)
		}
		if back, err := Decode("tunegate.lock", written); err != nil || len(l.Differences(back)) > 0 {
			t.Errorf("%s: %v, %q", written, err, l.Differences(back))
		}
	})
}
