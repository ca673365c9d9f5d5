package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/proc/proctest"
)

// Every target gets its time, and making inputs smaller does not take it.
func TestFuzzScript(t *testing.T) {
	t.Parallel()
	bin := t.TempDir()
	proctest.WriteFile(t, filepath.Join(bin, "go"), "#!/bin/bash\necho go \"$@\"\n")
	cmd := exec.Command("bash", filepath.Join(project, "testdata", "fuzz.sh"), "7s")
	cmd.Env = []string{"PATH=" + bin + string(filepath.ListSeparator) + os.Getenv("PATH")}
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, want := range []string{
		"go test -run ^$ -fuzz ^FuzzRead$ -fuzztime 7s -fuzzminimizetime 10x ./internal/records\n",
		"go test -run ^$ -fuzz ^FuzzNormalize$ -fuzztime 7s -fuzzminimizetime 10x ./internal/dataset\n",
		"go test -run ^$ -fuzz ^FuzzUntrustedText$ -fuzztime 7s -fuzzminimizetime 10x ./internal/report/page\n",
	} {
		if !strings.Contains(string(out), want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
}
