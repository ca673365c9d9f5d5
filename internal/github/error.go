package github

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	gh "github.com/google/go-github/v62/github"

	"github.com/tunegate/tunegate/internal/text"
)

var (
	// ErrForbidden is wrapped when GitHub does not allow a request: the token
	// may not do it, or nobody may now. Retrying does not help.
	ErrForbidden = errors.New("forbidden")
	// ErrNotFound is wrapped when there is no such thing, or the token may not see it.
	ErrNotFound = errors.New("not found")
)

// explain adds to err what was being done, and a hint; permission is
// the one that a job needs for it.
func explain(doing, permission string, err error) error {
	var answer *gh.ErrorResponse
	switch {
	case err == nil:
		return nil
	case limited(err):
		return fmt.Errorf("github: %s: the request rate is limited for longer than this job waits (hint: run the job again later)", doing)
	case !errors.As(err, &answer):
		return fmt.Errorf("github: %s: %w%s", doing, err, unanswered(err))
	}
	switch code := answer.Response.StatusCode; {
	case code/100 == 3:
		return fmt.Errorf("github: %s: answered %d, %s", doing, code, elsewhere(answer.Response))
	case code == http.StatusForbidden && answer.Message == "":
		return fmt.Errorf("github: %s: answered 403, but not by GitHub: %s (hint: check for a proxy in between)", doing, words(answer))
	case code == http.StatusForbidden:
		return fmt.Errorf("github: %s: %w: %s (hint: %s)", doing, ErrForbidden, words(answer), allowing(answer.Message, permission))
	case code == http.StatusNotFound:
		return fmt.Errorf("github: %s: %w (hint: if it exists, give the job the permission `%s`)", doing, ErrNotFound, permission)
	case code == http.StatusUnauthorized:
		return fmt.Errorf("github: %s: the token is not accepted (hint: tokens expire with their job; pass this job's own)", doing)
	case code >= http.StatusInternalServerError:
		return fmt.Errorf("github: %s: answered %d each time (hint: run the job again later)", doing, code)
	default:
		return fmt.Errorf("github: %s: refused with %d: %s (hint: report this if GitHub's message does not help)", doing, code, words(answer))
	}
}

// allowing is the hint for an answer of 403 with this message. A permission of
// the job is missing only if GitHub mentions the integration or the
// personal access token.
func allowing(words, permission string) string {
	for _, known := range []struct{ words, helps string }{
		{"not accessible by", "give the job the permission `" + permission + "`"},
		{"locked", "unlock the conversation"},
		{"SAML", "authorize the token for the organization's single sign-on, or pass the workflow's own token"},
		{"IP allow list", "add the address of this runner to the list"},
	} {
		if strings.Contains(words, known.words) {
			return known.helps
		}
	}
	return "see GitHub's message for the reason; another permission of the job does not help"
}

// elsewhere explains why a redirect was not followed.
func elsewhere(answer *http.Response) string {
	if to, err := answer.Location(); err == nil && answer.Request != nil && !sameServer(to, answer.Request.URL) {
		return fmt.Sprintf("a redirect to %s, but the token is sent to no other host (hint: set GITHUB_API_URL to the address of the API itself)",
			text.Line(to.Scheme+"://"+to.Host, maxWords))
	}
	return "a redirect that cannot be followed (hint: set GITHUB_API_URL to the address of the API itself)"
}

// unanswered is the hint for an error that is not an answer of GitHub's API.
func unanswered(err error) string {
	var certificate *tls.CertificateVerificationError
	var syntax *json.SyntaxError
	var shape *json.UnmarshalTypeError
	switch {
	case errors.As(err, &certificate):
		return " (hint: set SSL_CERT_FILE to the certificate of the authority that signed it, or add that to this machine's)"
	case errors.As(err, &syntax), errors.As(err, &shape):
		return ": the answer is not from GitHub's API (hint: check for a proxy in between)"
	}
	return ""
}

const (
	maxWords = 300      // runes that an error quotes of an answer
	maxPage  = 64 << 10 // bytes of a page that are searched for its message
)

// words are an answer's own message, on one line; that of a page, if it is one.
func words(answer *gh.ErrorResponse) string {
	if answer.Message == "" {
		page, _ := io.ReadAll(io.LimitReader(answer.Response.Body, maxPage))
		return text.Shown(text.Page(string(page)), maxWords)
	}
	said := []string{answer.Message}
	for _, e := range answer.Errors {
		said = append(said, e.Resource, e.Field, e.Code, e.Message)
	}
	return text.Line(strings.Join(said, " "), maxWords)
}

// limited is true for an answer that says to ask again later.
func limited(err error) bool {
	var primary *gh.RateLimitError
	var secondary *gh.AbuseRateLimitError
	return errors.As(err, &primary) || errors.As(err, &secondary) || status(err) == http.StatusTooManyRequests
}

// gone is true for an answer that there is no such thing.
func gone(err error) bool { return status(err) == http.StatusNotFound }

// open is true when an error does not say whether the server did what was asked.
func open(ctx context.Context, err error) bool {
	code := status(err)
	return err != nil && ctx.Err() == nil && !limited(err) && (code == 0 || code >= http.StatusInternalServerError)
}

// status is the code of an answer that is an error, or 0.
func status(err error) int {
	var answer *gh.ErrorResponse
	if errors.As(err, &answer) {
		return answer.Response.StatusCode
	}
	return 0
}
