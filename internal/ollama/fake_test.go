package ollama

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

// fake is a client of a server whose paths, written "METHOD /path", have these handlers.
func fake(t *testing.T, handlers map[string]http.HandlerFunc) *Client {
	t.Helper()
	mux := http.NewServeMux()
	for pattern, handler := range handlers {
		mux.HandleFunc(pattern, handler)
	}
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	client, err := Dial(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

func answer(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		w.Write([]byte(body))
	}
}

// cut sends body, then ends the connection in the middle of the response.
func cut(body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Write([]byte(body))
		http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
}
