package ollama

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/tunegate/tunegate/internal/chat"
	"github.com/tunegate/tunegate/internal/engine"
)

const (
	partOne = `{"message":{"content":"4 is "},"logprobs":[{"token":"4","logprob":-0.5,"top_logprobs":[{"token":"4","logprob":-0.5},{"token":"5","logprob":-2}]}],"done":false}` + "\n"
	partTwo = `{"message":{"content":"right"},"logprobs":[{"token":" is","logprob":-1}],"done":false}` + "\n"
	last    = `{"message":{"content":""},"done":true,"done_reason":"stop","prompt_eval_count":7,"eval_count":3,"total_duration":5000000,"load_duration":2000000}` + "\n"
)

func TestChat(t *testing.T) {
	t.Parallel()
	var sent map[string]any
	client := fake(t, map[string]http.HandlerFunc{
		"POST /api/chat": func(w http.ResponseWriter, r *http.Request) {
			if err := json.NewDecoder(r.Body).Decode(&sent); err != nil {
				t.Error(err)
			}
			w.Write([]byte(partOne + partTwo + last))
		},
	})
	got, err := client.Chat(t.Context(), engine.Ask{
		Tag: "demo:x", Messages: chat.Chat("be kind", nil, "2+2?"), Options: map[string]any{"seed": 3}, Logprobs: 2,
	})
	want := engine.Answer{
		Text: "4 is right", DoneReason: "stop", Done: true, InputTokens: 7, OutputTokens: 3, Duration: 3 * time.Millisecond,
		Logprobs: []engine.Logprob{{Token: "4", Logprob: -.5, Top: []engine.Logprob{{Token: "4", Logprob: -.5}, {Token: "5", Logprob: -2}}}, {Token: " is", Logprob: -1}},
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v\nwant %+v", got, err, want)
	}
	wantSent := map[string]any{
		"model": "demo:x", "options": map[string]any{"seed": 3.}, "truncate": false, "shift": false, "logprobs": true, "top_logprobs": 2.,
		"messages": []any{map[string]any{"role": "system", "content": "be kind"}, map[string]any{"role": "user", "content": "2+2?"}},
	}
	if !reflect.DeepEqual(sent, wantSent) {
		t.Errorf("sent %v\nwant %v", sent, wantSent)
	}
}

func TestChatThatEndsEarly(t *testing.T) {
	t.Parallel()
	for name, chat := range map[string]http.HandlerFunc{
		"given up":       answer(200, partOne),
		"cut":            cut(partOne),
		"cut in a chunk": cut(partOne + `{"message":{"con`),
		"nothing":        answer(200, ""),
	} {
		client := fake(t, map[string]http.HandlerFunc{"POST /api/chat": chat, "HEAD /": answer(200, "")})
		got, err := client.Chat(t.Context(), engine.Ask{Tag: "a"})
		if name == "cut in a chunk" { // half a line is not JSON, which the API client does report
			if err == nil || got.Done {
				t.Errorf("%s: %+v, %v", name, got, err)
			}
			continue
		}
		if err != nil || got.Done || got.DoneReason != engine.Aborted {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

func TestChatWithAServerThatDies(t *testing.T) {
	t.Parallel()
	mux := http.NewServeMux()
	server := httptest.NewServer(mux)
	mux.HandleFunc("POST /api/chat", func(w http.ResponseWriter, r *http.Request) {
		server.Listener.Close()
		cut(partOne)(w, r)
	})
	client, err := Dial(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	got, err := client.Chat(t.Context(), engine.Ask{Tag: "a"})
	if err == nil || got.Done || !strings.Contains(err.Error(), "disconnected in the middle") {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestChatErrorInTheStream(t *testing.T) {
	t.Parallel()
	client := fake(t, map[string]http.HandlerFunc{"POST /api/chat": answer(200, partOne+`{"error":"runner: unexpected EOF"}`)})
	if _, err := client.Chat(t.Context(), engine.Ask{Tag: "a"}); err == nil || !strings.Contains(err.Error(), "unexpected EOF") {
		t.Errorf("%v", err)
	}
	client = fake(t, map[string]http.HandlerFunc{"POST /api/chat": answer(404, `{"error":"model 'a' not found"}`)})
	if _, err := client.Chat(t.Context(), engine.Ask{Tag: "a"}); !errors.Is(err, engine.ErrNotFound) {
		t.Errorf("%v", err)
	}
}

func TestRender(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ body, want, wrong string }{
		{`{"done":false,"_debug_info":{"rendered_template":"<s>hi"}}`, "<s>hi", ""},
		{partOne + last, "", "instead of returning the prompt"},
		{"", "", "empty answer"},
	} {
		client := fake(t, map[string]http.HandlerFunc{"POST /api/chat": answer(200, test.body)})
		got, err := client.Render(t.Context(), "a", nil)
		if got != test.want || (err == nil) != (test.wrong == "") || err != nil && !strings.Contains(err.Error(), test.wrong) {
			t.Errorf("%q: %q, %v", test.body, got, err)
		}
	}
}
