package ollama

import (
	"os"
	"os/exec"
	"testing"

	"github.com/tunegate/tunegate/internal/engine"
	"github.com/tunegate/tunegate/internal/gguf/gguftest"
	"github.com/tunegate/tunegate/internal/ollama/ollamatest"
	"github.com/tunegate/tunegate/internal/proc"
	"github.com/tunegate/tunegate/internal/proc/proctest"
)

// BenchmarkAnswers asks a server in a network of its own and one on the machine's,
// and what an evaluation looks at after each answer.
func BenchmarkAnswers(b *testing.B) {
	binary, err := FindBinary(ollamatest.Home(), exec.LookPath)
	if err != nil {
		b.Skip(err)
	}
	for name, launcher := range map[string]proc.Launcher{"own": proctest.Launcher(b), "shared": proctest.Shared(b)} {
		server, err := Serve(b.Context(), launcher, ServeOptions{Binary: binary, Home: b.TempDir(), Env: os.Environ()})
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { server.Close() })
		client := server.Client()
		path, sum := gguftest.Tiny(b, 1)
		if err := client.Add(b.Context(), path, engine.Definition{Tag: "demo:old", GGUF: sum, Template: chatML}); err != nil {
			b.Fatal(err)
		}
		b.Run("network="+name+"/answer", func(b *testing.B) {
			for b.Loop() {
				if _, err := client.Chat(b.Context(), short("demo:old")); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run("network="+name+"/look", func(b *testing.B) {
			for b.Loop() {
				if _, err := client.Digest(b.Context(), "demo:old"); err != nil {
					b.Fatal(err)
				}
				if err := server.Undisturbed(b.Context()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
