package gate

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tunegate/tunegate/internal/dataset"
	"github.com/tunegate/tunegate/internal/suite"
)

func TestData(t *testing.T) {
	t.Parallel()
	v := Data([]dataset.Finding{
		{Check: "near_duplicate", Level: "error", New: true},
		{Check: "answer_missing", Level: "error", New: true},
		{Check: "near_duplicate", Level: "error", New: true},
		{Check: "near_duplicate", Level: "error"},
		{Check: "near_duplicate", Level: "warn", New: true},
	}, usual())
	want := Verdict{Schema: 1, Outcome: Fail, PolicySHA256: usual().SHA256(), Rules: []Rule{{
		Rule: "data", N: 3, P: 1, Outcome: Fail, Why: "answer_missing 1, near_duplicate 2",
	}}}
	if diff := cmp.Diff(want, v); diff != "" {
		t.Error(diff)
	}
	if ExitCode(v, usual()) != 3 {
		t.Error("exit code is not 3")
	}
}

func TestUnchanged(t *testing.T) {
	t.Parallel()
	v := Unchanged("b", usual())
	if v.Outcome != "unchanged" || v.Promotable || v.ModelID != "" || v.BaselineModelID != "b" || ExitCode(v, usual()) != 0 {
		t.Errorf("%+v", v)
	}
}

func TestSaveAndLoad(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "verdict.json")
	v := Decide(usual(), graded("symbolic", suite.Target, want{40, both}, want{3, regressed}, want{2, silent}))
	if err := v.Save(path); err != nil {
		t.Fatal(err)
	}
	got, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(v, got); diff != "" {
		t.Error(diff)
	}
	for data, wrong := range map[string]string{`{"schema": 2}`: "schema 2", `{`: "unexpected end"} {
		if err := os.WriteFile(path, []byte(data), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Load(path); err == nil || !strings.Contains(err.Error(), wrong) {
			t.Errorf("%s: got %v", data, err)
		}
	}
}

func TestPolicyInJSON(t *testing.T) {
	t.Parallel()
	p := usual()
	p.Merge.NoHarm = []string{"followup"}
	p.Merge.OutputTokens = &Ratio{1.25}
	p.Promote.Gain.AnyOf = []string{"followup"}
	p.Promote.NoWorse.AllOf = []string{"general"}
	p.Promote.LatencyMedian = &Ratio{1.1}
	data, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"merge":{"no_harm":["followup"],"output_tokens":{"max_ratio":1.25},"margin":0.1,"on_inconclusive":"pass"},` +
		`"promote":{"gain":{"any_of":["followup"],"at_least":0.03},"no_worse":{"all_of":["general"],"margin":0.1},"latency_median":{"max_ratio":1.1}}}`
	if diff := cmp.Diff(want, string(data)); diff != "" {
		t.Error(diff)
	}
	if p.SHA256() == usual().SHA256() || len(p.SHA256()) != 64 {
		t.Error("the digest does not tell policies apart")
	}
}
