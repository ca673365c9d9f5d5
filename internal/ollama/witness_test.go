package ollama

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// sends is a RoundTripper that answers, or fails.
type sends struct{ err error }

func (s sends) RoundTrip(*http.Request) (*http.Response, error) {
	return &http.Response{Body: io.NopCloser(strings.NewReader(""))}, s.err
}

func ask(t *testing.T, w *witness, method, path string, err error) {
	t.Helper()
	request, wrong := http.NewRequestWithContext(t.Context(), method, "http://127.0.0.1:1"+path, nil)
	if wrong != nil {
		t.Fatal(wrong)
	}
	response, _ := noted{sends{err}, w}.RoundTrip(request)
	response.Body.Close()
}

const ginLine = `[GIN] 2026/11/30 - 18:39:46 | 200 |     653.732µs |       127.0.0.1 | `

func TestWitness(t *testing.T) {
	t.Parallel()
	chats := []string{`POST     "/api/chat"`, `POST     "/api/chat"`}
	for name, tt := range map[string]struct {
		logged []string
		want   string
	}{
		"what was sent":                    {append(chats, `HEAD     "/"`), ""},
		"one that was cut is logged":       {append(chats, `HEAD     "/"`, `DELETE   "/api/delete"`), ""},
		"one more":                         {append(chats, `HEAD     "/"`, `POST     "/api/chat"`), `"POST /api/chat"`},
		"another path":                     {append(chats, `HEAD     "/"`, `POST     "/api/copy"`), `"POST /api/copy"`},
		"another method, nothing else yet": {[]string{`GET      "/"`}, `"GET /"`},
		"a query":                          {append(chats, `HEAD     "/?"`), `"HEAD /?"`},
		"what a path may hold":             {[]string{`POST     "/| \"x\"\n"`}, `"POST /| \"x\"\n"`},
		"cut off in the middle":            {[]string{`POST     "/api/ch [9 bytes cut]`}, `"[GIN] 2026/11/30`},
		"many":                             {[]string{`A "/1"`, `B "/2"`, `C "/3"`, `D "/4"`}, `"A /1", "B /2", "C /3", and others`},
	} {
		w := newWitness()
		ask(t, w, "POST", "/api/chat", nil)
		ask(t, w, "POST", "/api/chat", nil)
		ask(t, w, "HEAD", "/", nil)
		ask(t, w, "DELETE", "/api/delete", errors.New("cut"))
		io.WriteString(w, `time=2026-11-30 level=INFO msg="[GIN] POST"`+"\n")
		io.WriteString(w, "[GIN-debug] Listening\n")
		for _, line := range tt.logged {
			io.WriteString(w, ginLine+line+"\n")
		}
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		if got := w.foreign(ctx); !strings.HasPrefix(got, tt.want) || tt.want == "" && got != "" {
			t.Errorf("%s: %s, want %s", name, got, tt.want)
		}
		cancel()
	}
}

// A line that is due is waited for: what comes with it is not missed.
func TestWitnessWaits(t *testing.T) {
	t.Parallel()
	w := newWitness()
	ask(t, w, "POST", "/api/chat", nil)
	looked := make(chan string)
	go func() { looked <- w.foreign(t.Context()) }()
	io.WriteString(w, ginLine+`POST     "/api/copy"`+"\n")
	io.WriteString(w, ginLine+`POST     "/api/chat"`+"\n")
	if got := <-looked; got != `"POST /api/copy"` {
		t.Errorf("%s", got)
	}
}

// What never comes is not waited for a second time, and of a server that logs no
// requests not at all.
func TestWitnessGivesUp(t *testing.T) {
	t.Parallel()
	for name, logs := range map[string]bool{"one line is missing": true, "no line at all": false} {
		w := newWitness()
		if logs {
			io.WriteString(w, ginLine+`HEAD     "/"`+"\n")
			ask(t, w, "HEAD", "/", nil)
		}
		ask(t, w, "POST", "/api/chat", nil)
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		if got := w.foreign(ended); got != "" {
			t.Errorf("%s: %s", name, got)
		}
		if !logs {
			ask(t, w, "POST", "/api/chat", nil)
		}
		if _, due, _ := w.compare(); due {
			t.Errorf("%s: it is still waited for", name)
		}
		io.WriteString(w, ginLine+`POST     "/api/copy"`+"\n")
		if got := w.foreign(t.Context()); got != `"POST /api/copy"` {
			t.Errorf("%s: %s", name, got)
		}
	}
}

// A server whose log only came late is waited for from then on.
func TestWitnessOfALateLog(t *testing.T) {
	t.Parallel()
	w := newWitness()
	ask(t, w, "HEAD", "/", nil)
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	w.foreign(ended) // waits for nothing
	io.WriteString(w, ginLine+`HEAD     "/"`+"\n")
	ask(t, w, "POST", "/api/chat", nil)
	if foreign, due, _ := w.compare(); foreign != "" || !due {
		t.Errorf("%s, due: %t", foreign, due)
	}
}
