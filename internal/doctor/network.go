package doctor

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/tunegate/tunegate/internal/check"
)

// networkCheck wants networks of their own for the private server, the trainer and
// the grader. Without them a run goes on: an evaluation in which somebody else asked
// the server is thrown away.
func networkCheck(ctx context.Context, in inspection) check.Check {
	err := in.machine.Isolation(ctx)
	if err == nil {
		found := "the trainer and the grader reach no network"
		if in.runner.PrivateServer() {
			found += ", and no other user reaches the private server"
		}
		return check.Passed("network", found)
	}
	found := fmt.Sprintf("no program gets a network of its own (%v): the trainer and the grader reach the machine's", err)
	if in.runner.PrivateServer() {
		found += ", and every user of this machine reaches the private server, for which an evaluation is thrown away"
	}
	return check.Warned("network", found, allowNamespaces(setting))
}

// setting is what the kernel's setting of this name is now; empty: it has none.
func setting(name string) string {
	data, err := os.ReadFile("/proc/sys/" + strings.ReplaceAll(name, ".", "/"))
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(data))
}

// allowNamespaces says how a machine with these settings gives networks to programs.
func allowNamespaces(setting func(string) string) string {
	for _, known := range []struct{ name, forbids, allows string }{
		{"kernel.apparmor_restrict_unprivileged_userns", "1", "0"}, // Ubuntu since 23.10
		{"kernel.unprivileged_userns_clone", "0", "1"},             // Debian before 11
		{"user.max_user_namespaces", "0", "10000"},
		{"user.max_net_namespaces", "0", "10000"},
	} {
		if setting(known.name) == known.forbids {
			return fmt.Sprintf("allow it: `%s`, and the same line in /etc/sysctl.d/60-tunegate.conf for the time after a restart",
				asRoot("sysctl -w "+known.name+"="+known.allows))
		}
	}
	return "in a container, start that with `--cap-add SYS_ADMIN --cap-add NET_ADMIN`, or as an ordinary user with `--security-opt seccomp=unconfined`; elsewhere the kernel needs network and user namespaces (CONFIG_NET_NS, CONFIG_USER_NS)"
}
