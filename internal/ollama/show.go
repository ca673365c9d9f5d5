package ollama

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/ollama/ollama/api"

	"github.com/tunegate/tunegate/internal/engine"
)

var ggufDigest = regexp.MustCompile(`sha256[-:]([0-9a-f]{64})$`)

// Show reads a tag. A tag with more than one GGUF and its settings (an adapter, a
// projector, stored messages, a model in the cloud) is an error, because an
// engine.Model would not describe all of it. engine.ErrNotFound: no such tag.
func (c *Client) Show(ctx context.Context, tag string) (engine.Model, error) {
	response, err := c.retrying.Show(ctx, &api.ShowRequest{Model: tag})
	if err != nil {
		return engine.Model{}, c.explain("show "+tag, err)
	}
	model, err := modelOf(response)
	if err != nil {
		return engine.Model{}, fmt.Errorf("ollama: show %s: %w (hint: use a tag of one GGUF)", tag, err)
	}
	return model, nil
}

func modelOf(r *api.ShowResponse) (engine.Model, error) {
	if r.RemoteHost != "" {
		return engine.Model{}, fmt.Errorf("its model runs at %.100q", r.RemoteHost)
	}
	if len(r.Messages) > 0 {
		return engine.Model{}, fmt.Errorf("it has %d stored messages", len(r.Messages))
	}
	file, err := readModelfile(r)
	if err != nil {
		return engine.Model{}, err
	}
	m := engine.Model{
		GGUF: file.gguf, Template: r.Template, System: r.System, License: r.License,
		Renderer: file.renderer, Parser: file.parser,
	}
	m.Parameters, err = parseParameters(r.Parameters)
	return m, err
}

type modelfile struct{ gguf, renderer, parser string }

// readModelfile reads the Modelfile lines that are in no other field of the response.
// Template and system prompt may contain similar lines; they are known, so they are
// removed first. The server writes FROM, ADAPTER,
// TEMPLATE, SYSTEM, RENDERER, PARSER, then parameters, licenses and messages.
func readModelfile(r *api.ShowResponse) (modelfile, error) {
	var file modelfile
	head, rest, _ := strings.Cut(r.Modelfile, "\nTEMPLATE ")
	for _, known := range []string{r.Template, r.System} {
		if _, after, found := strings.Cut(rest, known); found {
			rest = after
		}
	}
lines:
	for line := range strings.Lines(head + "\n" + rest) {
		switch command, value, _ := strings.Cut(strings.TrimSpace(line), " "); command {
		case "FROM":
			digest := ggufDigest.FindStringSubmatch(value)
			if digest == nil {
				return file, fmt.Errorf("its FROM line %.200q names no digest", value)
			}
			if file.gguf != "" {
				return file, errors.New("it consists of several files")
			}
			file.gguf = digest[1]
		case "ADAPTER":
			return file, errors.New("it has an adapter")
		case "RENDERER":
			file.renderer = value
		case "PARSER":
			file.parser = value
		case "PARAMETER", "LICENSE", "MESSAGE":
			break lines
		}
	}
	if file.gguf == "" {
		return file, errors.New("its Modelfile has no FROM line")
	}
	return file, nil
}
