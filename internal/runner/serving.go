package runner

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"text/template"
	"time"

	"github.com/tunegate/tunegate/internal/config"
	"github.com/tunegate/tunegate/internal/ollama"
	"github.com/tunegate/tunegate/internal/register"
)

const whyPenalty = "a penalty on repetition pushes down the digits and the terms of the question, which a right answer repeats"

// servingChecks look at how the config has the tags served.
func servingChecks(wants wanted, base baseModel) []Check {
	if wants.config == nil {
		return nil
	}
	var checks []Check
	if wants.plan != nil {
		checks = append(checks, templateCheck(wants, base))
	}
	return append(checks, penaltyCheck(wants.config.Serve))
}

// templateCheck reads the file that serve.template names; without one the base's
// chat template must look like the built-in one, which registering proves.
func templateCheck(wants wanted, base baseModel) Check {
	const marks = "<|im_start|>"
	const file = "write an Ollama template (https://docs.ollama.com/modelfile) to a file of the repository and name it under `serve.template`"
	path := wants.config.Serve.TemplateFile
	switch {
	case path != "":
		err := parseTemplate(path, wants.plan.Template)
		if err != nil {
			return judge("template", false, err.Error(), "correct "+path+" and bring it to "+wants.plan.BaseRef)
		}
		return judge("template", true, path, "")
	case base.weights == 0:
		return judge("template", true, "not looked at: see the base", "")
	case base.chat == "":
		return judge("template", false, "the base has no chat template, so nothing says how it is asked",
			"use a base that was tuned for chat (its folder has chat_template.jinja, or `chat_template` in tokenizer_config.json)")
	case !strings.Contains(base.chat, marks):
		return judge("template", false, "the base's chat template is not ChatML, the built-in one: it has no "+marks, file)
	}
	return judge("template", true, "ChatML, as the base's chat template has it", "")
}

// parseTemplate reads a template as the server does. One that never names the
// conversation is taken by the server, and asks nothing.
func parseTemplate(path, text string) error {
	function := func(...any) string { return "" }
	_, err := template.New(path).Funcs(template.FuncMap{
		"json": function, "currentDate": function, "yesterdayDate": function, "toTypeScriptType": function,
	}).Parse(text)
	if err == nil && !strings.Contains(text, ".Messages") && !strings.Contains(text, ".Prompt") {
		err = fmt.Errorf("%s: it names neither .Messages nor .Prompt, so the model would never see a question", path)
	}
	return err
}

func penaltyCheck(serve config.Serve) Check {
	value := register.Values(serve.Parameters)["repeat_penalty"]
	if slices.Equal(value, []string{"1"}) {
		return judge("penalty", true, "repeat_penalty 1.0", "")
	}
	return Check{
		Name: "penalty", Level: Warn, Found: "repeat_penalty " + strings.Join(value, ", ") + ": " + whyPenalty,
		Mend: "write `parameters: {repeat_penalty: 1.0}` under `serve:` of the config",
	}
}

// servedWait bounds the asking of a shared server.
const servedWait = 10 * time.Second

// servedChecks ask a shared server for the two tags that people use. Others may
// have written them. The command is this program with its global flags.
func servedChecks(ctx context.Context, command string, wants wanted) []Check {
	client, err := ollama.Dial(wants.runner.Ollama)
	if err != nil {
		return []Check{judge("served", false, err.Error(), "correct `runner.ollama` of the config")}
	}
	ctx, cancel := context.WithTimeout(ctx, servedWait)
	defer cancel()
	var checks []Check
	for _, tag := range []string{wants.config.Name + "-base", wants.config.Name + ":" + config.StableModel} {
		shown, err := client.Show(ctx, tag)
		switch {
		case errors.Is(err, ollama.ErrNotFound):
			continue
		case err != nil:
			checks = append(checks, Check{Name: "served", Level: Warn, Found: err.Error(), Mend: "`ollama show " + tag + "` on that server says more"})
			continue
		}
		checks = append(checks, servedCheck(tag, command, shown, wants))
	}
	return checks
}

func servedCheck(tag, command string, shown ollama.Model, wants wanted) Check {
	var differs []string
	penalty := shown.Parameters["repeat_penalty"]
	if penalty == nil {
		differs = append(differs, "no repeat_penalty, so the server's own 1.1: "+whyPenalty)
	} else if !slices.Equal(penalty, []string{"1"}) {
		differs = append(differs, "repeat_penalty "+strings.Join(penalty, ", ")+": "+whyPenalty)
	}
	if wants.plan != nil && wants.plan.Template != "" && shown.Template != wants.plan.Template {
		differs = append(differs, "another template than "+wants.config.Serve.TemplateFile)
	}
	if shown.System != wants.config.Serve.System {
		differs = append(differs, "another system prompt than `serve.system`")
	}
	if differs == nil {
		return judge("served", true, tag+": template, system prompt and repeat_penalty as the config has them", "")
	}
	return Check{
		Name: "served", Level: Warn, Found: tag + " has " + strings.Join(differs, "; "),
		Mend: "`" + command + " run` registers and judges what the config says; a promotion then brings it to users",
	}
}
