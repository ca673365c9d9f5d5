package llamacpp

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/tunegate/tunegate/internal/engine"
	"github.com/tunegate/tunegate/internal/proc"
)

const (
	startLimit   = 5 * time.Minute // large weights may be on a slow disk
	startPoll    = 20 * time.Millisecond
	portAttempts = 3
	maxBody      = 64 << 20        // bytes of one response
	deathLimit   = 2 * time.Second // for a server to exit after it closed the connection
)

// child is a llama-server with one GGUF.
type child struct {
	load    load
	process *proc.Process
	said    *proc.Tail
	base    string // its address
	key     string // required in requests: other users of the machine may reach its port
	http    http.Client
}

var (
	errPortTaken = errors.New("the port was taken by another program")
	errCut       = errors.New("no answer from llama-server")
)

// serve returns a running server of a GGUF with these settings.
func (e *Engine) serve(ctx context.Context, gguf string, l load) (*child, error) {
	running, found := e.servers[gguf]
	if found && running.load == l && !running.ended() {
		return running, nil
	}
	if err := e.end(gguf); err != nil {
		fmt.Fprintln(e.options.Log, err) // it died since its last answer
	}
	for attempt := 1; ; attempt++ {
		started, err := e.start(ctx, e.blobPath(gguf), l)
		if errors.Is(err, errPortTaken) && attempt < portAttempts {
			continue
		}
		if err == nil {
			e.servers[gguf] = started
		}
		return started, err
	}
}

// start starts a server and waits until it answers. It runs until it is stopped.
func (e *Engine) start(ctx context.Context, path string, l load) (*child, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	address := listener.Addr().(*net.TCPAddr)
	if err := listener.Close(); err != nil {
		return nil, err
	}
	c := &child{load: l, said: proc.NewTail(100), base: "http://" + address.String(), key: rand.Text()}
	args := []string{
		"--model", path, "--host", address.IP.String(), "--port", strconv.Itoa(address.Port),
		"--ctx-size", strconv.Itoa(l.context), "--parallel", "1", "--no-webui",
	}
	if l.threads > 0 {
		args = append(args, "--threads", strconv.Itoa(l.threads), "--threads-batch", strconv.Itoa(l.threads))
	}
	c.process, err = e.launcher.Start(context.WithoutCancel(ctx), proc.Command{
		Name: "llama-server", Path: e.options.Binary, Args: args, Dir: e.options.Home,
		Env: append(e.environment(), "LLAMA_API_KEY="+c.key), Log: io.MultiWriter(e.options.Log, c.said),
		Network: proc.PrivateNetwork,
	})
	if err != nil {
		return nil, err
	}
	c.http.Transport = &http.Transport{DialContext: c.process.Dial, IdleConnTimeout: 30 * time.Second}
	if err := c.await(ctx, path); err != nil {
		c.process.Stop()
		return nil, errors.Join(err, c.process.Wait())
	}
	return c, nil
}

func (c *child) ended() bool {
	select {
	case <-c.process.Done():
		return true
	default:
		return false
	}
}

// await returns nil once this server has loaded its weights. The port alone proves
// nothing: another program may have taken it.
func (c *child) await(ctx context.Context, path string) error {
	limit := time.After(startLimit)
	poll := time.NewTicker(startPoll)
	defer poll.Stop()
	for {
		var props struct {
			Path string `json:"model_path"`
		}
		err := c.call(ctx, "props", nil, &props)
		if err == nil && props.Path == path {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-c.process.Done():
			return c.post()
		case <-limit:
			return fmt.Errorf("llama-server is not ready after %v: %w\n%s", startLimit, err, c.said.Fenced())
		case <-poll.C:
		}
	}
}

// post explains why the server exited during its start.
func (c *child) post() error {
	said := c.said.String()
	kind, hint := engine.ErrRunner, "try again"
	switch {
	case strings.Contains(said, "couldn't bind"):
		return errPortTaken
	case strings.Contains(said, "failed to allocate"), strings.Contains(said, "out of memory"):
		kind, hint = engine.ErrNoMemory, "free memory or use a smaller model"
	case strings.Contains(said, "model loading error"), strings.Contains(said, "failed to load model"):
		kind, hint = engine.ErrUnloadable, "export it again with `tunegate run --force export`, or use a llama-server that supports its architecture"
	}
	return fmt.Errorf("%w (hint: %s)\n%s", kind, hint, c.said.Fenced())
}

// call posts a request, or sends a GET without one, and reads the response.
func (c *child) call(ctx context.Context, path string, in, out any) error {
	method, body := http.MethodGet, []byte(nil)
	if in != nil {
		var err error
		if body, err = json.Marshal(in); err != nil {
			return err
		}
		method = http.MethodPost
	}
	request, err := http.NewRequestWithContext(ctx, method, c.base+"/"+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+c.key)
	request.Header.Set("Content-Type", "application/json")
	response, err := c.http.Do(request)
	if err != nil {
		return fmt.Errorf("%w: %w", errCut, err)
	}
	defer response.Body.Close()
	data, err := io.ReadAll(http.MaxBytesReader(nil, response.Body, maxBody))
	if err != nil {
		return fmt.Errorf("%w: %w", errCut, err)
	}
	if response.StatusCode != http.StatusOK {
		return refused(path, response.StatusCode, data)
	}
	if err := json.Unmarshal(data, out); err != nil {
		return fmt.Errorf("llama-server's answer to %s cannot be read: %w", path, err)
	}
	return nil
}

// ask calls a ready server. If the server died, the error is ErrRunner.
func (c *child) ask(ctx context.Context, path string, in, out any) error {
	err := c.call(ctx, path, in, out)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if !errors.Is(err, errCut) {
		return err
	}
	select {
	case <-c.process.Done():
		return fmt.Errorf("%w: %w (hint: check `dmesg` for lack of memory, then try again)\n%s", engine.ErrRunner, err, c.said.Fenced())
	case <-time.After(deathLimit):
		return err
	}
}

// refused explains an error response of llama-server.
func refused(path string, status int, data []byte) error {
	var body struct {
		Error struct {
			Message string `json:"message"`
			Type    string `json:"type"`
		} `json:"error"`
	}
	json.Unmarshal(data, &body) // text other than JSON is shown as it is
	switch {
	case body.Error.Type == "exceed_context_size_error":
		return fmt.Errorf("%w: %.300q (hint: raise num_ctx or shorten the conversation)", engine.ErrTooLong, body.Error.Message)
	case body.Error.Message != "":
		return fmt.Errorf("llama-server answers %s with %.300q and status %d (hint: check its log)", path, body.Error.Message, status)
	}
	return fmt.Errorf("llama-server answers %s with status %d: %.300q (hint: check its log)", path, status, data)
}
