package promote

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/tunegate/tunegate/internal/ledger"
	"github.com/tunegate/tunegate/internal/ollama"
)

// TestKilled kills a promotion at each of its requests in turn. After each, every
// server's stable tag is a whole version, and the same command again finishes as
// an undisturbed one does.
func TestKilled(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	undisturbed := p.mustPromote("v2", "two")
	p.reset()
	front := newProxy(t, p.server)
	p.config.Promote.To = []string{front.address}
	step := 3
	if os.Getenv("TUNEGATE_TEST_LONG") != "" {
		step = 1
	}
	kills := 0
	for at := 1; ; at += step {
		killed := p.killAt(front, int64(at))
		stable, _ := p.ledger().Stable("demo")
		for where, client := range map[string]*ollama.Client{"first": p.first, "second": p.second} {
			id := p.shows(client, "demo:stable")
			if whole := id == p.one.ModelID || id == undisturbed.ModelID; !whole || !killed && id != undisturbed.ModelID {
				t.Errorf("killed at request %d: the stable tag of the %s server is %q", at, where, id)
			}
			// Else a rollback without a version would go to what was before v1.
			if id == undisturbed.ModelID && stable.Version != "v2" {
				t.Errorf("killed at request %d: the %s server has v2, and the ledger says %s", at, where, stable.Version)
			}
		}
		if !killed {
			break
		}
		kills++
		p.nowV2()
		p.reset()
	}
	if kills < 3 {
		t.Errorf("only %d kills", kills)
	}
	t.Logf("%d kills", kills)
}

// killAt promotes v2 in a process of its own that is killed when the second
// server gets this request; it reports whether it came to that.
func (p *pair) killAt(front *proxy, at int64) (killed bool) {
	p.Helper()
	told, err := json.Marshal(child{p.machine.Home, p.config, Options{Version: "v2", Run: "two"}})
	p.must(err)
	self, err := os.Executable()
	p.must(err)
	cmd := exec.Command(self, promoteChild, string(told))
	var said bytes.Buffer
	cmd.Stderr = &said
	var requests atomic.Int64
	started := make(chan struct{})
	front.set(func(w http.ResponseWriter, r *http.Request) bool {
		if requests.Add(1) != at {
			return false
		}
		<-started
		cmd.Process.Kill()
		panic(http.ErrAbortHandler)
	})
	p.must(cmd.Start())
	close(started)
	err = cmd.Wait()
	front.set(nil)
	if err != nil && said.Len() > 0 {
		p.Fatalf("at request %d: %v: %s", at, err, said.String())
	}
	return err != nil
}

// reset takes the pair back to v1, as if v2 had never been.
func (p *pair) reset() {
	p.Helper()
	p.mustRollback("v1")
	for _, client := range []*ollama.Client{p.first, p.second} {
		p.must(client.Delete(p.Context(), "demo-lora-v2"))
	}
	data, err := os.ReadFile(ledger.Path(p.machine.Home))
	p.must(err)
	first, _, _ := strings.Cut(string(data), "\n")
	p.must(os.WriteFile(ledger.Path(p.machine.Home), []byte(first+"\n"), 0o644))
}
