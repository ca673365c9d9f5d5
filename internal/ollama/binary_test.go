package ollama

import (
	"errors"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/proc/proctest"
)

func TestCompilerFlags(t *testing.T) {
	t.Parallel()
	const cpu = "processor\t: 0\nflags\t\t: fpu sse avx avx2 bmi1 bmi2 f16c fma abm movbe avx512f\nbugs\t\t: none\n"
	const fast, plain = "-O3 -march=x86-64-v3", "-O3"
	for _, test := range []struct{ name, arch, cpuinfo, want string }{
		{"all", "amd64", cpu + cpu, fast},
		{"one CPU without fma", "amd64", cpu + strings.Replace(cpu, "fma ", "", 1), plain},
		{"avx only", "amd64", strings.Replace(cpu, "avx2 ", "", 1), plain},
		{"another architecture", "arm64", cpu, plain},
		{"nothing known", "amd64", "", plain},
	} {
		if got := compilerFlags(test.arch, test.cpuinfo); got != test.want {
			t.Errorf("%s: %q", test.name, got)
		}
	}
}

func TestFindBinary(t *testing.T) {
	t.Parallel()
	none := func(string) (string, error) { return "", exec.ErrNotFound }
	home := t.TempDir()
	folder := buildFolder(home, hostFlags())
	path := filepath.Join(folder, "ollama")
	missing := func(when string) {
		t.Helper()
		if got, err := FindBinary(home, none); !errors.Is(err, ErrMissing) || !strings.Contains(err.Error(), "tunegate setup") {
			t.Errorf("%s: %v, %v", when, got, err)
		}
	}
	missing("nothing")
	proctest.WriteFile(t, path, "ELF")
	missing("no manifest")
	proctest.WriteFile(t, filepath.Join(folder, manifestName), `{"version":"0.17.4","sha256":"abc","size":4}`)
	missing("another size")
	proctest.WriteFile(t, filepath.Join(folder, manifestName), `{"version":"0.17.4","sha256":"abc","size":3}`)
	if got, err := FindBinary(home, none); err != nil || got != (Binary{path, "0.17.4", "abc"}) {
		t.Errorf("built: %v, %v", got, err)
	}
	onPath := filepath.Join(t.TempDir(), "ollama")
	proctest.WriteFile(t, onPath, "ELF")
	got, err := FindBinary(home, func(string) (string, error) { return onPath, nil })
	if err != nil || got.Path != onPath || got.Version != "" || len(got.SHA256) != len(sumA) {
		t.Errorf("on PATH: %v, %v", got, err)
	}
	if buildFolder(home, "-O3") == buildFolder(home, "-O3 -march=x86-64-v3") {
		t.Error("a binary for one type of machine would be used on another")
	}
}

func TestSupported(t *testing.T) {
	t.Parallel()
	for version, good := range map[string]bool{
		PinnedVersion: true, "0.12.11": true, "0.30.0-rc1": true, "1.0.0": true,
		"0.12.10": false, "0.9.6": false, "0.0.0": false, "": false, "dev": false,
	} {
		if err := Supported(version); (err == nil) != good {
			t.Errorf("%q: %v", version, err)
		}
	}
}
