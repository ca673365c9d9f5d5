package ollama

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// PinnedVersion is the version that Build builds.
const PinnedVersion = "0.17.4"

// The module that pins what Build compiles; build/README.md explains how to update
// it. Files with their real names would exclude the folder from this module.
var (
	//go:embed build/go.mod.txt
	goMod []byte
	//go:embed build/go.sum.txt
	goSum []byte
)

// Binary is an Ollama program on this machine.
type Binary struct {
	Path    string `json:"-"`
	Version string `json:"version"` // empty for one from PATH: ask its server
	SHA256  string `json:"sha256"`  // of the file, hex
}

// built is the manifest of a binary from Build. A binary without one is not used.
type built struct {
	Binary
	Size  int64  `json:"size"`
	Flags string `json:"flags"` // of the C and C++ compilers
}

const manifestName = "manifest.json"

// FindBinary returns the `ollama` that lookPath finds on PATH, else the one from Build
// under home for this type of machine, else ErrMissing.
func FindBinary(home string, lookPath func(string) (string, error)) (Binary, error) {
	path, err := lookPath("ollama")
	if err != nil {
		return findBuilt(buildFolder(home, hostFlags()))
	}
	path, err = filepath.Abs(path)
	if err != nil {
		return Binary{}, fmt.Errorf("ollama: %w", err)
	}
	sum, _, err := digest(path)
	return Binary{Path: path, SHA256: sum}, err
}

func findBuilt(folder string) (Binary, error) {
	var manifest built
	data, err := os.ReadFile(filepath.Join(folder, manifestName))
	if err == nil {
		err = json.Unmarshal(data, &manifest)
	}
	path := filepath.Join(folder, "ollama")
	if err == nil {
		var info os.FileInfo
		if info, err = os.Stat(path); err == nil && info.Size() != manifest.Size {
			err = fmt.Errorf("%s: %d bytes, not %d", path, info.Size(), manifest.Size)
		}
	}
	if err != nil {
		return Binary{}, fmt.Errorf("ollama: %w: not on PATH, and not built: %w (hint: run `tunegate setup`)", ErrMissing, err)
	}
	manifest.Path = path
	return manifest.Binary, nil
}

// buildFolder names a built binary's folder after everything that decides its bytes.
func buildFolder(home, flags string) string {
	sum := sha256.Sum256(slices.Concat(goMod, goSum, []byte(runtime.GOARCH+flags+linkFlags)))
	return filepath.Join(home, "ollama", PinnedVersion+"-"+hex.EncodeToString(sum[:4]))
}

// hostFlags are the C and C++ compiler's flags for this machine.
func hostFlags() string {
	cpu, _ := os.ReadFile("/proc/cpuinfo") // missing except on Linux
	return compilerFlags(runtime.GOARCH, string(cpu))
}

// compilerFlags selects the instruction set that all CPUs in cpuinfo have: without AVX2
// a prompt is read up to 60 times slower. It is not -march=native, whose binary fits
// only one type of CPU.
func compilerFlags(arch, cpuinfo string) string {
	const plain = "-O3"
	if arch != "amd64" {
		return plain
	}
	listed := false
	for line := range strings.Lines(cpuinfo) {
		name, flags, _ := strings.Cut(line, ":")
		if strings.TrimSpace(name) != "flags" {
			continue
		}
		listed = true
		has := strings.Fields(flags)
		for _, needed := range []string{"avx2", "bmi1", "bmi2", "f16c", "fma", "abm", "movbe"} {
			if !slices.Contains(has, needed) {
				return plain
			}
		}
	}
	if !listed {
		return plain
	}
	return plain + " -march=x86-64-v3"
}

// digest returns the sha256 (hex) and the size in bytes of a file.
func digest(path string) (string, int64, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", 0, fmt.Errorf("ollama: %w", err)
	}
	defer file.Close()
	hash := sha256.New()
	size, err := io.Copy(hash, file)
	if err != nil {
		return "", 0, fmt.Errorf("ollama: %s: %w", path, err)
	}
	return hex.EncodeToString(hash.Sum(nil)), size, nil
}
