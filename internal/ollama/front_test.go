package ollama

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/engine"
)

// page answers with an HTML page of this title, as proxies do.
func page(code int, title string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(code)
		io.WriteString(w, "<html>\r\n<head><title>"+title+"</title></head>\r\n<body><h1>"+title+"</h1>"+strings.Repeat("x", 100<<10)+"</body></html>")
	}
}

// TestWhatStandsBeforeTheServer: each request says what answered in the server's
// place, and what helps.
func TestWhatStandsBeforeTheServer(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		front http.HandlerFunc
		says  []string
	}{
		"http to https": {
			func(w http.ResponseWriter, r *http.Request) {
				http.Redirect(w, r, "https://tutor.lan"+r.URL.Path, http.StatusMovedPermanently)
			},
			[]string{"a redirect to https://tutor.lan, which is not followed (hint: use that address instead)"},
		},
		"to a folder": {
			func(w http.ResponseWriter, r *http.Request) {
				http.Redirect(w, r, "/ollama"+r.URL.Path, http.StatusPermanentRedirect)
			},
			[]string{"/ollama, which is not followed"},
		},
		"to a login": {
			func(w http.ResponseWriter, r *http.Request) {
				http.Redirect(w, r, "https://login.example/oauth?state=secret", http.StatusFound)
			},
			[]string{"a redirect to https://login.example/oauth, probably a login (hint:"},
		},
		"nowhere":            {answer(http.StatusFound, ""), []string{"(302) without a location"}},
		"401":                {page(401, "401 Authorization Required"), []string{`a login is required (401, "401 Authorization Required")`, "needs no login"}},
		"407":                {page(407, ""), []string{"a login is required (407"}},
		"403":                {page(403, "Forbidden"), []string{`access is forbidden (403, "Forbidden")`, "OLLAMA_ORIGINS"}},
		"403 of the server":  {answer(403, ""), []string{"access is forbidden (403)", "proxy_set_header Host"}},
		"502":                {page(502, "502 Bad Gateway"), []string{`no answer from it (502, "502 Bad Gateway")`, "check that Ollama runs behind it"}},
		"503":                {page(503, "Service Unavailable"), []string{"no answer from it (503"}},
		"504":                {page(504, "Gateway\x1b[31m\n::error::x"), []string{`no answer from it (504, "Gateway[31m ::error::x")`, "proxy_read_timeout"}},
		"413 to all uploads": {page(413, "413 Request Entity Too Large"), []string{"limits uploads", "client_max_body_size in nginx"}},
	} {
		client := fake(t, map[string]http.HandlerFunc{"/": test.front, "HEAD /api/blobs/": answer(404, "")})
		for doing, call := range calls(t, client) {
			err := call(t.Context())
			if err == nil || !errors.Is(err, ErrFront) || strings.ContainsAny(err.Error(), "\n\x1b") || len(err.Error()) > 600 || strings.Contains(err.Error(), "secret") {
				t.Errorf("%s, %s: %v", name, doing, err)
				continue
			}
			for _, want := range test.says {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%s, %s: %q does not say %q", name, doing, err, want)
				}
			}
		}
	}
}

// calls is each kind of request.
func calls(t *testing.T, client *Client) map[string]func(context.Context) error {
	path := fourBytes(t)
	return map[string]func(context.Context) error{
		"version": func(ctx context.Context) error { _, err := client.Version(ctx); return err },
		"tags":    func(ctx context.Context) error { _, err := client.Tags(ctx); return err },
		"show":    func(ctx context.Context) error { _, err := client.Show(ctx, "demo"); return err },
		"chat":    func(ctx context.Context) error { _, err := client.Chat(ctx, engine.Ask{Tag: "demo"}); return err },
		"create":  func(ctx context.Context) error { return client.Create(ctx, engine.Definition{Tag: "demo", GGUF: sumA}) },
		"copy":    func(ctx context.Context) error { return client.Copy(ctx, "a", "b") },
		"delete":  func(ctx context.Context) error { return client.Delete(ctx, "a") },
		"upload":  func(ctx context.Context) error { return client.Upload(ctx, path, sumA) },
		"accepts": func(ctx context.Context) error { return client.Accepts(ctx, sumA, 1<<30) },
	}
}

// TestProxyWithALimit has a large upload refused by its length, and announced without
// being sent.
func TestProxyWithALimit(t *testing.T) {
	t.Parallel()
	const limit = 1 << 20
	var read int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Method == http.MethodHead:
			w.WriteHeader(http.StatusNotFound)
		case r.ContentLength < 0 || r.ContentLength > limit:
			page(http.StatusRequestEntityTooLarge, "413 Request Entity Too Large")(w, r)
		case r.URL.Path == "/lan/api/blobs/sha256:"+sumA: // kept already
			w.WriteHeader(http.StatusOK)
		default:
			n, err := io.Copy(io.Discard, r.Body)
			if read += n; err == nil {
				w.WriteHeader(http.StatusCreated)
			}
		}
	}))
	t.Cleanup(server.Close)
	client, err := Dial(server.URL + "/lan/")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "model.gguf")
	for size, fits := range map[int64]bool{0: true, limit: true, 64 * limit: false} {
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Truncate(path, size); err != nil {
			t.Fatal(err)
		}
		if err := client.Upload(t.Context(), path, sumB); (err == nil) != fits || !fits && !errors.Is(err, ErrFront) {
			t.Errorf("%d bytes: %v", size, err)
		}
		if err := client.Accepts(t.Context(), sumA, size); (err == nil) != fits || !fits && !errors.Is(err, ErrFront) {
			t.Errorf("announced, %d bytes: %v", size, err)
		}
	}
	if read != limit {
		t.Errorf("%d bytes were sent, want %d", read, limit)
	}
	// One that would take it is told of it, and gets nothing.
	if err := client.Accepts(t.Context(), sumB, limit); err != nil || read != limit {
		t.Errorf("%v, %d bytes were sent", err, read)
	}
}
