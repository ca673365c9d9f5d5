package python

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tunegate/tunegate/internal/proc/proctest"
)

// breaking are settings with which an installation fails or lands elsewhere.
var breaking = []string{
	"PIP_USER=1", "PIP_TARGET=/elsewhere", "PIP_PREFIX=/elsewhere", "PIP_ROOT=/elsewhere", "PIP_REQUIRE_VIRTUALENV=1", "PIP_NO_BINARY=:all:",
	"PIP_CONSTRAINT=/none", "PIP_PYTHON=/none", "PIP_DRY_RUN=1", "PIP_CONFIG_FILE=/none",
	"UV_SYSTEM_PYTHON=1", "UV_PYTHON=/none", "UV_NO_BINARY=1", "UV_CONSTRAINT=/none", "UV_OVERRIDE=/none", "UV_TORCH_BACKEND=cpu", "UV_EXCLUDE_NEWER=2001-01-01",
	"UV_NO_VERIFY_HASHES=1", "UV_WORKING_DIR=/none", "UV_PROJECT=/none", "UV_CONFIG_FILE=/none", "UV_PYTHON_DOWNLOADS=automatic",
}

func TestInstallEnv(t *testing.T) {
	t.Parallel()
	kept := []string{
		"PATH=/bin", "HOME=/h", "HTTPS_PROXY=p", "SSL_CERT_FILE=/c", "PIP_INDEX_URL=i", "PIP_CERT=/c", "PIP_PROXY=p", "UV_INDEX=u", "UV_NATIVE_TLS=1",
		"UV_INDEX_THE_MIRROR_USERNAME=u", "UV_INDEX_THE_MIRROR_PASSWORD=p",
	}
	secrets := []string{"GITHUB_TOKEN=x", "PIP_TOKEN=x", "UV_PUBLISH_TOKEN=x", "UV_PUBLISH_PASSWORD=x", "UV_INDEX_TOKEN=x", "CUDA_API_KEY=x"}
	got := installEnv(slices.Concat(secrets, kept, breaking))
	own := []string{"PIP_CONFIG_FILE=/dev/null", "UV_NO_CONFIG=1", "UV_PYTHON_DOWNLOADS=never", "UV_NO_PROGRESS=1"}
	if want := slices.Concat(kept, own); !slices.Equal(slices.Sorted(slices.Values(got)), slices.Sorted(slices.Values(want))) {
		t.Errorf("%q\nwant %q", got, want)
	}
}

// wheel writes a package as an index would have it, and gives a lock of it.
func wheel(t *testing.T, dir string) (lock []byte) {
	t.Helper()
	var packed bytes.Buffer
	archive := zip.NewWriter(&packed)
	for _, file := range []struct{ name, text string }{
		{"tiny.py", "there = True\n"},
		{"tiny-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\n"},
		{"tiny-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: py3-none-any\n"},
		{"tiny-1.0.dist-info/RECORD", "tiny.py,,\ntiny-1.0.dist-info/METADATA,,\ntiny-1.0.dist-info/WHEEL,,\ntiny-1.0.dist-info/RECORD,,\n"},
	} {
		w, err := archive.Create(file.name)
		if err == nil {
			_, err = io.WriteString(w, file.text)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	proctest.WriteFile(t, filepath.Join(dir, "tiny-1.0-py3-none-any.whl"), packed.String())
	return fmt.Appendf(nil, "tiny==1.0 --hash=sha256:%x\n", sha256.Sum256(packed.Bytes()))
}

// realInstaller has a real environment and a user whose settings break every
// installation, but name the only index that there is.
func realInstaller(t *testing.T, settings map[string]string) (*installer, []byte) {
	t.Helper()
	home, index := t.TempDir(), t.TempDir()
	lock := wheel(t, index)
	for name, text := range settings {
		proctest.WriteFile(t, filepath.Join(home, ".config", name), strings.ReplaceAll(text, "INDEX", index))
	}
	in := &installer{
		launcher: proctest.Launcher(t), log: io.Discard, progress: func(string, time.Duration) {}, dir: filepath.Join(t.TempDir(), "env"),
		tools: Tools{LookPath: exec.LookPath, Env: append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + home}, slices.DeleteFunc(slices.Clone(breaking), func(entry string) bool {
			return strings.Contains(entry, "_CONFIG_FILE=")
		})...)},
	}
	if out, err := exec.Command(python3(t), "-m", "venv", "--without-pip", in.dir).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return in, lock
}

// bundledPip is the path of the wheel that ensurepip would unpack, which takes five
// seconds and is not what is tested: pip runs from it as it is.
const bundledPip = `
import ensurepip, pathlib, sysconfig
folders = [pathlib.Path(ensurepip.__file__).parent / "_bundled", pathlib.Path(sysconfig.get_config_var("WHEEL_PKG_DIR") or "/none")]
print(next(wheel for folder in folders for wheel in folder.glob("pip-*.whl")))
`

func (in *installer) givePip(t *testing.T) {
	t.Helper()
	wheel, err := exec.Command(executable(in.dir), "-c", bundledPip).Output()
	if err != nil {
		t.Fatal(err)
	}
	packages, err := filepath.Glob(filepath.Join(in.dir, "lib", "python3*", "site-packages"))
	if err != nil || len(packages) != 1 {
		t.Fatal(packages, err)
	}
	proctest.WriteFile(t, filepath.Join(packages[0], "pip.pth"), string(wheel))
}

func (in *installer) wantTiny(t *testing.T) {
	t.Helper()
	if found, err := filepath.Glob(filepath.Join(in.dir, "lib", "python3*", "site-packages", "tiny.py")); err != nil || len(found) != 1 {
		t.Errorf("in the environment: %q, %v", found, err)
	}
}

// The index of a user's pip.conf is used; what there and in the environment would
// break the installation is not.
func TestRealPipWithTheUsersSettings(t *testing.T) {
	t.Parallel()
	in, lock := realInstaller(t, map[string]string{"pip/pip.conf": "[global]\nno-index = true\nfind-links =\n    INDEX\n    /nowhere\nuser = true\n" +
		"[install]\nuser = true\ntarget = /elsewhere\nno-binary = :all:\nrequire-virtualenv = true\nconstraint = /none\n"})
	in.givePip(t)
	settings, err := in.pipSettings(t.Context())
	if err != nil || len(settings) < 2 || !strings.HasSuffix(settings[0], "\n/nowhere") || settings[1] != "PIP_NO_INDEX=true" {
		t.Errorf("%q, %v", settings, err)
	}
	if err := in.runPip(t.Context(), "tiny.lock", lock); err != nil {
		t.Fatal(err)
	}
	in.wantTiny(t)
}

func TestRealUVWithTheUsersSettings(t *testing.T) {
	t.Parallel()
	uv := filepath.Join(environmentDir(os.Getenv("TUNEGATE_HOME")), "bin", "uv")
	if _, err := os.Stat(uv); err != nil && os.Getenv("CI") == "true" {
		t.Fatal(err)
	} else if err != nil {
		t.Skipf("SKIPPED, so the settings of uv are not tried with it: %v (run `make setup`)", err)
	}
	in, lock := realInstaller(t, map[string]string{"uv/uv.toml": "no-index = true\nfind-links = [\"INDEX\"]\noffline = true\n" +
		"[pip]\ntarget = \"/elsewhere\"\nno-binary = [\":all:\"]\nsystem = true\n"})
	settings, err := in.uvSettings(t.Context())
	if err != nil || len(settings) != 3 || settings[1] != "UV_NO_INDEX=true" || settings[2] != "UV_OFFLINE=true" {
		t.Errorf("%q, %v", settings, err)
	}
	if err := in.runUV(t.Context(), lock, uv); err != nil {
		t.Fatal(err)
	}
	in.wantTiny(t)
}

func TestUVSettings(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		env    []string
		answer string
		want   string
	}{
		"none":      {nil, `[]`, ""},
		"no answer": {nil, ``, ""},
		"the user's before the system's": {nil,
			`[{"index-url": "a"}, {"index-url": "b", "extra-index-url": ["c", "d"], "pip": {"index-url": "e", "allow-insecure-host": ["h", "i"]}}]`,
			"UV_DEFAULT_INDEX=a UV_EXTRA_INDEX_URL=c d UV_INSECURE_HOST=h i"},
		"indexes": {nil,
			`[{"index": [{"name": "m", "url": "a", "default": true}, {"url": "b"}, {"name": "x", "url": "c"}, {"name": "torch", "url": "d", "explicit": true}]}]`,
			"UV_DEFAULT_INDEX=m=a UV_INDEX=b x=c"},
		"the environment's index": {[]string{"UV_INDEX_URL=e"}, `[{"index-url": "a", "native-tls": true, "find-links": ["f", "g"], "link-mode": "copy"}]`,
			"UV_FIND_LINKS=f,g UV_NATIVE_TLS=true UV_LINK_MODE=copy"},
	} {
		m := newMachine(t, map[string]string{"python3": "printf '%s\n' '" + test.answer + "' >&3"})
		in := &installer{launcher: proctest.Launcher(t), tools: m.tools(), dir: filepath.Join(m.dir, "env")}
		in.tools.Env = append(test.env, "PATH="+os.Getenv("PATH"))
		if err := os.MkdirAll(filepath.Join(in.dir, "bin"), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(filepath.Join(m.dir, "python3"), executable(in.dir)); err != nil {
			t.Fatal(err)
		}
		got, err := in.uvSettings(t.Context())
		if joined := strings.Join(got, " "); joined != test.want || (err != nil) != (test.answer == "") {
			t.Errorf("%s: %q, want %q (%v)", name, joined, test.want, err)
		}
	}
}
