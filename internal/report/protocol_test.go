package report_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/tunegate/tunegate/internal/gate"
	"github.com/tunegate/tunegate/internal/protocol/protocoltest"
	"github.com/tunegate/tunegate/internal/report"
	"github.com/tunegate/tunegate/internal/report/reporttest"
)

const schema = "../../docs/schema/report.schema.json"

// No test reads the schema while this one writes it: the others run after it.
func TestSchemaIsThatOfTheTypes(t *testing.T) {
	protocoltest.CheckSchema[report.Report](t, schema, "tunegate report.json, version 1")
}

func TestReportsFollowTheSchema(t *testing.T) {
	t.Parallel()
	all := reporttest.All()
	all["hostile"], all["empty"] = reporttest.Hostile("</script>\u202e"), report.Report{}
	for name, r := range all {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			data, err := report.Encode(r)
			if err != nil {
				t.Fatal(err)
			}
			protocoltest.Validate(t, schema, data)
			for _, decode := range []func([]byte) (report.Report, error){report.Decode, report.DecodeStrict} {
				again, err := decode(data)
				if err != nil {
					t.Fatal(err)
				}
				r.Version = report.Version
				if diff := cmp.Diff(r, again, cmpopts.EquateEmpty()); diff != "" {
					t.Error(diff)
				}
			}
		})
	}
}

// A report from before version 1 is read completely. The file holds the Tutor report
// with fewer cases, as that tunegate wrote it.
func TestDecodeOfGoNames(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/version0.json")
	if err != nil {
		t.Fatal(err)
	}
	got, err := report.DecodeStrict(data)
	if err != nil {
		t.Fatal(err)
	}
	want := reporttest.Tutor()
	want.Version = report.Version
	want.Cases, want.Suites[0].Cases, want.Losses = want.Cases[:4], want.Suites[0].Cases[:2], want.Losses[:3]
	for i := range want.Verdict.Rules {
		want.Verdict.Rules[i].Regressed = nil
	}
	want.Forecast.Effects = []gate.DetectableEffect{{Rule: gate.NoHarm, Suite: "followup", Cases: 50, Clusters: 48, Noise: .1, Detects: .2}}
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Error(diff)
	}
}

func TestDecodeRefusesANewerVersion(t *testing.T) {
	t.Parallel()
	_, err := report.Decode([]byte(`{"version": 2, "name": "tutor"}`))
	if err == nil || !strings.Contains(err.Error(), "report.json has version 2, but this tunegate reads up to 1 (hint: it was made by a newer tunegate; update this one)") {
		t.Errorf("got %v", err)
	}
}

func TestForecastSaysUnknown(t *testing.T) {
	t.Parallel()
	data, err := json.Marshal(report.Forecast{Stages: []report.PlannedStage{{Name: "train"}}})
	if err != nil || strings.Count(string(data), `"seconds":null`) != 2 {
		t.Errorf("%s, %v", data, err)
	}
}

// No input crashes the decoder.
func FuzzDecode(f *testing.F) {
	for _, data := range []string{
		`{"version": 1}`, `{"Suites": [{"Cases": [{"Turns": [{"User": "a", "Asserts": [{}]}]}]}]}`, `{"suites": [null, 1, {"cases": [null, {"turns": [null]}]}]}`,
		`{"Already": {"Of": 1}, "Nearest": {"a": [{"Likeness": 0.5}]}}`,
	} {
		f.Add([]byte(data))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := report.DecodeStrict(data)
		if err == nil && r.Version != report.Version {
			t.Errorf("%q is of version %d", data, r.Version)
		}
	})
}
