package main

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/proc/proctest"
)

// fault is something that stops a run, and can be known before it trains.
type fault struct {
	change  func(l lab)                        // of the main branch, which the policy comes from, or of the home
	environ []string                           // of the run
	until   string                             // the stage that the run ends with; empty: the last
	within  func(t *testing.T, l lab) []string // a command to run it under
	exit    int
	says    string
}

// edit replaces a text in a file of the lab's repository.
func (l lab) edit(path, before, after string) {
	l.Helper()
	name := filepath.Join(l.repo, filepath.FromSlash(path))
	text, err := os.ReadFile(name)
	if err != nil {
		l.Fatal(err)
	}
	if !bytes.Contains(text, []byte(before)) {
		l.Fatalf("%s does not hold %q", path, before)
	}
	l.write(path, strings.Replace(string(text), before, after, 1))
}

// write writes a file of the lab's repository.
func (l lab) write(path, text string) {
	l.Helper()
	if err := os.WriteFile(filepath.Join(l.repo, filepath.FromSlash(path)), []byte(text), 0o644); err != nil {
		l.Fatal(err)
	}
}

// sh runs a program and needs it to succeed.
func (l lab) sh(program string, args ...string) {
	l.Helper()
	if out, err := exec.Command(program, args...).CombinedOutput(); err != nil {
		l.Fatalf("%s %v: %v\n%s", program, args, err, out)
	}
}

// served answers as an Ollama server of a version does, and has no tags.
func served(t testing.TB, version string) string {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/api/version" {
			http.Error(w, `{"error": "not found"}`, http.StatusNotFound)
			return
		}
		fmt.Fprintf(w, `{"version": %q}`, version)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// fronted is the address of something that answers in an Ollama server's place.
func fronted(t testing.TB, code int, location string) string {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		if location != "" {
			w.Header().Set("Location", location)
		}
		w.WriteHeader(code)
		fmt.Fprintf(w, "<html><title>%s</title></html>", http.StatusText(code))
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// sharing has the runs use the server at an address.
func sharing(address func(t testing.TB) string) func(lab) {
	return func(l lab) { configured(fmt.Sprintf("runner: {ollama: %q}", address(l)))(l) }
}

// configured adds lines to the lab's config.
func configured(lines string) func(lab) {
	return func(l lab) { l.edit("tunegate.yaml", "\ngate:\n", "\n"+lines+"\ngate:\n") }
}

// onSmallDisk runs the command in a name space whose home is on a disk that has
// two megabytes left.
func onSmallDisk(t *testing.T, l lab) []string {
	proctest.NeedMounts(t)
	const script = `kept=$(mktemp -d) && cp -a "$0/." "$kept" && size=$(du -sm "$kept" | cut -f1) &&
mount -t tmpfs -o size=$((size + 2))m none "$0" && cp -a "$kept/." "$0" && rm -rf "$kept" && exec "$@"`
	return []string{"unshare", "-rm", "sh", "-c", script, l.home}
}

// TestFaultsBeforeTraining: what can be known beforehand ends a run before it
// trains.
func TestFaultsBeforeTraining(t *testing.T) {
	t.Parallel()
	binary := buildTunegate(t)
	ready, err := setUp(toolsHome(t))
	if err != nil {
		t.Fatal(err)
	}
	closed(t, ready.home)
	const chatML = "{{ range .Messages }}<|im_start|>{{ .Role }}\n{{ .Content }}<|im_end|>\n{{ end }}<|im_start|>assistant\n"
	tests := map[string]fault{
		"a value that no grader reads": {
			change: func(l lab) { l.edit("suites/symbolic.suite.yaml", `value: "15x^2"`, `value: "x**2, or so"`) },
			exit:   exitUsage, says: "symbolic.suite.yaml:13",
		},
		"a template that renders otherwise": {
			change: func(l lab) {
				l.edit("tunegate.yaml", "template: auto", "template: served.tmpl")
				l.write("served.tmpl", strings.ReplaceAll(chatML, "{{ .Role }}\n", "{{ .Role }} "))
			},
			exit: exitUsage, says: "register/parity",
		},
		"a base that adds a system prompt of its own": {
			change: func(l lab) {
				l.edit("tunegate.yaml", "  system: You are a maths tutor. Be correct and brief.\n", "")
				l.sh("git", "-C", l.repo, "rm", "-q", "tunegate.lock")
				l.edit("base/chat_template.jinja", "{% for", "{% if messages[0]['role'] != 'system' %}<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n{% endif %}{% for")
			},
			exit: exitUsage, says: "register/parity",
		},
		"a base that is another than the lock's": {
			change: func(l lab) { l.edit("base/tokenizer.json", `"special": true`, `"special": false`) },
			exit:   exitUsage, says: "is not the base model of tunegate.lock: tokenizer.json differs",
		},
		"a base with another template": {
			change: func(l lab) {
				l.sh("git", "-C", l.repo, "rm", "-q", "tunegate.lock")
				l.write("base/chat_template.jinja", "{% for m in messages %}[{{ m['role'] }}] {{ m['content'] }}\n{% endfor %}")
			},
			exit: exitUsage, says: "`serve.template`",
		},
		"a row whose characters are not composed": {
			change: func(l lab) {
				l.write("data/raw_tuning_records.marks.json", `[{"question": "What is a cafe\u0301 worth?", "answer": "It is worth 3."}]`)
			},
			until: "prepare", exit: exitUsage, says: "raw_tuning_records.marks.json:1",
		},
		"a server that is down": {change: configured("runner: {ollama: \"http://127.0.0.1:1\"}"), exit: exitBroke, says: "127.0.0.1:1"},
		"an address without a scheme": {
			change: configured("runner: {ollama: \"127.0.0.1:11434\"}"), exit: exitUsage, says: "tunegate.yaml:37: ",
		},
		"a server that is too old": {change: sharing(func(t testing.TB) string { return served(t, "0.1.2") }), exit: exitBroke, says: "too old"},
		"a server behind a redirect": {
			change: sharing(func(t testing.TB) string { return fronted(t, 301, "https://tutor.lan/api/version") }),
			exit:   exitBroke, says: "a redirect to https://tutor.lan, which is not followed",
		},
		"a server behind a login": {
			change: sharing(func(t testing.TB) string { return fronted(t, 401, "") }),
			exit:   exitBroke, says: `a login is required (401, "Unauthorized")`,
		},
		"a proxy without its server": {
			change: sharing(func(t testing.TB) string { return fronted(t, 502, "") }),
			exit:   exitBroke, says: `no answer from it (502, "Bad Gateway")`,
		},
		"a baseline that the server lacks": {
			change: func(l lab) { l.edit("tunegate.yaml", "eval:\n", "eval:\n  baseline: \"nobody:v1\"\n") }, exit: exitBroke, says: "nobody:v1",
		},
		"more context than the base has": {
			change: func(l lab) { l.edit("tunegate.yaml", "num_ctx: 512", "num_ctx: 4096") }, exit: exitUsage, says: "1024",
		},
		"a prompt that does not fit": {
			change: func(l lab) { l.edit("tunegate.yaml", "num_ctx: 512, num_predict: 96", "num_ctx: 16, num_predict: 4") }, exit: exitUsage, says: "leaves no room for an answer",
		},
		"a base without its tokenizer": {
			change: func(l lab) { l.sh("git", "-C", l.repo, "rm", "-q", "base/tokenizer.json") }, exit: exitUsage, says: "tokenizer.json",
		},
		"no Python": {
			change: func(l lab) { l.sh("rm", filepath.Join(l.home, "python")) }, exit: exitBroke, says: "tunegate setup",
		},
		"no Ollama": {change: func(l lab) { l.sh("rm", filepath.Join(l.home, "ollama")) }, exit: exitBroke, says: "tunegate setup"},
		"a card that is too small": {
			environ: []string{"CARD=0, GPU-small, Small Card, 1, 550.54.14, 8.9"}, exit: exitBroke, says: "Small Card has 1.05 MB of memory",
		},
		"the base's limit of what is kept": {change: configured("limits: {disk: 5MB}"), exit: exitBroke, says: "the base branch's `limits.disk` allows 5 MB (hint: run `tunegate clean`"},
		"a disk that is full":              {within: onSmallDisk, exit: exitBroke, says: "the run needs"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := lab{TB: t, binary: binary, repo: t.TempDir(), home: t.TempDir()}
			l.sh("cp", "-a", ready.repo+"/.", l.repo)
			l.sh("cp", "-a", ready.home+"/.", l.home)
			if test.change != nil {
				test.change(l)
				l.sh("git", "-C", l.repo, "add", "-A")
				l.sh("git", "-C", l.repo, "-c", "user.name=a", "-c", "user.email=a@localhost", "commit", "-q", "--allow-empty", "-m", name)
			}
			args := []string{"run", "--base", "main", "--head", "improve"}
			if test.until != "" {
				args = append(args, "--until", test.until)
			}
			cmd := l.command(args...)
			if test.within != nil {
				within := test.within(t, l)
				cmd = exec.Command(within[0], append(within[1:], cmd.Args...)...)
			}
			cmd.Env = append(os.Environ(), test.environ...)
			if test.environ != nil {
				bin := t.TempDir()
				proctest.WriteFile(t, filepath.Join(bin, "nvidia-smi"), "#!/bin/sh\ncase \"$1\" in --query-gpu=index*) echo \"$CARD\" ;; esac\n")
				cmd.Env = append(cmd.Env, "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"), "XDG_STATE_HOME="+t.TempDir())
			}
			cmd.Stderr = nil
			out, err := cmd.CombinedOutput()
			var exit *exec.ExitError
			if !errors.As(err, &exit) || exit.ExitCode() != test.exit || !strings.Contains(string(out), test.says) {
				t.Errorf("%v, want exit %d and %q:\n%s", err, test.exit, test.says, out)
			}
			if trained, err := filepath.Glob(filepath.Join(l.home, "store", "train", "*")); err != nil || trained != nil || strings.Contains(string(out), "train: running") {
				t.Errorf("it trained: %v, %v\n%s", trained, err, out)
			}
		})
	}
}
