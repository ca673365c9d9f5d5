// Package actionstest reads a step's log as a GitHub Actions runner does, and returns
// the commands that the runner would carry out.
package actionstest

import (
	"strings"
	"unicode"
)

// Attacks are lines that a runner takes for workflow commands, or that come
// close: github.com/actions/runner, ActionCommand.cs and OutputManager.cs.
func Attacks() []string {
	return []string{
		"::error file=a,line=1::x", "::error::", "::error ::x", "::STOP-COMMANDS::t", "::add-matcher::evil.json",
		"::add-mask::1", "::group::g", "::echo::on", "::set-output name=verdict::pass", "::Save-State name=a::b",
		"   ::error::x", "\u00a0\u3000::error::x", "\u0085::error::x", "\u2028::error::x", "\v::error::x", "\f::error::x",
		"##[error]x", "##[ERROR]x", "##[debug]d", "text ##[error file=a]x", "[trainer] ##[stop-commands]evil",
		"[trainer] ##[add-mask]pass", `{"text": "##[set-output name=verdict]pass"}`, "##[save-state name=a]b",
		"loss=0.1\r::set-output name=verdict::pass", "loss=0.1\r\n::set-output name=verdict::pass",
		"loss=0.1\r\r::set-output name=verdict::pass",
		"abc ::error::x", "::unknown::x", "##[[error]x", "\x1b[31m::error::x", "\ufeff::error::x", "\u200b::error::x",
		"\xff::error::x", "#\x00#[error]x", "##\b[error]x", "#\r#[error]x", "#\u0085#[error]x", "##\x7f[error]x",
	}
}

// commandNames are the commands of a runner, spaces between them.
const commandNames = "set-output save-state set-env add-path add-mask add-matcher remove-matcher " +
	"debug warning error notice group endgroup echo stop-commands"

const stopCommands = "stop-commands"

// Commands is what a runner would carry out of a step's log, in order, each as it
// stands in the log. It is a port of the runner's two parsers and of what
// stop-commands does to them (ActionCommandManager.cs).
func Commands(log string) (fired []string) {
	known := map[string]bool{}
	for _, name := range strings.Fields(commandNames) {
		known[name] = true
	}
	stopped := "" // the token that ends the stop
	log = strings.ToValidUTF8(log, "\ufffd")
	for _, line := range strings.FieldsFunc(log, func(r rune) bool { return r == '\r' || r == '\n' }) {
		info, data, ok := current(line, known)
		if !ok {
			info, data, ok = legacy(line, known)
		}
		if !ok || stopped != "" && name(info) != stopped {
			continue
		}
		if name(info) == stopped {
			delete(known, stopped)
			stopped = ""
		} else if name(info) == stopCommands {
			stopped = strings.ToLower(data)
			known[stopped] = true
		}
		fired = append(fired, info+" "+data)
	}
	return fired
}

// current reads "::name props::data" at the start of a line, after white space.
func current(line string, known map[string]bool) (info, data string, ok bool) {
	rest, ok := strings.CutPrefix(strings.TrimLeftFunc(line, unicode.IsSpace), "::")
	if !ok {
		return "", "", false
	}
	info, data, ok = strings.Cut(rest, "::")
	return info, data, ok && known[name(info)]
}

// legacy reads "##[name props]data" anywhere in a line.
func legacy(line string, known map[string]bool) (info, data string, ok bool) {
	_, rest, _ := strings.Cut(line, "##[")
	info, data, ok = strings.Cut(rest, "]")
	return info, data, ok && known[name(info)]
}

func name(info string) string {
	word, _, _ := strings.Cut(info, " ")
	return strings.ToLower(word)
}
