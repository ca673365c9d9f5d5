package doctor

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/tunegate/tunegate/internal/check"
	"github.com/tunegate/tunegate/internal/config"
	"github.com/tunegate/tunegate/internal/engine"
	"github.com/tunegate/tunegate/internal/machine"
	"github.com/tunegate/tunegate/internal/ollama"
)

// servedWait bounds the asking of a shared server.
const servedWait = 10 * time.Second

// servedChecks ask a shared server for the two tags that people use, which others may
// have written, and whether a model as large as the base can be uploaded beside it.
func servedChecks(ctx context.Context, in inspection) []check.Check {
	if in.runner.PrivateServer() || in.config == nil || !check.Healthy(in.ofTools) {
		return nil
	}
	client, err := ollama.Dial(in.runner.Ollama)
	if err != nil {
		return []check.Check{check.Failed("served", err.Error(), "correct `runner.ollama` of the config")}
	}
	ctx, cancel := context.WithTimeout(ctx, servedWait)
	defer cancel()
	var checks []check.Check
	base := in.config.Name + "-base"
	for _, tag := range []string{base, in.config.Name + ":" + config.StableModel} {
		shown, err := client.Show(ctx, tag)
		switch {
		case errors.Is(err, engine.ErrNotFound):
			continue
		case err != nil:
			checks = append(checks, check.Warned("served", err.Error(), "run `ollama show "+tag+"` on that server for details"))
			continue
		}
		checks = append(checks, servedCheck(tag, shown, in))
		if tag != base {
			continue
		}
		if err := client.Accepts(ctx, shown.GGUF, 2*in.base.parameters); errors.Is(err, ollama.ErrFront) {
			checks = append(checks, check.Failed("served", err.Error(), fixServer(machine.Answer{Address: in.runner.Ollama, Err: err}, "runner.ollama")))
		}
	}
	return checks
}

func servedCheck(tag string, shown engine.Model, in inspection) check.Check {
	var differs []string
	penalty := shown.Parameters["repeat_penalty"]
	if penalty == nil {
		differs = append(differs, "no repeat_penalty, so the server's default of 1.1: "+whyPenalty)
	} else if !slices.Equal(penalty, []string{"1"}) {
		differs = append(differs, "repeat_penalty "+strings.Join(penalty, ", ")+": "+whyPenalty)
	}
	if in.plan != nil && in.plan.Template != "" && shown.Template != in.plan.Template {
		differs = append(differs, "a different template from "+in.config.Serve.TemplateFile)
	}
	if shown.System != in.config.Serve.System {
		differs = append(differs, "a different system prompt from `serve.system`")
	}
	if differs == nil {
		return check.Passed("served", tag+": template, system prompt and repeat_penalty as in the config")
	}
	return check.Warned("served", tag+" has "+strings.Join(differs, "; "),
		"`"+in.about.Command+" run` registers and judges a model with the config's settings; then promote it")
}
