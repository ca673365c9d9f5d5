package promote

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/gate"
	"github.com/tunegate/tunegate/internal/machine"
)

func TestList(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	empty, err := List(l.machine, "", "")
	if err != nil || empty.Versions == nil || empty.Candidates == nil || len(empty.Versions)+len(empty.Candidates) > 0 {
		t.Errorf("an empty home: %+v, %v", empty, err)
	}
	l.run("1", 1, "", passed())
	record := l.run("2", 2, "", passed())
	l.run("3", 3, "", gate.Verdict{Schema: 1, Outcome: gate.Fail})
	l.serve(t.TempDir()).Close() // skips without Ollama
	l.mustPromote("v1", "1")
	l.mustPromote("v2", "2")
	listing, err := List(l.machine, "demo", "/here")
	l.must(err)
	if len(listing.Versions) != 2 || len(listing.Candidates) != 3 || len(listing.Notes) > 0 {
		t.Fatalf("%+v", listing)
	}
	one, two := listing.Versions[0], listing.Versions[1]
	if one.State != Previous || two.State != Stable || !one.Held || !two.Held || one.Bytes == 0 || two.Run != "2" || two.Tag != "demo-lora-v2" {
		t.Errorf("versions %+v", listing.Versions)
	}
	bad, good := listing.Candidates[0], listing.Candidates[1]
	if bad.Promotable || bad.Outcome != "fail" || len(bad.Promoted) > 0 || bad.Held || bad.ModelID == "" {
		t.Errorf("candidate 3: %+v", bad)
	}
	if !good.Promotable || !slices.Equal(good.Promoted, []string{"v2"}) || good.ModelID != two.ModelID || good.Head != "change-2" || good.Bytes != two.Bytes {
		t.Errorf("candidate 2: %+v", good)
	}

	// What is lost is seen.
	l.must(os.RemoveAll(filepath.Join(l.machine.Home, "store", "export", string(record.Stages[0].Key))))
	l.must(os.RemoveAll(machine.OllamaHome(l.machine.Home)))
	listing, err = List(l.machine, "", "/here")
	l.must(err)
	if two := listing.Versions[1]; two.Bytes != 0 || two.Held {
		t.Errorf("lost: %+v", two)
	}
	if len(listing.Notes) != 1 || !strings.Contains(listing.Notes[0], "demo:stable is not v2 (hint: `tunegate promote v2 --run 2` repairs it)") {
		t.Errorf("notes %q", listing.Notes)
	}
	elsewhere, err := List(l.machine, "other", "/there")
	if err != nil || len(elsewhere.Versions)+len(elsewhere.Candidates) > 0 {
		t.Errorf("another repository: %+v, %v", elsewhere, err)
	}
}
