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
	// ErrMissingBlob: the GGUF that a tag should be made of is not on the server
	// (a server that starts removes blobs that no tag uses).
	ErrMissingBlob = errors.New("the server does not have the GGUF")
	// ErrMissing: there is no Ollama binary on this machine.
	ErrMissing = errors.New("no Ollama binary")
)

const (
	hintExport = "export it again with `tunegate run --force export`, or use a server that knows its architecture; the server's log has the reason"
	hintName   = "a tag is NAME:TAG of letters, digits, '-', '_' and '.', at most 80 characters a part"
	hintLoad   = "the server's log says whether memory is short, then try again, or the weights are damaged, then `tunegate run --force export`"
	hintRunner = "look for a lack of memory in the server's log or in `dmesg`, then try again"
)

// symptoms are texts of the server's errors, tried in order, with what they mean
// (a kind of error or nil) and what can be done. Some mean something
// else for another request: those name the first word of what was done.
var symptoms = []struct {
	doing string // "": any
	text  string
	is    error
	hint  string
}{
	{"", "exceeds the context length", engine.ErrTooLong, "raise num_ctx or shorten the conversation"},
	{"", "no space left on device", engine.ErrDiskFull, "free disk space where the server keeps its models, then try again"},
	{"", "no such file or directory", ErrMissingBlob, "upload the GGUF again"},
	{"", "digest mismatch", nil, "the file changed after its digest was taken: export it again with `tunegate run --force export`"},
	{"", "invalid digest", nil, "a digest is 64 hexadecimal digits"},
	{"", "invalid model name", nil, hintName},
	{"", "unqualified name", nil, hintName},
	{"", "is invalid", nil, hintName},
	{"", "template error", nil, "correct the Go template of serve.template"},
	{"", "must be of type", nil, "correct serve.parameters"},
	{"", "unknown renderer", nil, "the tag needs another version of Ollama"},
	{"create", "not in GGUF format", engine.ErrUnloadable, hintExport},
	{"create", "exceeds file size", engine.ErrUnloadable, hintExport},
	{"create", "unexpected EOF", engine.ErrUnloadable, hintExport},
	{"", "requires more system memory", engine.ErrNoMemory, "free memory on the server or take a smaller model"},
	{"", "unable to load model", engine.ErrUnloadable, hintExport},
	{"", "error loading model", engine.ErrUnloadable, hintExport},
	{"", "does not support chat", engine.ErrUnloadable, "its files are gone from the server: create the tag again"},
	{"", "runner process", engine.ErrRunner, hintRunner},
	{"", "model runner has unexpectedly stopped", engine.ErrRunner, hintRunner},
	{"", "while running the model", engine.ErrRunner, hintRunner},
	{"", "model failed to load", engine.ErrRunner, hintLoad},
	{"", "error reading llm response", engine.ErrRunner, hintRunner},
	{"", "server busy", nil, "it serves others: try again later"},
	{"", "unexpected EOF", engine.ErrUnloadable, hintExport},
}

// explain words an error of the API client for the one who must fix it, and
// makes engine.ErrNotFound and the like recognizable. The server's own text is quoted
// and bounded. Doing starts with the request's verb.
func (c *Client) explain(doing string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, context.Canceled):
		return fmt.Errorf("ollama: %s: %w", doing, context.Canceled)
	case errors.Is(err, os.ErrDeadlineExceeded):
		return fmt.Errorf("ollama: %s: %s sent nothing for %v (hint: does it hang? restart it)", doing, c.base, quiet)
	}
	if f := (*front)(nil); errors.As(err, &f) {
		return fmt.Errorf("ollama: %s: %s: %w", doing, c.base, f)
	}
	if network := (*url.Error)(nil); errors.As(err, &network) {
		return fmt.Errorf("ollama: %s: no answer from %s: %w (hint: is the server running?)", doing, c.base, network.Err)
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("ollama: %s: %s cut the connection: %w (hint: is the server running?)", doing, c.base, err)
	}
	var status api.StatusError
	if errors.As(err, &status) && status.StatusCode == http.StatusNotFound && strings.HasPrefix(status.ErrorMessage, "model") {
		return fmt.Errorf("ollama: %s: %w at %s (hint: list its tags with `ollama list`)", doing, engine.ErrNotFound, c.base)
	}
	syntax := (*json.SyntaxError)(nil)
	if errors.As(err, &syntax) || status.StatusCode == http.StatusNotFound || status.StatusCode == http.StatusMethodNotAllowed {
		return fmt.Errorf("ollama: %s: %s does not answer like Ollama: %.200q (hint: is it the address of an Ollama server?)", doing, c.base, err)
	}
	return c.diagnose(doing, err)
}

// diagnose words what the server said.
func (c *Client) diagnose(doing string, err error) error {
	text := err.Error()
	verb, _, _ := strings.Cut(doing, " ")
	if text == "EOF" || strings.HasSuffix(text, ": EOF") {
		return fmt.Errorf("ollama: %s: %w at %s (hint: try again, which makes it anew; it needs free disk space)", doing, engine.ErrBroken, c.base)
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
	return fmt.Errorf("ollama: %s: the server at %s said %.300q (hint: its log may say more)", doing, c.base, text)
}
