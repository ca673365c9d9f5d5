package python

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/tunegate/tunegate/internal/proc"
)

// An installation uses the machine's settings for reaching its package index: a company's
// mirror, proxy and certificate authorities are set where pip and uv look for them. It
// uses no others: user, target, prefix, no-binary, constraint and similar would install
// elsewhere, or other packages. The allowed settings are listed here, and the tools read
// no settings files themselves.

// reachNames are the variables for network access and caches.
var reachNames = []string{
	"HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_CONFIG_DIRS", "NETRC",
	"SSL_CERT_FILE", "SSL_CERT_DIR", "SSL_CLIENT_CERT", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE",
	"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "all_proxy", "no_proxy",
}

// pipNames are the allowed variables of pip; its files call the same settings index-url
// and so on.
var pipNames = []string{
	"PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS", "PIP_NO_INDEX", "PIP_TRUSTED_HOST",
	"PIP_PROXY", "PIP_CERT", "PIP_CLIENT_CERT", "PIP_KEYRING_PROVIDER", "PIP_TIMEOUT", "PIP_DEFAULT_TIMEOUT", "PIP_RETRIES",
}

// uvNames are the allowed variables of uv.
var uvNames = []string{
	"UV_DEFAULT_INDEX", "UV_INDEX", "UV_INDEX_URL", "UV_EXTRA_INDEX_URL", "UV_FIND_LINKS", "UV_NO_INDEX", "UV_INDEX_STRATEGY",
	"UV_INSECURE_HOST", "UV_NATIVE_TLS", "UV_SYSTEM_CERTS", "UV_KEYRING_PROVIDER", "UV_CREDENTIALS_DIR",
	"UV_HTTP_TIMEOUT", "UV_REQUEST_TIMEOUT", "UV_HTTP_RETRIES", "UV_OFFLINE",
	"UV_CACHE_DIR", "UV_NO_CACHE", "UV_LINK_MODE", "UV_CONCURRENT_DOWNLOADS", "UV_CONCURRENT_INSTALLS",
	"UV_PYTHON_INSTALL_DIR", // where uv's Pythons are
}

// uvLogin matches a variable with an index's login; the index's name is part of it.
var uvLogin = regexp.MustCompile(`^UV_INDEX_[A-Z0-9_]+_(USERNAME|PASSWORD)=`)

// installEnv selects the variables that an installation's programs see, in addition to
// those of every child.
func installEnv(environ []string) []string {
	env := append(proc.CleanEnv(environ), proc.OnlyEnv(environ, slices.Concat(reachNames, pipNames, uvNames)...)...)
	for _, entry := range environ {
		if uvLogin.MatchString(entry) {
			env = append(env, entry)
		}
	}
	return append(env, "PIP_CONFIG_FILE="+os.DevNull, "UV_NO_CONFIG=1", "UV_PYTHON_DOWNLOADS=never", "UV_NO_PROGRESS=1")
}

// pipSettingsProgram writes a JSON object of the settings in pip's files. pip finds them
// and prints a line "global.index-url='...'" for each.
const pipSettingsProgram = `
import ast, json, os, subprocess, sys
said = subprocess.run([sys.executable, "-I", "-m", "pip", "config", "list"], stdout=subprocess.PIPE, check=True, text=True).stdout
found = {}
for scope in "global.", "install.":
    for line in said.splitlines():
        if line.startswith(scope):
            key, _, value = line[len(scope):].partition("=")
            found[key] = ast.literal_eval(value)
os.write(3, json.dumps(found).encode() + b"\n")
`

// pipSettings returns the pipNames set in pip's files, as variables.
func (in *installer) pipSettings(ctx context.Context) ([]string, error) {
	var found map[string]string
	if err := in.ask(ctx, "reading the settings of pip", pipSettingsProgram, "PIP_CONFIG_FILE", &found); err != nil {
		return nil, err
	}
	var settings []string
	for _, name := range pipNames {
		key := strings.ReplaceAll(strings.ToLower(strings.TrimPrefix(name, "PIP_")), "_", "-")
		if value := found[key]; value != "" {
			settings = append(settings, name+"="+value)
		}
	}
	return settings, nil
}

// uvSettingsProgram writes a JSON list of the settings in uv's files, the user's first,
// without those of projects.
const uvSettingsProgram = `
import json, os, tomllib
env, files = os.environ, []
if env.get("UV_CONFIG_FILE"):
    files = [env["UV_CONFIG_FILE"]]
elif not env.get("UV_NO_CONFIG"):
    home = env.get("XDG_CONFIG_HOME") or os.path.expanduser("~/.config")
    shared = [folder + "/uv/uv.toml" for folder in (env.get("XDG_CONFIG_DIRS") or "/etc/xdg").split(":")]
    files = [home + "/uv/uv.toml", next(filter(os.path.exists, shared), "/etc/uv/uv.toml")]
found = []
for file in filter(os.path.exists, files):
    with open(file, "rb") as opened:
        found.append(tomllib.load(opened))
os.write(3, json.dumps(found, default=str).encode() + b"\n")
`

// uvFile is the part of a uv settings file about indexes.
type uvFile struct {
	Index []struct {
		Name, URL         string
		Default, Explicit bool
	}
	uvIndex
	Pip uvIndex
}

type uvIndex struct {
	IndexURL      string   `json:"index-url"`
	ExtraIndexURL []string `json:"extra-index-url"`
	FindLinks     []string `json:"find-links"`
	NoIndex       bool     `json:"no-index"`
	IndexStrategy string   `json:"index-strategy"`
	InsecureHosts []string `json:"allow-insecure-host"`
	Keyring       string   `json:"keyring-provider"`
	NativeTLS     bool     `json:"native-tls"`
	SystemCerts   bool     `json:"system-certs"`
	Offline       bool     `json:"offline"`
	CacheDir      string   `json:"cache-dir"`
	LinkMode      string   `json:"link-mode"`
}

// uvSettings returns the uvNames set in uv's files, as variables.
func (in *installer) uvSettings(ctx context.Context) ([]string, error) {
	var files []uvFile
	if err := in.ask(ctx, "reading the settings of uv", uvSettingsProgram, "UV_CONFIG_FILE UV_NO_CONFIG", &files); err != nil {
		return nil, err
	}
	set := map[string]string{}
	first := func(name string, values ...string) {
		separator := " "
		if name == "UV_FIND_LINKS" {
			separator = ","
		}
		if value := strings.Join(values, separator); set[name] == "" && value != "" {
			set[name] = value
		}
	}
	yes := func(name string, value bool) {
		if value {
			first(name, "true")
		}
	}
	for _, file := range files {
		var indexes []string
		for _, index := range file.Index {
			where := index.URL
			if index.Name != "" {
				where = index.Name + "=" + where
			}
			if index.Default {
				first("UV_DEFAULT_INDEX", where)
			} else if !index.Explicit {
				indexes = append(indexes, where)
			}
		}
		first("UV_INDEX", indexes...)
		for _, level := range []uvIndex{file.Pip, file.uvIndex} {
			first("UV_DEFAULT_INDEX", level.IndexURL)
			first("UV_EXTRA_INDEX_URL", level.ExtraIndexURL...)
			first("UV_FIND_LINKS", level.FindLinks...)
			yes("UV_NO_INDEX", level.NoIndex)
			first("UV_INDEX_STRATEGY", level.IndexStrategy)
			first("UV_INSECURE_HOST", level.InsecureHosts...)
			first("UV_KEYRING_PROVIDER", level.Keyring)
			yes("UV_NATIVE_TLS", level.NativeTLS)
			yes("UV_SYSTEM_CERTS", level.SystemCerts)
			yes("UV_OFFLINE", level.Offline)
			first("UV_CACHE_DIR", level.CacheDir)
			first("UV_LINK_MODE", level.LinkMode)
		}
	}
	if len(proc.OnlyEnv(in.tools.Env, "UV_INDEX_URL")) > 0 { // which uv gives lower priority
		delete(set, "UV_DEFAULT_INDEX")
	}
	var settings []string
	for _, name := range uvNames {
		if set[name] != "" {
			settings = append(settings, name+"="+set[name])
		}
	}
	return settings, nil
}

// ask runs a program with the environment's Python, with these additional variables, and
// reads its JSON answer.
func (in *installer) ask(ctx context.Context, doing, program, names string, answer any) error {
	var broken error
	env := append(installEnv(in.tools.Env), "PIP_CONFIG_FILE=", "UV_NO_CONFIG=", "UV_CONFIG_FILE=")
	tail, err := in.launcher.Run(ctx, proc.Command{
		Name: "python", Path: executable(in.dir), Args: []string{"-I", "-c", program}, Dir: in.dir,
		Env:   append(env, proc.OnlyEnv(in.tools.Env, strings.Fields(names)...)...),
		Lines: func(line []byte) { broken = json.Unmarshal(line, answer) },
	}, nil)
	if err != nil {
		return fmt.Errorf("%s: %w", doing, tail.Explain(err))
	}
	if broken != nil {
		return fmt.Errorf("%s: %w", doing, broken)
	}
	return nil
}
