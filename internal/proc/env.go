package proc

import (
	"slices"
	"strings"
)

var (
	childNames = []string{
		"PATH", "LANG", "LANGUAGE", "TZ", "TMPDIR", "USER", "LOGNAME", "LD_LIBRARY_PATH",
		"NVIDIA_VISIBLE_DEVICES", "NVIDIA_DRIVER_CAPABILITIES", "NVIDIA_TF32_OVERRIDE", // not all of NVIDIA_: it has an API key
		"RUNNER_TRACKING_ID", // by which a runner finds what a job left running
	}
	childPrefixes = []string{"LC_", "CUDA_", "NCCL_", "PYTORCH_", "OMP_", "MKL_", "OPENBLAS_", "HIP_", "ROCR_", "HSA_"}
)

// CleanEnv returns the "NAME=value" entries of environ that a child may see:
// the search path, the locale, GPU and thread settings, the runner's mark.
// Nothing that holds a secret or names a file the runner reads gets through,
// nor does HOME, which the caller adds with a folder of its own.
func CleanEnv(environ []string) []string {
	var kept []string
	for _, entry := range environ {
		name, _, _ := strings.Cut(entry, "=")
		prefixed := func(prefix string) bool { return strings.HasPrefix(name, prefix) }
		if slices.Contains(childNames, name) ||
			slices.ContainsFunc(childPrefixes, prefixed) && !strings.HasSuffix(name, "_TOKEN") {
			kept = append(kept, entry)
		}
	}
	return kept
}
