package doctor

import (
	"context"
	"fmt"
	"strings"
	"text/template"

	"github.com/tunegate/tunegate/internal/check"
	"github.com/tunegate/tunegate/internal/register"
)

// templateChecks read the file that serve.template names. Without one the base's
// own chat template must read like a built-in one; a run proves that by rendering.
func templateChecks(_ context.Context, in inspection) []check.Check {
	if in.plan == nil {
		return nil
	}
	serve := in.config.Serve
	switch path := serve.TemplateFile; {
	case path != "":
		err := parseTemplate(path, in.plan.Template)
		if err != nil {
			return []check.Check{check.Failed("template", err.Error(), "correct "+path+" and commit it to "+in.plan.BaseRef)}
		}
		return []check.Check{check.Passed("template", path)}
	case in.base.weights == 0:
		return []check.Check{check.Passed("template", "not checked: see the base")}
	}
	if err := register.CheckChatTemplate(in.base.chat, serve.System); err != nil {
		return []check.Check{check.Stopped("template", err, "")}
	}
	return []check.Check{check.Passed("template", "ChatML, like the base's chat template")}
}

// parseTemplate reads a template as the server does. One that never uses the
// conversation is accepted by the server, and asks nothing.
func parseTemplate(path, text string) error {
	function := func(...any) string { return "" }
	_, err := template.New(path).Funcs(template.FuncMap{
		"json": function, "currentDate": function, "yesterdayDate": function, "toTypeScriptType": function,
	}).Parse(text)
	if err == nil && !strings.Contains(text, ".Messages") && !strings.Contains(text, ".Prompt") {
		err = fmt.Errorf("%s: it uses neither .Messages nor .Prompt, so the model would never see a question", path)
	}
	return err
}
