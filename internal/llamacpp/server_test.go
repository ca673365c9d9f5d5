package llamacpp

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/engine"
	"github.com/tunegate/tunegate/internal/proc"
	"github.com/tunegate/tunegate/internal/proc/proctest"
)

// TestEndsByKind: what a server says before it ends at once decides the error.
func TestEndsByKind(t *testing.T) {
	t.Parallel()
	for said, want := range map[string]error{
		"srv: couldn't bind HTTP server socket, hostname: 127.0.0.1, port: 1\n":                                      errPortTaken,
		"ggml_backend: failed to allocate buffer of size 9000000000\nsrv: exiting due to model loading error\n":      engine.ErrNoMemory,
		"error loading model: unknown model architecture: 'qwenX'\nmain: exiting due to model loading error\n":       engine.ErrUnloadable,
		"gguf_init_from_file: invalid magic\nsrv load_model: failed to load model, 'x.gguf'\nsomething else at last": engine.ErrUnloadable,
		"Illegal instruction\n": engine.ErrRunner,
	} {
		c := &child{said: proc.NewTail(10)}
		c.said.Write([]byte(said))
		if err := c.post(); !errors.Is(err, want) {
			t.Errorf("%q: %v", said, err)
		}
	}
}

func TestRefused(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`{"error": {"code": 400, "message": "request (9 tokens) exceeds the available context size (8 tokens)", "type": "exceed_context_size_error"}}`: engine.ErrTooLong.Error(),
		`{"error": {"message": "bad\u001b[31m"}}`:  `answers completion with "bad\x1b[31m" and status 400 (hint: `,
		"<html>" + strings.Repeat("long", 100_000): `with status 400: "<html>longlong`,
	} {
		if err := refused("completion", http.StatusBadRequest, []byte(body)); !strings.Contains(err.Error(), want) || len(err.Error()) > 600 {
			t.Errorf("%.100s: %v", body, err)
		}
	}
}

// TestARunnerThatDies in the middle of an answer is told from a question that was
// aborted and from a server that lives.
func TestARunnerThatDies(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
	t.Cleanup(server.Close)
	for _, test := range []struct {
		args    []string
		aborted bool
		want    error
	}{
		{[]string{"0.1"}, false, engine.ErrRunner}, {[]string{"60"}, false, errCut}, {[]string{"60"}, true, context.Canceled},
	} {
		process, err := proctest.Launcher(t).Start(t.Context(), proc.Command{Name: "sleep", Path: "/bin/sleep", Args: test.args, Env: os.Environ()})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		if test.aborted {
			cancel()
		}
		c := &child{process: process, said: proc.NewTail(1), base: server.URL}
		if err := c.ask(ctx, "completion", map[string]any{}, nil); !errors.Is(err, test.want) {
			t.Errorf("%v: %v, want %v", test, err, test.want)
		}
		cancel()
		process.Stop()
		process.Wait()
	}
}
