package llamacpp

import (
	"os"
	"testing"

	"github.com/tunegate/tunegate/internal/engine/enginetest"
	"github.com/tunegate/tunegate/internal/proc/proctest"
)

func TestMain(m *testing.M) { proctest.Main(m) }

// TestRealConforms takes the llama-server that $TUNEGATE_LLAMA_SERVER names, an
// absolute path, through the tests of an engine; `make test-engines` builds one.
func TestRealConforms(t *testing.T) {
	t.Parallel()
	binary := os.Getenv("TUNEGATE_LLAMA_SERVER")
	if binary == "" {
		t.Skip("NOT TESTED against a real llama-server: TUNEGATE_LLAMA_SERVER names none (hint: `make test-engines` builds one)")
	}
	e, err := New(proctest.Launcher(t), Options{Binary: binary, Home: t.TempDir(), Env: os.Environ(), Log: t.Output()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	enginetest.Run(t, e)
}
