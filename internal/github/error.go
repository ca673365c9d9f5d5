package github

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	gh "github.com/google/go-github/v62/github"

	"github.com/tunegate/tunegate/internal/text"
)

var (
	// ErrForbidden is wrapped when the token may not do what was asked. Trying
	// again does not help.
	ErrForbidden = errors.New("the token may not do this")
	// ErrNotFound is wrapped when there is no such thing, or the token may not see it.
	ErrNotFound = errors.New("not found")
)

// explain says what was being done when err came up, and what helps; permission is
// the one that a job needs for it.
func explain(doing, permission string, err error) error {
	var answer *gh.ErrorResponse
	switch {
	case err == nil:
		return nil
	case limited(err):
		return fmt.Errorf("github: %s: the rate is limited for longer than this job waits (run the job again later)", doing)
	case !errors.As(err, &answer):
		return fmt.Errorf("github: %s: %w", doing, err)
	}
	switch code := answer.Response.StatusCode; {
	case code == http.StatusForbidden:
		return fmt.Errorf("github: %s: %w: %s (give the job the permission `%s`)", doing, ErrForbidden, words(answer), permission)
	case code == http.StatusNotFound:
		return fmt.Errorf("github: %s: %w (or the job lacks the permission `%s`)", doing, ErrNotFound, permission)
	case code == http.StatusUnauthorized:
		return fmt.Errorf("github: %s: the token is not accepted (it ends with its job; hand over this job's own)", doing)
	case code >= http.StatusInternalServerError:
		return fmt.Errorf("github: %s: answered %d each time (run the job again later)", doing, code)
	default:
		return fmt.Errorf("github: %s: refused with %d: %s (report this if the words do not help)", doing, code, words(answer))
	}
}

// maxWords bounds what an error quotes of an answer, in runes.
const maxWords = 300

// words are an answer's own, on one line.
func words(answer *gh.ErrorResponse) string {
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
