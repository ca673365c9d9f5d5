package runner

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/ollama"
	"github.com/tunegate/tunegate/internal/pipeline"
	"github.com/tunegate/tunegate/internal/store"
)

func TestModelsCheck(t *testing.T) {
	t.Parallel()
	m := machine(t, nil)
	models := ollama.Models(pipeline.OllamaHome(m.Home))
	const digest = "3b7b3f6f1e1b4f4bd4b0e2c8d2e9a0d7"
	write(t, filepath.Join(models, "blobs", "sha256-"+digest+"-partial"), "an upload that goes on")
	if check := modelsCheck(t.Context(), m); check.Level != OK {
		t.Errorf("%+v", check)
	}
	write(t, filepath.Join(models, "manifests", "registry.ollama.ai", "library", "tutor", "stable"), "")
	if check := modelsCheck(t.Context(), m); check.Level != Warn || !strings.Contains(check.Found, "tutor:stable") {
		t.Errorf("%+v", check)
	}
}

func TestKeptIsReadUntilCancelled(t *testing.T) {
	t.Parallel()
	m := machine(t, nil)
	draft, err := storeOf(m).Begin("train", store.Digest("in"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := draft.Commit(store.Result{}); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if check := storeCheck(ctx, m); check.Level != Fail || !strings.Contains(check.Found, "not read to the end") {
		t.Errorf("%+v", check)
	}
	if check := storeCheck(t.Context(), m); check.Level != OK || !strings.Contains(check.Found, "of 1 kept") {
		t.Errorf("%+v", check)
	}
}
