package plan

import (
	"testing"
	"time"

	"github.com/tunegate/tunegate/internal/plan/plantest"
	"github.com/tunegate/tunegate/internal/register"
	"github.com/tunegate/tunegate/internal/store"
)

// A key is what it was, or kept bases are read again: a change here is meant.
func TestBaseSlots(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.Git("rm", "-qr", "base")
	f.Write("base/config.json", "{}")
	f.Commit("a base of one file")
	state := []FileState{{"config.json", 2, time.Date(2025, 1, 2, 3, 4, 5, 0, time.UTC)}}
	for _, test := range []struct {
		stage, key string
		slot       store.Slot
	}{
		{"base", "980f6358e4cddb426fdf24df1409395e1b3ca747af5889f8b786702c40968b54", f.must("main", "main").BaseFilesSlot()},
		{"base-digest", "7e6f25c3a660c616a905c57f5cef8c75fcbaf8017bdf38c9cdbf82ad010866ac", BaseDigestSlot("/models/b", state)},
	} {
		if test.slot.Stage != test.stage || string(test.slot.Key) != test.key {
			t.Errorf("%s %s, want %s %s", test.slot.Stage, test.slot.Key, test.stage, test.key)
		}
	}
}

// Two shared servers of one version may compute differently: what one answered is
// not taken for what another would. The same server in another spelling is no other.
func TestAnswersAreOfOneServer(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	slots := func(address string) []store.Key {
		f.Write("tunegate.yaml", plantest.Config+"runner: {ollama: \""+address+"\"}\n")
		f.Commit(address)
		p := f.must("main", "main")
		p.Template = "{{ .Prompt }}"
		registered, _, err := p.RegisterSlot("gguf", register.Rendering{})
		if err != nil {
			t.Fatal(err)
		}
		return []store.Key{
			p.EvalSlot("m", "0.17.4", "cpu").Key, p.TrialSlot("m", "0.17.4", "cpu").Key,
			p.ProbeSlot("m", "0.17.4", "cpu", nil).Key, p.LengthsSlot("m", "0.17.4", "cpu", 9).Key, registered.Key,
		}
	}
	one, spelled := slots("http://box:11434"), slots("HTTP://Box:11434/")
	for _, other := range [][]store.Key{slots("http://other:11434"), slots("auto")} {
		for i := range one {
			if one[i] == other[i] {
				t.Errorf("key %d is the same for another server", i)
			}
			if one[i] != spelled[i] {
				t.Errorf("key %d is another for the same server, spelled otherwise", i)
			}
		}
	}
}
