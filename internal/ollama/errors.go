package ollama

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/ollama/ollama/api"
)

var (
	// ErrNotFound: the server has no such tag.
	ErrNotFound = errors.New("no such tag")
	// ErrTooLong: the conversation has more tokens than num_ctx.
	ErrTooLong = errors.New("the conversation is longer than the context")
	// ErrMissingBlob: the GGUF that a tag should be made of is not on the server
	// (a server that starts removes blobs that no tag uses).
	ErrMissingBlob = errors.New("the server does not have the GGUF")
	// ErrMissing: there is no Ollama binary on this machine.
	ErrMissing = errors.New("no Ollama binary")
)

// symptoms are texts of the server's errors, tried in order, with what they mean
// (an error of this package or nil) and what can be done.
var symptoms = []struct {
	text string
	is   error
	hint string
}{
	{"exceeds the context length", ErrTooLong, "raise num_ctx or shorten the conversation"},
	{"no space left on device", nil, "free disk space where the server keeps its models"},
	{"no such file or directory", ErrMissingBlob, "upload the GGUF again"},
	{"digest mismatch", nil, "the file changed after its digest was taken: export it again"},
	{"invalid model name", nil, "a tag is NAME:TAG of letters, digits, '-', '_' and '.', at most 80 characters a part"},
	{"not in GGUF format", nil, "the GGUF is damaged: export it again"},
	{"exceeds file size", nil, "the GGUF is cut short: export it again"},
	{"template error", nil, "mend the Go template of serve.template"},
	{"unable to load model", nil, "the server's log has the reason"},
	{"unknown renderer", nil, "the tag needs another version of Ollama"},
}

// explain words an error of the API client for the one who must mend it, and
// makes ErrNotFound and the like recognizable. The server's own text is quoted
// and bounded.
func (c *Client) explain(doing string, err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(err, context.Canceled) {
		return fmt.Errorf("ollama: %s: %w", doing, context.Canceled)
	}
	var status api.StatusError
	if errors.As(err, &status) && status.StatusCode == http.StatusNotFound {
		return fmt.Errorf("ollama: %s: %w at %s (list its tags with `ollama list`)", doing, ErrNotFound, c.base)
	}
	if network := (*url.Error)(nil); errors.As(err, &network) {
		return fmt.Errorf("ollama: %s: no answer from %s: %w (is the server running?)", doing, c.base, network.Err)
	}
	text := err.Error()
	for _, s := range symptoms {
		if !strings.Contains(text, s.text) {
			continue
		}
		if s.is != nil {
			return fmt.Errorf("ollama: %s: %w: %.300q (%s)", doing, s.is, text, s.hint)
		}
		return fmt.Errorf("ollama: %s: %.300q (%s)", doing, text, s.hint)
	}
	return fmt.Errorf("ollama: %s: the server at %s said %.300q (its log may say more)", doing, c.base, text)
}
