package internal

import (
	"fmt"
	"os/exec"
	"strings"
	"testing"
)

// What affects the code fails, and so does what breaks; the network never does.
func TestVulncheck(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		says   string
		exits  int
		failed bool
		want   string
	}{
		"nothing found":  {says: "No vulnerabilities found."},
		"found":          {"Vulnerability #1: GO-2026-0001", 3, true, "Vulnerability #1: GO-2026-0001"},
		"broken":         {"govulncheck: loading packages: x", 1, true, "govulncheck: loading packages: x"},
		"no network":     {"govulncheck: fetching vulnerabilities: no such host", 1, false, "SKIPPED: govulncheck: fetching vulnerabilities: no such host"},
		"a slow network": {"", 124, false, "SKIPPED: govulncheck, which took more than 3 minutes"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			program := fmt.Sprintf("echo %q; exit %d", test.says, test.exits)
			out, err := exec.Command("bash", "../.github/tools/vulncheck.sh", "bash", "-c", program).CombinedOutput()
			if got := strings.TrimSpace(string(out)); got != test.want || (err != nil) != test.failed {
				t.Errorf("%v, says %q, want %q", err, got, test.want)
			}
		})
	}
}
