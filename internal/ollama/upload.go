package ollama

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"

	"github.com/ollama/ollama/api"

	"github.com/tunegate/tunegate/internal/engine"
)

// Upload uploads the file at path, whose sha256 is digest (hex). It costs almost
// nothing if the server already has it.
func (c *Client) Upload(ctx context.Context, path, digest string) error {
	has, err := c.hasBlob(ctx, digest)
	if err != nil || has {
		return err
	}
	file, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("ollama: upload: %w", err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return fmt.Errorf("ollama: upload: %w", err)
	}
	return c.explain("upload "+path, c.post(ctx, digest, file, info.Size(), nil))
}

// errAsked ends a request once the server asks for its body.
var errAsked = errors.New("the body was asked for")

type asked struct{}

func (asked) Read([]byte) (int, error) { return 0, errAsked }

// Accepts checks whether an upload of that many bytes would reach the server, without
// sending them: a proxy applies its limit to the length. The digest (hex) is that of a
// GGUF on the server, so that the server stores nothing.
func (c *Client) Accepts(ctx context.Context, digest string, size int64) error {
	// Not for real uploads: a Go server asked this way resets the connection when it
	// refuses during the body, and its reason is lost.
	err := c.post(ctx, digest, asked{}, size, http.Header{"Expect": {"100-continue"}})
	if errors.Is(err, errAsked) {
		return nil
	}
	return c.explain("announce an upload", err)
}

// post sends a blob with its length and these headers.
func (c *Client) post(ctx context.Context, digest string, body io.Reader, size int64, header http.Header) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.blob(digest), body)
	if err != nil {
		return err
	}
	if header != nil {
		request.Header = header
	}
	request.ContentLength = size
	if size == 0 {
		request.Body = http.NoBody
	}
	request.Header.Set("Content-Type", "application/octet-stream")
	response, err := c.writes.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	said, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode < http.StatusBadRequest {
		return err
	}
	refused := api.StatusError{StatusCode: response.StatusCode}
	if json.Unmarshal(said, &refused) != nil {
		refused.ErrorMessage = string(said)
	}
	return refused
}

// blob returns the address of a blob.
func (c *Client) blob(digest string) string {
	return c.base.JoinPath("api", "blobs", "sha256:"+digest).String() // #nosec G125 -- a digest that tunegate computed
}

// hasBlob asks first, because a server that has the blob answers an upload without
// reading it, which can reset the connection during a large body.
func (c *Client) hasBlob(ctx context.Context, digest string) (bool, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodHead, c.blob(digest), nil)
	if err != nil {
		return false, fmt.Errorf("ollama: %w", err)
	}
	response, err := c.reads.Do(request)
	if err != nil {
		return false, c.explain("look for the GGUF", err)
	}
	response.Body.Close()
	return response.StatusCode == http.StatusOK, nil
}

// Create creates or replaces a tag with an uploaded GGUF. The server accepts damaged
// weights: show the tag and chat with it before trusting it. ErrMissingBlob: upload the
// GGUF (again).
func (c *Client) Create(ctx context.Context, d engine.Definition) error {
	stream := false // a truncated stream looks like success
	var status string
	err := c.once.Create(ctx, &api.CreateRequest{
		Model:      d.Tag,
		Files:      map[string]string{"model.gguf": "sha256:" + d.GGUF},
		Template:   d.Template,
		System:     d.System,
		Parameters: d.Parameters,
		License:    d.License,
		Stream:     &stream,
	}, func(progress api.ProgressResponse) error {
		status = progress.Status
		return nil
	})
	switch doing := "create " + d.Tag; {
	case ctx.Err() != nil:
		return fmt.Errorf("ollama: %s: %w", doing, ctx.Err())
	case err != nil:
		return c.explain(doing, err)
	case status != "success":
		return fmt.Errorf("ollama: %s: the server ended with status %.100q instead of \"success\" (hint: try again)", doing, status)
	}
	return nil
}

// Add uploads the GGUF at path and creates the tag. It retries both once if the server
// lost the blob in between, as after a restart.
func (c *Client) Add(ctx context.Context, path string, d engine.Definition) error {
	err := c.add(ctx, path, d)
	if errors.Is(err, ErrMissingBlob) {
		err = c.add(ctx, path, d)
	}
	return err
}

func (c *Client) add(ctx context.Context, path string, d engine.Definition) error {
	if err := c.Upload(ctx, path, d.GGUF); err != nil {
		return err
	}
	return c.Create(ctx, d)
}
