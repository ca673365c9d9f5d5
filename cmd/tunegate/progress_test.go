package main

import (
	"bytes"
	"testing"
	"time"
)

func TestProgressInALog(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	now := time.Unix(0, 0)
	p := newProgress(&out, func() time.Time { return now }, false)
	p.Say("train: running")
	for second := range int64(12) {
		now = time.Unix(second, 0)
		p.Update("train", second, 12, time.Duration(12-second)*time.Second, "loss 0.1")
	}
	p.Update("eval", 1, 2, 0, "")
	p.clear()
	want := "train: running\ntrain: 0 of 12, 12s left (loss 0.1)\ntrain: 5 of 12, 7s left (loss 0.1)\n" +
		"train: 10 of 12, 2s left (loss 0.1)\neval: 1 of 2\n"
	if got := out.String(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestProgressOnATerminal(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	p := newProgress(&out, func() time.Time { return time.Unix(0, 0) }, false)
	p.live = true
	p.Update("train", 5, 10, time.Minute, "")
	p.Say("train: done")
	want := "[##########..........] train: 5 of 10, 1m0s left\r\x1b[Ktrain: done\n"
	if got := out.String(); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestQuietProgress(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	p := newProgress(&out, time.Now, true)
	p.Say("x")
	p.Update("train", 1, 2, 0, "")
	p.clear()
	if out.Len() > 0 {
		t.Errorf("printed %q", out.String())
	}
}
