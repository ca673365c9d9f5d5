package ollama

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/engine"
)

const missingBlob = `{"error":"open /m/blobs/sha256-aa: no such file or directory"}`

// blobs is a server that takes uploads and can forget them.
type blobs struct {
	has      bool
	uploads  int
	creates  []map[string]any
	failures int // creates that find no blob
}

func (b *blobs) client(t *testing.T) *Client {
	return fake(t, map[string]http.HandlerFunc{
		"HEAD /api/blobs/{digest}": func(w http.ResponseWriter, r *http.Request) {
			if !b.has {
				w.WriteHeader(http.StatusNotFound)
			}
		},
		"POST /api/blobs/{digest}": func(w http.ResponseWriter, r *http.Request) {
			if body, err := io.ReadAll(r.Body); err != nil || string(body) != "GGUF" || r.PathValue("digest") != "sha256:"+sumA {
				t.Errorf("%s: %q, %v", r.PathValue("digest"), body, err)
			}
			b.uploads++
			b.has = true
			w.WriteHeader(http.StatusCreated)
		},
		"POST /api/create": func(w http.ResponseWriter, r *http.Request) {
			var sent map[string]any
			if err := json.NewDecoder(r.Body).Decode(&sent); err != nil {
				t.Error(err)
			}
			b.creates = append(b.creates, sent)
			if len(b.creates) <= b.failures {
				b.has = false
				w.WriteHeader(http.StatusInternalServerError)
				w.Write([]byte(missingBlob))
				return
			}
			w.Write([]byte(`{"status":"success"}`))
		},
	})
}

func fourBytes(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "model.gguf")
	if err := os.WriteFile(path, []byte("GGUF"), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestAdd(t *testing.T) {
	t.Parallel()
	definition := engine.Definition{Tag: "demo:x", GGUF: sumA, Template: "T", System: "S", Parameters: map[string]any{"seed": 1}, License: "L"}
	for _, test := range []struct {
		name             string
		server           blobs
		uploads, creates int
		is               error
	}{
		{"new", blobs{}, 1, 1, nil},
		{"known", blobs{has: true}, 0, 1, nil},
		{"forgotten", blobs{has: true, failures: 1}, 1, 2, nil},
		{"forgotten twice", blobs{failures: 2}, 2, 2, ErrMissingBlob},
	} {
		err := test.server.client(t).Add(t.Context(), fourBytes(t), definition)
		if !errors.Is(err, test.is) || test.server.uploads != test.uploads || len(test.server.creates) != test.creates {
			t.Errorf("%s: %v, %d uploads, %d creates", test.name, err, test.server.uploads, len(test.server.creates))
		}
		want := map[string]any{
			"model": "demo:x", "name": "", "stream": false, "files": map[string]any{"model.gguf": "sha256:" + sumA},
			"template": "T", "system": "S", "parameters": map[string]any{"seed": 1.}, "license": "L",
		}
		if !reflect.DeepEqual(test.server.creates[0], want) {
			t.Errorf("%s: sent %v", test.name, test.server.creates[0])
		}
	}
}

func TestUploadOfAMissingFile(t *testing.T) {
	t.Parallel()
	client := new(blobs).client(t)
	if err := client.Upload(t.Context(), "/none", sumA); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%v", err)
	}
}

func TestCreateThatDoesNotSucceed(t *testing.T) {
	t.Parallel()
	for name, create := range map[string]http.HandlerFunc{
		"success":        answer(200, `{"status":"writing manifest"}`),
		"template error": answer(400, `{"error":"template error: x"}`),
		"no answer":      cut(""),
	} {
		client := fake(t, map[string]http.HandlerFunc{"POST /api/create": create})
		err := client.Create(t.Context(), engine.Definition{Tag: "a", GGUF: sumA})
		if name == "no answer" { // headers went out, so the API client sees an empty stream
			name = "success"
		}
		if err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
