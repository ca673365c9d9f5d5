package doctor

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/check"
	"github.com/tunegate/tunegate/internal/proc/proctest"
	"github.com/tunegate/tunegate/internal/store"
)

func TestDiskHas(t *testing.T) {
	t.Parallel()
	home := filepath.Join(t.TempDir(), "a", "b")
	if got := diskHas(home, room{bytes: 1}); got.Level != check.OK {
		t.Errorf("%+v", got)
	}
	if got := diskHas(home, room{bytes: 1 << 60}); got.Level != check.Fail || !strings.Contains(got.Fix, "export TUNEGATE_HOME=") {
		t.Errorf("%+v", got)
	}
}

func TestSpace(t *testing.T) {
	t.Parallel()
	m := newMachine(t, nil)
	base := baseModel{weights: 2000, parameters: 1000, tracked: true}
	const rest = spaceForRuns
	if n := space(m, base, true); n.bytes != spaceForTools+3*2000+2000+2*2000+rest {
		t.Errorf("the first time: %+v", n)
	}
	draft, err := m.Store().Begin("base-gguf", store.Digest("base"))
	if err != nil {
		t.Fatal(err)
	}
	proctest.WriteFile(t, filepath.Join(draft.Dir, "base.gguf"), strings.Repeat("x", 1990))
	if _, err := draft.Commit(store.Result{}); err != nil {
		t.Fatal(err)
	}
	if n := space(m, base, false); n.bytes != 2*2000+rest {
		t.Errorf("with the base there: %+v", n)
	}
	if n := space(m, baseModel{}, false); n.bytes != rest {
		t.Errorf("without a config: %+v", n)
	}
}
