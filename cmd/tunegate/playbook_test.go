package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/tunegate/tunegate/internal/python/pythontest"
)

// The make targets write the bytes that CPython says the playbook's scripts write.
func TestPlaybookTargetsAsCPython(t *testing.T) {
	t.Parallel()
	python := pythontest.Interpreter(t).Path
	makefile, err := filepath.Abs(filepath.Join("..", "..", "internal", "starter", "files", "tutor", "tunegate.mk"))
	if err != nil {
		t.Fatal(err)
	}
	const merged, rows = "data/merged.json", "data/train.jsonl"
	base, followup := samples("What is", 13), samples("And then", 8)
	dir := t.TempDir()
	for name, data := range map[string][]byte{"base.json": base, "follow up.json": followup} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	// run makes a target and gives a file that it wrote.
	run := func(wrote string, args ...string) []byte {
		cmd := exec.Command("make", append([]string{"-s", "-f", makefile, "TUNEGATE=" + buildTunegate(t), "LORA_BASE_SAMPLE=base.json", "LORA_FOLLOWUP_SAMPLE=follow up.json",
			"LORA_MERGED_RAW=" + merged, "LORA_OUTPUT=" + rows}, args...)...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("make %q: %v\n%s", args, err, out)
		}
		data, err := os.ReadFile(filepath.Join(dir, wrote))
		if err != nil {
			t.Fatal(err)
		}
		return data
	}

	type job map[string]any
	var jobs []job
	var written [][]byte
	for weight := 1; weight <= 3; weight++ {
		for _, seed := range []any{42, 0, 20261122, nil} {
			order := fmt.Sprintf("LORA_SHUFFLE_SEED=%d", seed)
			if seed == nil {
				order = "LORA_NO_SHUFFLE=yes"
			}
			train := run(rows, "lora-prepare-merged", fmt.Sprintf("LORA_FOLLOWUP_WEIGHT=%d", weight), order)
			raw, err := os.ReadFile(filepath.Join(dir, merged))
			if err != nil {
				t.Fatal(err)
			}
			jobs = append(jobs, job{"base": base, "followup": followup, "weight": weight, "seed": seed}, job{"prepare": raw})
			written = append(written, raw, train)
		}
	}
	jobs = append(jobs, job{"base": base, "followup": followup, "weight": 2, "seed": 42}, job{"prepare": followup})
	written = append(written, run(merged, "lora-merge-samples"), run(rows, "lora-prepare", "LORA_INPUT=follow up.json"))

	questions, err := json.Marshal(jobs)
	if err != nil {
		t.Fatal(err)
	}
	oracle := exec.Command(python, filepath.Join("..", "..", "internal", "playbook", "testdata", "oracle.py"))
	oracle.Stdin = bytes.NewReader(questions)
	out, err := oracle.Output()
	if err != nil {
		t.Fatal(err)
	}
	var want [][]byte
	if err := json.Unmarshal(out, &want); err != nil || len(want) != len(jobs) {
		t.Fatalf("%d answers to %d jobs, %v", len(want), len(jobs), err)
	}
	for i, wanted := range want {
		if !bytes.Equal(written[i], wanted) || len(wanted) < 100 {
			t.Errorf("%v: got %.300q, want %.300q", jobs[i]["weight"], written[i], wanted)
		}
	}
}

// samples are n raw records with text that is not ASCII, numbers and nested values.
func samples(question string, n int) []byte {
	var b bytes.Buffer
	b.WriteString(`{"note": "made by hand", "records": [`)
	for i := range n {
		fmt.Fprintf(&b, "{\"question\": \"%s  %d·π?\", \"answer\": %d.50, \"audience\": \"Kids\", \"context\": [\"a\", \"b\"]},\n", question, i/2*2, i*i)
	}
	b.WriteString(`{"question": "x", "answer": "y"}]}`)
	return b.Bytes()
}
