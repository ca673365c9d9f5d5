package doctor

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/tunegate/tunegate/internal/check"
)

// networkCheck checks that the private server, the trainer and
// the grader get their own networks. Without them a run still works: an evaluation in which
// somebody else asked the server is discarded.
func networkCheck(ctx context.Context, in inspection) check.Check {
	err := in.machine.Isolation(ctx)
	if err == nil {
		found := "the trainer and the grader reach no network"
		if in.runner.PrivateServer() {
			found += ", and no other user reaches the private server"
		}
		return check.Passed("network", found)
	}
	found := fmt.Sprintf("programs get no network of their own (%v): the trainer and the grader can reach the machine's network", err)
	if in.runner.PrivateServer() {
		found += ", and every user of this machine can reach the private server; an evaluation that such a request disturbs is discarded"
	}
	return check.Warned("network", found, allowNamespaces(setting))
}

// setting is the kernel's current setting of this name; empty: it has none.
func setting(name string) string {
	data, err := os.ReadFile("/proc/sys/" + strings.ReplaceAll(name, ".", "/"))
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(data))
}

// allowNamespaces tells how to allow network namespaces on a machine with these settings.
func allowNamespaces(setting func(string) string) string {
	for _, known := range []struct{ name, forbids, allows string }{
		{"kernel.apparmor_restrict_unprivileged_userns", "1", "0"}, // Ubuntu since 23.10
		{"kernel.unprivileged_userns_clone", "0", "1"},             // Debian before 11
		{"user.max_user_namespaces", "0", "10000"},
		{"user.max_net_namespaces", "0", "10000"},
	} {
		if setting(known.name) == known.forbids {
			return fmt.Sprintf("allow it: `%s`, and put the same setting into /etc/sysctl.d/60-tunegate.conf to keep it after a restart",
				asRoot("sysctl -w "+known.name+"="+known.allows))
		}
	}
	return "in a container, start that with `--cap-add SYS_ADMIN --cap-add NET_ADMIN`, or as an ordinary user with `--security-opt seccomp=unconfined`; elsewhere the kernel needs network and user namespaces (CONFIG_NET_NS, CONFIG_USER_NS)"
}
