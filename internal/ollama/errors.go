package ollama

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"

	"github.com/ollama/ollama/api"

	"github.com/tunegate/tunegate/internal/engine"
)

var (
	// ErrMissingBlob: the GGUF of a new tag is not on the server (a starting server
	// removes blobs that no tag uses).
	ErrMissingBlob = errors.New("the server does not have the GGUF")
	// ErrMissing: there is no Ollama binary on this machine.
	ErrMissing = errors.New("no Ollama binary")
)

const (
	hintExport = "export it again with `tunegate run --force export`, or use a server that supports its architecture; see the server's log for the reason"
	hintName   = "write the tag as NAME:TAG, each part of letters, digits, '-', '_' and '.', at most 80 characters"
	hintLoad   = "check the server's log: if memory is short, free some and try again; if the weights are damaged, run `tunegate run --force export`"
	hintRunner = "check the server's log and `dmesg` for lack of memory, then try again"
)

// symptoms are texts in the server's errors, tried in order, with their kind of error
// (or nil) and a hint. Some apply to one request only: doing is its first word.
var symptoms = []struct {
	doing string // "": any
	text  string
	is    error
	hint  string
}{
	{"", "exceeds the context length", engine.ErrTooLong, "raise num_ctx or shorten the conversation"},
	{"", "no space left on device", engine.ErrDiskFull, "free disk space where the server keeps its models, then try again"},
	{"", "no such file or directory", ErrMissingBlob, "upload the GGUF again"},
	{"", "digest mismatch", nil, "the file changed after it was hashed: export it again with `tunegate run --force export`"},
	{"", "invalid digest", nil, "use a digest of 64 hexadecimal digits"},
	{"", "invalid model name", nil, hintName},
	{"", "unqualified name", nil, hintName},
	{"", "is invalid", nil, hintName},
	{"", "template error", nil, "correct the Go template of serve.template"},
	{"", "must be of type", nil, "correct serve.parameters"},
	{"", "unknown renderer", nil, "use the version of Ollama that the tag needs"},
	{"create", "not in GGUF format", engine.ErrUnloadable, hintExport},
	{"create", "exceeds file size", engine.ErrUnloadable, hintExport},
	{"create", "unexpected EOF", engine.ErrUnloadable, hintExport},
	{"", "requires more system memory", engine.ErrNoMemory, "free memory on the server or use a smaller model"},
	{"", "unable to load model", engine.ErrUnloadable, hintExport},
	{"", "error loading model", engine.ErrUnloadable, hintExport},
	{"", "does not support chat", engine.ErrUnloadable, "create the tag again: its files are gone from the server"},
	{"", "runner process", engine.ErrRunner, hintRunner},
	{"", "model runner has unexpectedly stopped", engine.ErrRunner, hintRunner},
	{"", "while running the model", engine.ErrRunner, hintRunner},
	{"", "model failed to load", engine.ErrRunner, hintLoad},
	{"", "error reading llm response", engine.ErrRunner, hintRunner},
	{"", "server busy", nil, "try again later: it is busy with other requests"},
	{"", "unexpected EOF", engine.ErrUnloadable, hintExport},
}

// explain turns an error of the API client into one that tells users how to fix it, and
// wraps engine.ErrNotFound and similar. The server's own text is quoted and bounded.
// Doing starts with the request's verb.
func (c *Client) explain(doing string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, context.Canceled):
		return fmt.Errorf("ollama: %s: %w", doing, context.Canceled)
	case errors.Is(err, os.ErrDeadlineExceeded):
		return fmt.Errorf("ollama: %s: %s sent nothing for %v (hint: restart the server if it hangs)", doing, c.base, quiet)
	}
	if f := (*front)(nil); errors.As(err, &f) {
		return fmt.Errorf("ollama: %s: %s: %w", doing, c.base, f)
	}
	if network := (*url.Error)(nil); errors.As(err, &network) {
		return fmt.Errorf("ollama: %s: no answer from %s: %w (hint: check that the server is running)", doing, c.base, network.Err)
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("ollama: %s: %s closed the connection: %w (hint: check that the server is running)", doing, c.base, err)
	}
	var status api.StatusError
	if errors.As(err, &status) && status.StatusCode == http.StatusNotFound && strings.HasPrefix(status.ErrorMessage, "model") {
		return fmt.Errorf("ollama: %s: %w at %s (hint: list its tags with `ollama list`)", doing, engine.ErrNotFound, c.base)
	}
	syntax := (*json.SyntaxError)(nil)
	if errors.As(err, &syntax) || status.StatusCode == http.StatusNotFound || status.StatusCode == http.StatusMethodNotAllowed {
		return fmt.Errorf("ollama: %s: %s does not answer like Ollama: %.200q (hint: check that this is the address of an Ollama server)", doing, c.base, err)
	}
	return c.diagnose(doing, err)
}

// diagnose explains the server's error text.
func (c *Client) diagnose(doing string, err error) error {
	text := err.Error()
	verb, _, _ := strings.Cut(doing, " ")
	if text == "EOF" || strings.HasSuffix(text, ": EOF") {
		return fmt.Errorf("ollama: %s: %w at %s (hint: free disk space and try again, which recreates it)", doing, engine.ErrBroken, c.base)
	}
	for _, s := range symptoms {
		if !strings.Contains(text, s.text) || s.doing != "" && s.doing != verb {
			continue
		}
		if s.is != nil {
			return fmt.Errorf("ollama: %s: %w: %.300q (hint: %s)", doing, s.is, text, s.hint)
		}
		return fmt.Errorf("ollama: %s: %.300q (hint: %s)", doing, text, s.hint)
	}
	return fmt.Errorf("ollama: %s: the server at %s answered %.300q (hint: check its log)", doing, c.base, text)
}
