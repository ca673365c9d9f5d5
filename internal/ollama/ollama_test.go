package ollama

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ollama/ollama/api"

	"github.com/tunegate/tunegate/internal/engine"
)

func TestDial(t *testing.T) {
	t.Parallel()
	for base, good := range map[string]bool{
		"http://127.0.0.1:11434": true, "https://tutor.lan": true, "http://host:1/prefix/": true,
		"": false, "127.0.0.1:11434": false, "localhost": false, "ftp://x": false, "http://": false,
		"http://user:secret@x": false, "http://x?a=b": false, "http://[": false,
	} {
		if _, err := Dial(base); (err == nil) != good {
			t.Errorf("%q: %v", base, err)
		}
	}
}

func TestReadsAreRetried(t *testing.T) {
	t.Parallel()
	var calls atomic.Int32
	client := fake(t, map[string]http.HandlerFunc{
		"GET /api/version": func(w http.ResponseWriter, _ *http.Request) {
			switch calls.Add(1) {
			case 1:
				panic(http.ErrAbortHandler)
			case 2:
				w.WriteHeader(http.StatusServiceUnavailable)
			default:
				w.Write([]byte(`{"version":"1.2.3"}`))
			}
		},
	})
	if version, err := client.Version(t.Context()); err != nil || version != "1.2.3" {
		t.Errorf("%q, %v", version, err)
	}
}

func TestChangesAreSentOnce(t *testing.T) {
	t.Parallel()
	var calls atomic.Int32
	busy := func(w http.ResponseWriter, _ *http.Request) {
		calls.Add(1)
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	client := fake(t, map[string]http.HandlerFunc{"POST /api/create": busy, "POST /api/chat": busy})
	if err := client.Create(t.Context(), engine.Definition{Tag: "a", GGUF: sumA}); err == nil {
		t.Error("create: no error")
	}
	if _, err := client.Chat(t.Context(), engine.Ask{Tag: "a"}); err == nil {
		t.Error("chat: no error")
	}
	if n := calls.Load(); n != 2 {
		t.Errorf("%d requests, want 2", n)
	}
}

func TestExplain(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		status int
		body   string
		is     error
		wrong  string
	}{
		{404, `{"error":"model 'x' not found"}`, engine.ErrNotFound, "no such tag"},
		{400, `{"error":"the input length exceeds the context length"}`, engine.ErrTooLong, "raise num_ctx"},
		{500, `{"error":"open /m/blobs/sha256-aa: no such file or directory"}`, ErrMissingBlob, "upload the GGUF again"},
		{500, `{"error":"write /m/blobs/x: no space left on device"}`, nil, "free disk space"},
		{500, "bad\x1b[31m\n" + strings.Repeat("long", 5000), nil, `bad\x1b[31m\n`},
		{503, "", nil, "answered"},
	} {
		client := fake(t, map[string]http.HandlerFunc{"DELETE /api/delete": answer(test.status, test.body)})
		err := client.explain("delete x", client.once.Delete(t.Context(), &api.DeleteRequest{Model: "x"}))
		if err == nil || !strings.Contains(err.Error(), test.wrong) || len(err.Error()) > 600 {
			t.Errorf("%s: %v", test.wrong, err)
		}
		if test.is != nil && !errors.Is(err, test.is) {
			t.Errorf("%v is not %v", err, test.is)
		}
	}
}

func TestNoServer(t *testing.T) {
	t.Parallel()
	client, err := Dial("http://127.0.0.1:1")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.Version(t.Context()); err == nil || !strings.Contains(err.Error(), "check that the server is running") {
		t.Errorf("%v", err)
	}
}

func TestBodyIsBounded(t *testing.T) {
	t.Parallel()
	client := fake(t, map[string]http.HandlerFunc{
		"GET /api/version": func(w http.ResponseWriter, _ *http.Request) {
			piece := []byte(strings.Repeat(" ", 1<<20))
			for range maxBody>>20 + 1 {
				if _, err := w.Write(piece); err != nil {
					return
				}
			}
		},
	})
	if _, err := client.Version(t.Context()); err == nil || !strings.Contains(err.Error(), "too large") {
		t.Errorf("%v", err)
	}
}

func TestCancel(t *testing.T) {
	t.Parallel()
	client := fake(t, map[string]http.HandlerFunc{
		"/": func(_ http.ResponseWriter, r *http.Request) {
			io.Copy(io.Discard, r.Body) // only then is the end of the connection seen
			<-r.Context().Done()
		},
	})
	for name, call := range map[string]func(context.Context) error{
		"create": func(ctx context.Context) error { return client.Create(ctx, engine.Definition{Tag: "a", GGUF: sumA}) },
		"chat":   func(ctx context.Context) error { _, err := client.Chat(ctx, engine.Ask{Tag: "a"}); return err },
		"render": func(ctx context.Context) error { _, err := client.Render(ctx, "a", nil); return err },
		"show":   func(ctx context.Context) error { _, err := client.Show(ctx, "a"); return err },
		"upload": func(ctx context.Context) error { return client.Upload(ctx, "/none", sumA) },
	} {
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		if err := call(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s: %v", name, err)
		}
		cancel()
	}
}

// TestHangingServer has a server that takes a connection and then does nothing,
// neither reading an upload nor answering.
func TestHangingServer(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close() // the system accepts connections for it
	const limit = 50 * time.Millisecond
	for name, move := range map[string]func(net.Conn) error{
		"read": func(conn net.Conn) error { _, err := conn.Read(make([]byte, 1)); return err },
		"write": func(conn net.Conn) error {
			for {
				if _, err := conn.Write(make([]byte, 1<<20)); err != nil {
					return err
				}
			}
		},
	} {
		conn, err := net.Dial("tcp", listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		if err := move(patient{conn, limit}); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("%s: %v", name, err)
		}
		conn.Close()
	}
	client := fake(t, nil)
	if err := client.explain("chat with a", &url.Error{Err: os.ErrDeadlineExceeded}); !strings.Contains(err.Error(), "sent nothing for 30m0s") {
		t.Errorf("%v", err)
	}
}
