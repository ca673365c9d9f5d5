package doctor

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/check"
	"github.com/tunegate/tunegate/internal/proc/proctest"
)

func TestHookChecks(t *testing.T) {
	t.Parallel()
	ours, others := filepath.Join(t.TempDir(), "ours.sh"), filepath.Join(t.TempDir(), "others.sh")
	proctest.WriteFile(t, ours, "#!/bin/bash\n/usr/local/bin/tunegate hook started\n")
	proctest.WriteFile(t, others, "#!/bin/bash\ndocker ps\n")
	for name, test := range map[string]struct {
		environ []string
		level   check.Level
		found   string
	}{
		"both":    {[]string{startedHook + "=" + ours, completedHook + "=" + ours}, check.OK, ours},
		"none":    {nil, check.Warn, startedHook + " and " + completedHook},
		"empty":   {[]string{startedHook + "=", completedHook + "=" + ours}, check.Warn, startedHook},
		"another": {[]string{startedHook + "=" + ours, completedHook + "=" + others}, check.Warn, completedHook},
		"unseen":  {[]string{startedHook + "=/none.sh", completedHook + "=/none.sh"}, check.OK, "/none.sh"},
	} {
		m := newMachine(t, nil)
		m.Environ = append([]string{"RUNNER_ENVIRONMENT=self-hosted"}, test.environ...)
		got := hookChecks(t.Context(), inspection{machine: m})
		if len(got) != 1 || got[0].Level != test.level || !strings.Contains(got[0].Found, test.found) {
			t.Errorf("%s: %+v", name, got)
		}
		m.Environ = test.environ
		if got := hookChecks(t.Context(), inspection{machine: m}); got != nil {
			t.Errorf("%s, on no runner: %+v", name, got)
		}
	}
}
