package ollama

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/tunegate/tunegate/internal/text"
)

// ErrFront means that something in front of the server answered, such as a proxy or a
// login page, or that access was refused. The server runs, or its proxy does.
var ErrFront = errors.New("a proxy or login page answered instead of the server")

// front is a response that does not come from Ollama's API: a redirect, a refusal, a
// page. Redirects are not followed: net/http would turn a POST into a GET, and an
// upload of gigabytes would be sent twice.
type front struct {
	code int
	page string   // its text, untrusted
	to   *url.URL // target of a redirect; nil: none
	path string   // of the request
}

const maxPage = 64 << 10 // bytes of a page that are read

// fronted returns the front that sent a response, or nil for the server's own, whose
// errors are JSON or plain text. It reads the body of a front's response.
func fronted(answer *http.Response) *front {
	f := &front{code: answer.StatusCode, path: answer.Request.URL.Path}
	switch code := answer.StatusCode; {
	case code == http.StatusUnauthorized, code == http.StatusForbidden, code == http.StatusProxyAuthRequired, code == http.StatusRequestEntityTooLarge:
	case code >= 300 && code < 400:
		f.to, _ = answer.Location()
	case code >= http.StatusInternalServerError && strings.HasPrefix(answer.Header.Get("Content-Type"), "text/html"):
	default:
		return nil
	}
	page, _ := io.ReadAll(io.LimitReader(answer.Body, maxPage))
	f.page = string(page)
	return f
}

func (f *front) Is(target error) bool { return target == ErrFront }

// Error describes the response, with a hint.
func (f *front) Error() string {
	said := fmt.Sprint(f.code)
	if words := text.Line(text.Page(f.page), 100); words != "" {
		said += fmt.Sprintf(", %q", words)
	}
	switch f.code {
	case http.StatusUnauthorized, http.StatusProxyAuthRequired:
		return fmt.Sprintf("a login is required (%s), and tunegate sends none (hint: use an address of the server that needs no login)", said)
	case http.StatusForbidden:
		return fmt.Sprintf("access is forbidden (%s) (hint: allow this machine in the proxy in front of the server, or in OLLAMA_ORIGINS with a proxy_set_header Host that Ollama accepts, or use the server's own address)", said)
	case http.StatusRequestEntityTooLarge:
		return fmt.Sprintf("the proxy in front of the server limits uploads (%s) (hint: raise its limit above the size of the model, client_max_body_size in nginx, or use the server's own address)", said)
	}
	if f.code < 400 {
		return "a redirect " + f.leads()
	}
	return fmt.Sprintf("the proxy in front of the server got no answer from it (%s) (hint: check that Ollama runs behind it and that the proxy waits long enough, proxy_read_timeout in nginx)", said)
}

// leads describes a redirect's target.
func (f *front) leads() string {
	if f.to == nil {
		return fmt.Sprintf("(%d) without a location (hint: check that this is the address of an Ollama server)", f.code)
	}
	server := *f.to
	server.RawQuery, server.Fragment, server.User = "", "", nil
	_, call, _ := strings.Cut(f.path, "/api/")
	before, same := strings.CutSuffix(server.Path, "/api/"+call)
	if server.Path = before; !same {
		return fmt.Sprintf("to %s, probably a login (hint: use an address of the Ollama server that needs no login)", text.Line(server.String(), 200))
	}
	return fmt.Sprintf("to %s, which is not followed (hint: use that address instead)", text.Line(server.String(), 200))
}
