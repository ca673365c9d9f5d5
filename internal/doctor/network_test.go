package doctor

import (
	"errors"
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/check"
	"github.com/tunegate/tunegate/internal/config"
)

func TestNetworkCheck(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		err    error
		server string
		level  check.Level
		found  string
	}{
		{nil, config.Auto, check.OK, "no other user reaches the private server"},
		{nil, "http://h:1", check.OK, "the trainer and the grader reach no network"},
		{errors.New("operation not permitted"), config.Auto, check.Warn, "(operation not permitted): the trainer and the grader can reach the machine's network, and every user of this machine can reach the private server"},
		{errors.New("operation not permitted"), "http://h:1", check.Warn, "(operation not permitted): the trainer and the grader can reach the machine's network"},
	} {
		m := newMachine(t, nil)
		m.Launcher.Isolation = func() error { return tt.err }
		got := networkCheck(t.Context(), inspection{machine: m, wanted: wanted{runner: config.Runner{Ollama: tt.server}}})
		if got.Level != tt.level || !strings.Contains(got.Found, tt.found) || (got.Fix == "") != (tt.err == nil) ||
			strings.Contains(got.Found, "private server") != (tt.server == config.Auto) {
			t.Errorf("%v, %s: %+v", tt.err, tt.server, got)
		}
	}
}

func TestAllowNamespaces(t *testing.T) {
	t.Parallel()
	for want, settings := range map[string]map[string]string{
		"sysctl -w kernel.apparmor_restrict_unprivileged_userns=0`": {"kernel.apparmor_restrict_unprivileged_userns": "1", "user.max_user_namespaces": "9"},
		"sysctl -w kernel.unprivileged_userns_clone=1`":             {"kernel.unprivileged_userns_clone": "0"},
		"sysctl -w user.max_net_namespaces=10000`":                  {"kernel.unprivileged_userns_clone": "1", "user.max_net_namespaces": "0"},
		"`--security-opt seccomp=unconfined`":                       {"user.max_user_namespaces": "9"},
	} {
		if got := allowNamespaces(func(name string) string { return settings[name] }); !strings.Contains(got, want) {
			t.Errorf("%v: %s", settings, got)
		}
	}
}
