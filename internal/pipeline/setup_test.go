package pipeline

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/assertion"
	"github.com/tunegate/tunegate/internal/eval"
	"github.com/tunegate/tunegate/internal/store"
	"github.com/tunegate/tunegate/internal/suite"
)

// TestSetupSaysWhatIsCut: that answers are cut is said with what would end them, which
// is asked of the server once.
func TestSetupSaysWhatIsCut(t *testing.T) {
	t.Parallel()
	r, heard, baseline, asked := asker(t, fakeChecker, func(question string, w http.ResponseWriter) {
		fmt.Fprintf(w, `{"message": {"role": "assistant", "content": "whole"}, "done": true, "done_reason": "stop", "prompt_eval_count": 12, "eval_count": %s}`+"\n", question)
	})
	asks := []assertion.Assert{{Type: assertion.Equals, Values: []string{"4"}, Weight: 1}}
	r.plan.Suites = []suite.Suite{{Name: "s", Role: suite.Target, History: []suite.History{suite.Replayed}, Cases: []suite.Case{
		{ID: "a", Cluster: "a", Turns: []suite.Turn{{User: "100", Asserts: asks}}},
		{ID: "b", Cluster: "b", Turns: []suite.Turn{{User: "5", Asserts: asks}}},
	}}}
	dir := t.TempDir()
	file, err := os.Create(filepath.Join(dir, eval.CasesFile))
	if err != nil {
		t.Fatal(err)
	}
	for id, turn := range map[string]eval.Turn{
		"a": {Output: "cut", DoneReason: "length", InputTokens: 12, OutputTokens: 64}, "b": {Output: "short", DoneReason: "stop", InputTokens: 12, OutputTokens: 5},
	} {
		if err := eval.AppendCase(file, eval.Case{Suite: "s", Role: "target", Case: id, Cluster: id, History: "replayed", ModelID: baseline.ModelID, Turns: []eval.Turn{turn}, Evidence: eval.Direct}); err != nil {
			t.Fatal(err)
		}
	}
	summary, err := json.Marshal(eval.Summary{})
	if err == nil {
		err = r.steps.BaselineAnswers.Take(store.Entry{Dir: dir, Manifest: store.Manifest{Value: summary}})
	}
	if err != nil {
		t.Fatal(err)
	}
	take(t, r.steps.Baseline, baseline)
	const want = "baseline: 1 of 2 baseline answers were cut off at num_predict 64 (s 1); 128 would let them all finish (hint: set serve.parameters.num_predict to 128)"
	for range 2 {
		if err := r.sayLengths(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if got := strings.Count(heard.Text(), want); got != 2 || asked.Load() != 1 {
		t.Errorf("said %d times, asked %d times: %s", got, asked.Load(), heard.Text())
	}
}
