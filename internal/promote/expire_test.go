package promote

import (
	"errors"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/clean"
)

// TestKeep: a promotion removes the versions beyond those that are kept from every
// server, and the next clean the bytes; a server that is down harms nothing.
func TestKeep(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	server := l.serve(t.TempDir())
	client := server.Client()
	second := newProxy(t, server)
	l.config.Promote.To = []string{second.address}
	for i, id := range []string{"one", "two", "three", "four", "five"} {
		l.run(id, byte(i+1), "", passed())
	}
	l.mustPromote("v1", "one")
	l.mustPromote("v2", "two")
	l.mustPromote("v3", "three")
	l.config.Promote.Keep = 2
	second.set(func(w http.ResponseWriter, r *http.Request) bool {
		if r.Method == http.MethodDelete {
			w.WriteHeader(http.StatusInternalServerError)
		}
		return r.Method == http.MethodDelete
	})
	if stays := l.mustPromote("v4", "four"); stays.Removed != nil || len(stays.Notes) != 2 || !strings.Contains(stays.Notes[0], "demo-lora-v2 is beyond the 2 of `promote.keep`, but was not removed: ") {
		t.Errorf("%+v", stays)
	}
	second.set(nil)
	last := l.mustPromote("v4", "four") // again: what was left to do is done
	if !slices.Equal(last.Removed, []string{"v2", "v1"}) || last.Changed || last.Stable != "v4" || last.Previous != "v3" {
		t.Errorf("%+v", last)
	}
	three, _ := l.ledger().Previous("demo")
	want := map[string]string{"demo:stable": last.ModelID, "demo-lora-v4": last.ModelID, "demo-lora-v3": three.ModelID, "demo-lora-v2": "", "demo-lora-v1": ""}
	l.expectPrivate(want)
	l.expect("second", client, want)
	if again := l.mustPromote("v4", "four"); again.Removed != nil {
		t.Errorf("%+v", again)
	}

	for version, run := range map[string]string{"v1": "one", "v2": "two"} {
		if _, err := l.promote(version, run); !errors.Is(err, ErrUsage) || !strings.Contains(err.Error(), "promote v5 --run "+run) {
			t.Errorf("promote %s again: %v", version, err)
		}
		if _, err := Rollback(t.Context(), l.machine, l.config, version); !errors.Is(err, ErrUsage) || !strings.Contains(err.Error(), "was removed") {
			t.Errorf("rollback %s: %v", version, err)
		}
	}
	listing, err := List(l.machine, "demo", "")
	l.must(err)
	var states []string
	for _, v := range listing.Versions {
		states = append(states, v.Version+" "+string(v.State))
	}
	if got := strings.Join(states, ", "); got != "v1 removed, v2 removed, v3 previous, v4 stable" {
		t.Error(got)
	}

	// A clean frees the bytes of the removed ones where no run holds them, and a
	// rollback to what is kept still works.
	for _, run := range []string{"one", "two", "three", "four"} {
		l.must(os.RemoveAll(l.machine.Home + "/runs/" + run))
	}
	_, err = clean.Run(t.Context(), l.machine, clean.Options{})
	l.must(err)
	listing, err = List(l.machine, "demo", "")
	l.must(err)
	for _, v := range listing.Versions {
		if kept := v.Bytes > 0; kept != (v.Version == "v3" || v.Version == "v4") {
			t.Errorf("%s has %d bytes", v.Version, v.Bytes)
		}
	}
	if back := l.mustRollback(""); back.Stable != "v3" || back.ModelID != three.ModelID {
		t.Errorf("%+v", back)
	}
	if _, err := Rollback(t.Context(), l.machine, l.config, ""); !errors.Is(err, ErrUsage) || !strings.Contains(err.Error(), "before v3 of demo was removed under `promote.keep` (hint: promote another version, or let the app use demo-base)") {
		t.Errorf("a second rollback: %v", err)
	}
}
