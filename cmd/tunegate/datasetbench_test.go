package main

import (
	"bufio"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// BenchmarkDataset is `tunegate dataset` of 100,000 new rows of 1 kB, as a hosted job
// meets them: its processor time, and the most memory of the process and of its children,
// of which no one may take more than 0.3 GB.
func BenchmarkDataset(b *testing.B) {
	const rows, words = 100_000, 140
	dir, home := filepath.Join(b.TempDir(), "repo"), filepath.Join(b.TempDir(), "home")
	put := func(name, text string) {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			b.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			b.Fatal(err)
		}
	}
	git := func(args ...string) {
		if out, err := exec.Command("git", append([]string{"-C", dir, "-c", "user.name=a", "-c", "user.email=a@localhost"}, args...)...).CombinedOutput(); err != nil {
			b.Fatalf("git %q: %v\n%s", args, err, out)
		}
	}
	put("tunegate.yaml", "version: 1\nname: a\nbase: {model: /models/none}\ndataset: {sources: [{path: data/*}]}\nlimits: {rows: 1000000}\n")
	put("suites/s.suite.yaml", "name: s\ntests:\n  - description: c\n    turns: [{user: q, assert: [{type: equals, value: a}]}]\n")
	put("data/a.json", `[{"question": "1 + 1?", "answer": "2"}]`)
	git("init", "-qb", "main")
	git("add", "-A")
	git("commit", "-qm", "main")
	writeRecords(b, filepath.Join(dir, "data", "new.jsonl"), rows, words)
	git("checkout", "-qb", "new")
	git("add", "-A")
	git("commit", "-qm", "new")

	tunegate := buildTunegate(b)
	var peak, cpu float64
	for b.Loop() {
		if err := os.RemoveAll(home); err != nil {
			b.Fatal(err)
		}
		cmd := exec.Command(tunegate, "-C", dir, "--home", home, "dataset", "--base", "main", "--head", "new")
		out, err := cmd.CombinedOutput()
		if err != nil || !strings.Contains(string(out), fmt.Sprintf("%d records", rows+1)) {
			b.Fatalf("%v\n%s", err, out)
		}
		used := cmd.ProcessState.SysUsage().(*syscall.Rusage)
		peak = max(peak, float64(used.Maxrss)*1024)
		cpu += (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds()
	}
	b.ReportMetric(peak, "peak-B")
	b.ReportMetric(cpu/float64(b.N), "cpu-s/op")
}

// writeRecords writes them one by one: what this process has in memory counts as its
// child's, until that has more.
func writeRecords(b *testing.B, path string, rows, words int) {
	b.Helper()
	file, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	random, w := rand.New(rand.NewPCG(1, 2)), bufio.NewWriter(file)
	for i := range rows {
		fmt.Fprintf(w, `{"question": "Question %d about %d?", "answer": "`, i, random.IntN(1e9))
		for range words {
			fmt.Fprintf(w, "w%04d ", random.IntN(10_000))
		}
		fmt.Fprintln(w, `"}`)
	}
	if err := errors.Join(w.Flush(), file.Close()); err != nil {
		b.Fatal(err)
	}
}
