package actions

import (
	"bytes"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/actions/actionstest"
	"github.com/tunegate/tunegate/internal/proc"
)

// FuzzFence: of what stands between the two ends of a fence the runner carries
// out nothing, whether it went through the relay or, if that were to fail, not.
func FuzzFence(f *testing.F) {
	for _, line := range actionstest.Attacks() {
		f.Add([]byte(line), 3)
	}
	f.Add([]byte(strings.Join(actionstest.Attacks(), "\n")), 7)
	f.Add([]byte("::stop-commands::\n::::\n##[]"), 1)
	f.Fuzz(func(t *testing.T, text []byte, size int) {
		for _, relayed := range []bool{true, false} {
			var log bytes.Buffer
			j := New(environment(nil), &log)
			open := j.Fence()
			if relayed {
				relay := proc.NewCleaner(&log, proc.Fence)
				for piece := range slices.Chunk(text, max(size, 1)) {
					relay.Write(piece)
				}
				relay.Close()
			} else {
				log.Write(text)
				io.WriteString(&log, "\n")
			}
			open()
			j.Annotate(Annotation{Level: Error, Message: "ours"})
			fired := actionstest.Commands(log.String())
			if len(fired) != 3 || !strings.HasPrefix(fired[0], "stop-commands ") || !strings.HasPrefix(fired[0], "stop-commands "+strings.TrimSpace(fired[1])) || fired[2] != "error ours" {
				t.Errorf("relayed %t: %q runs %q", relayed, text, fired)
			}
		}
	})
}

func TestFencesDiffer(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	j := New(environment(nil), &log)
	j.Fence()()
	j.Fence()()
	lines := strings.Split(strings.TrimSpace(log.String()), "\n")
	if len(lines) != 4 || lines[0] == lines[2] || len(strings.TrimPrefix(lines[0], "::stop-commands::")) < 26 {
		t.Errorf("%q", lines) // 26 letters and digits of 32 are 130 bits
	}
}
