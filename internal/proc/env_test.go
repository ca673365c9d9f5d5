package proc

import (
	"fmt"
	"slices"
	"testing"
)

func TestCleanEnv(t *testing.T) {
	t.Parallel()
	kept := []string{
		"PATH=/bin", "LANG=C.UTF-8", "LC_ALL=C", "TZ=", "USER=u", "LD_LIBRARY_PATH=/l", "RUNNER_TRACKING_ID=github_1",
		"CUDA_VISIBLE_DEVICES=0", "NCCL_DEBUG=INFO", "PYTORCH_ALLOC_CONF=a:b=c", "OMP_NUM_THREADS=2", "NVIDIA_VISIBLE_DEVICES=all",
		"LC_CTYPE=C", "CUDA_DEVICE_ORDER=PCI_BUS_ID", "NCCL_P2P_DISABLE=1", "NCCL_SHM_DISABLE=1", "PYTORCH_CUDA_ALLOC_CONF=a",
		"MKL_NUM_THREADS=1", "OPENBLAS_NUM_THREADS=1", "HIP_VISIBLE_DEVICES=0", "ROCR_VISIBLE_DEVICES=0", "HSA_OVERRIDE_GFX_VERSION_1=11.0.0",
	}
	dropped := []string{
		"HOME=/root", "GITHUB_TOKEN=x", "GITHUB_OUTPUT=/f", "GH_TOKEN=x", "INPUT_PATH=x", "ACTIONS_RUNTIME_URL=x", "HF_TOKEN=x",
		"CUDA_TOKEN=x", "NVIDIA_API_KEY=x", "AWS_SECRET_ACCESS_KEY=x", "PYTHONPATH=/p", "LD_PRELOAD=/l", "HTTPS_PROXY=p",
		"PATHS=x", "XPATH=x", "path=x", "=x", "", "PATH_TOKEN=x", "BASH_FUNC_x%%=() { :; }",
	}
	for _, prefix := range []string{"LC_", "CUDA_", "NCCL_", "PYTORCH_", "OMP_", "MKL_", "OPENBLAS_", "HIP_", "ROCR_", "HSA_", "NVIDIA_"} {
		for _, secret := range []string{"SECRET", "API_KEY", "REGISTRY_PASSWORD", "TOKEN", "CREDENTIALS_FILE", "DEBUG_FILE", "NET_PLUGIN", ""} {
			dropped = append(dropped, prefix+secret+"=x")
		}
	}
	if got := CleanEnv(slices.Concat(dropped, kept, dropped)); !slices.Equal(got, kept) {
		t.Errorf("%q, want %q", got, kept)
	}
}

func TestLookupEnv(t *testing.T) {
	t.Parallel()
	environ := []string{"A=1", "AB=2", "A=3=4", "EMPTY=", "", "NONE"}
	for name, want := range map[string]string{"A": "3=4 true", "AB": "2 true", "EMPTY": " true", "B": " false", "NONE": " false"} {
		value, set := LookupEnv(environ, name)
		if got := fmt.Sprint(value, " ", set); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if got := WithEnv(environ, "A", "5"); !slices.Equal(got, []string{"AB=2", "EMPTY=", "", "NONE", "A=5"}) || environ[0] != "A=1" {
		t.Errorf("%q of %q", got, environ)
	}
}
