package main

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPrune(t *testing.T) {
	t.Parallel()
	operation := func(id string) map[string]any {
		return map[string]any{"get": map[string]any{"operationId": id, "summary": "Prose", "x-github": 1}}
	}
	paths := map[string]any{"/other": operation("other/one")}
	for _, id := range kept {
		paths["/"+id] = operation(id)
	}
	paths["/pulls/get"].(map[string]any)["get"].(map[string]any)["responses"] = map[string]any{"$ref": "#/components/schemas/pull"}
	text := map[string]any{"type": "string", "description": "Prose", "example": "e"}
	schemas := map[string]any{
		"pull":  map[string]any{"title": "Prose", "properties": map[string]any{"title": text, "user": map[string]any{"$ref": "#/components/schemas/user"}}},
		"user":  map[string]any{"type": "object", "items": []any{map[string]any{"$ref": "#/components/schemas/pull"}}},
		"other": text,
	}
	pruned := try(t, paths, schemas)
	if _, ok := pruned.Paths["/other"]; ok || len(pruned.Paths) != len(kept) {
		t.Errorf("%d paths, want %d without /other", len(pruned.Paths), len(kept))
	}
	want := map[string]any{
		"pull": map[string]any{"properties": map[string]any{
			"title": map[string]any{"type": "string"},
			"user":  map[string]any{"$ref": "#/components/schemas/user"},
		}},
		"user": map[string]any{"type": "object", "items": []any{map[string]any{"$ref": "#/components/schemas/pull"}}},
	}
	if diff := cmp.Diff(want, pruned.Components["schemas"]); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(any(map[string]any{"operationId": "pulls/list"}), pruned.Paths["/pulls/list"]["get"]); diff != "" {
		t.Error(diff)
	}
}

func TestPruneMissesAnOperation(t *testing.T) {
	t.Parallel()
	err := prune(strings.NewReader(`{"paths": {}}`), &bytes.Buffer{})
	if err == nil || !strings.Contains(err.Error(), "has no operation pulls/list, pulls/get") {
		t.Errorf("got %v", err)
	}
}

type description struct {
	Paths      map[string]map[string]any
	Components map[string]map[string]any
}

func try(t *testing.T, paths, schemas map[string]any) (pruned description) {
	t.Helper()
	whole, err := json.Marshal(map[string]any{"openapi": "3.0.3", "paths": paths, "components": map[string]any{"schemas": schemas}})
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := prune(bytes.NewReader(whole), &out); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(out.Bytes(), &pruned); err != nil {
		t.Fatal(err)
	}
	return pruned
}
