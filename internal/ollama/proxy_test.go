package ollama

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"sync"
	"sync/atomic"
	"testing"
)

// proxy stands between a client and a server, where accidents happen.
type proxy struct {
	*Client
	front  *httptest.Server
	target atomic.Pointer[Server]
	body   func(path string) // once, when a request's body is on its way
	answer func(path string) // once, when an answer's body is on its way
	before func(path string) // once, before a request is passed on
}

// through is a client that reaches the server through a proxy.
func through(t *testing.T, server *Server) *proxy {
	t.Helper()
	p := &proxy{}
	p.target.Store(server)
	handler := &httputil.ReverseProxy{
		FlushInterval: -1,
		Rewrite:       func(r *httputil.ProxyRequest) { r.SetURL(p.target.Load().Client().base) },
		Transport: &http.Transport{DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			return p.target.Load().process.Dial(ctx, network, address)
		}},
		ModifyResponse: func(r *http.Response) error {
			r.Body = &watched{ReadCloser: r.Body, seen: func() { call(p.answer, r.Request.URL.Path) }}
			return nil
		},
		ErrorHandler: func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) },
	}
	p.front = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		call(p.before, r.URL.Path)
		r.Body = &watched{ReadCloser: r.Body, seen: func() { call(p.body, r.URL.Path) }}
		handler.ServeHTTP(w, r)
	}))
	t.Cleanup(p.front.Close)
	var err error
	if p.Client, err = Dial(p.front.URL); err != nil {
		t.Fatal(err)
	}
	return p
}

func call(hook func(string), path string) {
	if hook != nil {
		hook(path)
	}
}

// on calls do at the first request for a path.
func on(path string, do func()) func(string) {
	var once sync.Once
	return func(p string) {
		if p == path {
			once.Do(do)
		}
	}
}

// watched calls seen once some of it was read.
type watched struct {
	io.ReadCloser
	once sync.Once
	seen func()
}

func (w *watched) Read(p []byte) (int, error) {
	n, err := w.ReadCloser.Read(p)
	if n > 0 {
		w.once.Do(w.seen)
	}
	return n, err
}
