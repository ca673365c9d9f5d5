package proc

import (
	"slices"
	"strings"
)

// childNames are the variables that a child may see, each documented by the vendor of
// the software that reads it. Prefixes would be unsafe: NVIDIA_API_KEY and
// CUDA_REGISTRY_PASSWORD are secrets. Excluded are those that name a file to write
// (NCCL_DEBUG_FILE), a library to load (NCCL_NET_PLUGIN) or the Ollama server.
var childNames = []string{
	"PATH", "TMPDIR", "USER", "LOGNAME", "TZ",
	"LD_LIBRARY_PATH",    // where a driver or CUDA is installed outside the system's folders
	"RUNNER_TRACKING_ID", // GitHub runners use it to find processes that a job left running

	// POSIX and GNU gettext: the locale.
	"LANG", "LANGUAGE", "LC_ALL", "LC_COLLATE", "LC_CTYPE", "LC_MESSAGES", "LC_MONETARY", "LC_NUMERIC", "LC_TIME",

	// NVIDIA's container toolkit and libraries.
	"NVIDIA_VISIBLE_DEVICES", "NVIDIA_DRIVER_CAPABILITIES", "NVIDIA_TF32_OVERRIDE",

	// CUDA: which cards, compiled kernels and loading, and its server that shares a card (MPS).
	"CUDA_VISIBLE_DEVICES", "CUDA_DEVICE_ORDER", "CUDA_HOME", "CUDA_PATH",
	"CUDA_CACHE_DISABLE", "CUDA_CACHE_MAXSIZE", "CUDA_CACHE_PATH", "CUDA_FORCE_PTX_JIT", "CUDA_DISABLE_PTX_JIT",
	"CUDA_MODULE_LOADING", "CUDA_MODULE_DATA_LOADING", "CUDA_LAUNCH_BLOCKING", "CUDA_DEVICE_MAX_CONNECTIONS", "CUDA_MANAGED_FORCE_DEVICE_ALLOC",
	"CUDA_MPS_PIPE_DIRECTORY", "CUDA_MPS_LOG_DIRECTORY", "CUDA_MPS_ACTIVE_THREAD_PERCENTAGE", "CUDA_MPS_PINNED_DEVICE_MEM_LIMIT",

	// NCCL, between the cards of one machine. Where virtual machines or containers
	// have no direct path between cards, training hangs without the first five.
	"NCCL_P2P_DISABLE", "NCCL_P2P_LEVEL", "NCCL_SHM_DISABLE", "NCCL_IB_DISABLE", "NCCL_SOCKET_IFNAME",
	"NCCL_DEBUG", "NCCL_DEBUG_SUBSYS", "NCCL_ALGO", "NCCL_PROTO", "NCCL_NVLS_ENABLE", "NCCL_CUMEM_ENABLE", "NCCL_CUMEM_HOST_ENABLE",
	"NCCL_BUFFSIZE", "NCCL_NTHREADS", "NCCL_MIN_CTAS", "NCCL_MAX_CTAS", "NCCL_IGNORE_CPU_AFFINITY", "NCCL_TOPO_FILE",

	// PyTorch: how it keeps a card's memory, and how it asks for cards.
	"PYTORCH_ALLOC_CONF", "PYTORCH_CUDA_ALLOC_CONF", "PYTORCH_HIP_ALLOC_CONF",
	"PYTORCH_NO_CUDA_MEMORY_CACHING", "PYTORCH_NO_HIP_MEMORY_CACHING", "PYTORCH_NVML_BASED_CUDA_CHECK",

	// OpenMP, MKL and OpenBLAS: threads, and the same sums on every processor.
	"OMP_NUM_THREADS", "OMP_THREAD_LIMIT", "OMP_DYNAMIC", "OMP_MAX_ACTIVE_LEVELS", "OMP_PLACES", "OMP_PROC_BIND",
	"OMP_SCHEDULE", "OMP_STACKSIZE", "OMP_WAIT_POLICY",
	"MKL_NUM_THREADS", "MKL_DOMAIN_NUM_THREADS", "MKL_DYNAMIC", "MKL_CBWR", "MKL_ENABLE_INSTRUCTIONS",
	"MKL_THREADING_LAYER", "MKL_INTERFACE_LAYER", "MKL_SERVICE_FORCE_INTEL",
	"OPENBLAS_NUM_THREADS", "OPENBLAS_DEFAULT_NUM_THREADS", "OPENBLAS_CORETYPE",

	// ROCm: which cards, and how to treat unknown ones. The numbered ones are Ollama's,
	// one for each card.
	"HIP_VISIBLE_DEVICES", "ROCR_VISIBLE_DEVICES", "HIP_LAUNCH_BLOCKING", "HSA_ENABLE_SDMA", "HSA_XNACK",
	"HSA_OVERRIDE_GFX_VERSION", "HSA_OVERRIDE_GFX_VERSION_0", "HSA_OVERRIDE_GFX_VERSION_1", "HSA_OVERRIDE_GFX_VERSION_2",
	"HSA_OVERRIDE_GFX_VERSION_3", "HSA_OVERRIDE_GFX_VERSION_4", "HSA_OVERRIDE_GFX_VERSION_5", "HSA_OVERRIDE_GFX_VERSION_6", "HSA_OVERRIDE_GFX_VERSION_7",
}

// CleanEnv returns the "NAME=value" entries of environ that a child may see, by exact
// name: the search path, the locale, GPU and thread settings, the runner's mark. It
// excludes secrets, files that the runner reads, and HOME, which the caller sets to its
// own folder.
func CleanEnv(environ []string) []string { return OnlyEnv(environ, childNames...) }

// OnlyEnv returns the "NAME=value" entries of environ with one of the names.
func OnlyEnv(environ []string, names ...string) []string {
	var kept []string
	for _, entry := range environ {
		if name, _, _ := strings.Cut(entry, "="); slices.Contains(names, name) {
			kept = append(kept, entry)
		}
	}
	return kept
}

// LookupEnv is os.LookupEnv for an environment; the last of duplicate names counts.
func LookupEnv(environ []string, name string) (value string, set bool) {
	for _, entry := range slices.Backward(environ) {
		if value, set = strings.CutPrefix(entry, name+"="); set {
			return value, true
		}
	}
	return "", false
}

// WithEnv returns a copy of an environment with the name set to this value.
func WithEnv(environ []string, name, value string) []string {
	others := slices.DeleteFunc(slices.Clone(environ), func(entry string) bool { return strings.HasPrefix(entry, name+"=") })
	return append(others, name+"="+value)
}
