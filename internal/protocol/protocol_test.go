package protocol

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

type made struct {
	Version int                `json:"version"`
	HeadSHA string             `json:"head_sha"`
	Probe   *probe             `json:"baseline_probe,omitempty" was:"Already"`
	ByName  map[string][]probe `json:"by_name"`
	Started time.Time          `json:"started"`
	Seed    uint64             `json:"seed"`
	Plain   string
	embedded
}

type embedded struct {
	PeakBytes int `json:"peak_bytes"`
}

type probe struct {
	Eligible int `json:"eligible" was:"Of"`
	Of       int `json:"of" was:"Asked"`
}

var format = Format[made]{File: "made.json", Key: "version", Version: 2, Migrations: []Migration{
	func(object map[string]any) error { RenameFields[made](object); return nil },
	func(object map[string]any) error { object["Plain"] = "from 1"; return nil },
}}

func TestDecode(t *testing.T) {
	t.Parallel()
	want := made{
		Version: 2, HeadSHA: "1a", Probe: &probe{Eligible: 9, Of: 4}, ByName: map[string][]probe{"s/Of": {{Eligible: 1, Of: 1}}},
		Started: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), Seed: 1<<63 + 1, Plain: "from 1", embedded: embedded{PeakBytes: 7},
	}
	const old = `{"HeadSHA": "1a", "Already": {"Of": 9, "Asked": 4}, "ByName": {"s/Of": [{"Of": 1, "Asked": 1}]},
		"Started": "2026-01-02T03:04:05Z", "Seed": 9223372036854775809, "Plain": "x", "PeakBytes": 7}`
	got, err := format.DecodeStrict([]byte(old))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(made{})); diff != "" {
		t.Error(diff)
	}
	data, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	again, err := format.DecodeStrict(data)
	if diff := cmp.Diff(got, again, cmp.AllowUnexported(made{})); diff != "" || err != nil {
		t.Error(diff, err)
	}
}

// What has its names of now is left as it is.
func TestRenameFieldsTwice(t *testing.T) {
	t.Parallel()
	now := map[string]any{"baseline_probe": map[string]any{"eligible": 9, "of": 4}, "other": 1}
	RenameFields[made](now)
	if diff := cmp.Diff(map[string]any{"baseline_probe": map[string]any{"eligible": 9, "of": 4}, "other": 1}, now); diff != "" {
		t.Error(diff)
	}
}

func TestRefused(t *testing.T) {
	t.Parallel()
	for data, want := range map[string]string{
		`{"version": 3}`:               "made.json has version 3, but this tunegate reads up to 2 (hint: it was made by a newer tunegate; update this one)",
		`{"version": 0}`:               "\"0\" is not a valid `version`",
		`{"version": "1"}`:             "is not a valid `version`",
		`{"version": 1.0}`:             "is not a valid `version`",
		`{"version": 2, "other": 1}`:   `unknown object member name "other"`,
		`{"version": 2} {}`:            "after top-level value",
		`{"Plain": "x"} x`:             "after top-level value",
		`{"version": 2, "seed": "x"}`:  `within "/seed"`,
		`{"version": 2, "seed"`:        "after offset 21 (hint: check whether the file is truncated)",
		`{"version": 2, "version": 3}`: "duplicate object member name",
		"null":                         "made.json: not a JSON object",
		"[]":                           "unmarshal JSON array",
		"":                             "unexpected EOF",
	} {
		if _, err := format.DecodeStrict([]byte(data)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", data, err, want)
		}
	}
	if _, err := format.Decode([]byte(`{"version": 2, "other": 1}`)); err != nil {
		t.Error(err)
	}
	record := Format[made]{File: "run.json", Key: "schema", Version: 1}
	if _, err := record.Decode([]byte(`{}`)); err == nil || !strings.HasSuffix(err.Error(), "has schema 0, but this tunegate reads 1 (hint: it was made by an older tunegate; make it again)") {
		t.Errorf("without a migration: %v", err)
	}
}

// Whatever a file holds, it is decoded in the current version or refused.
func FuzzDecode(f *testing.F) {
	for _, data := range []string{`{}`, `{"version": 1, "by_name": {"a": [{"of": 1}]}}`, `{"Already": [1]}`, `{"ByName": {"a": {"b": 1}}}`, `{"version": 9}`, "null"} {
		f.Add([]byte(data))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, decode := range []func([]byte) (made, error){format.Decode, format.DecodeStrict} {
			got, err := decode(data)
			if err == nil && got.Version != format.Version {
				t.Errorf("%q is of version %d", data, got.Version)
			}
			if err != nil && !strings.HasPrefix(err.Error(), "made.json") {
				t.Errorf("%q: %v", data, err)
			}
		}
	})
}
