package pipeline

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"testing"

	"github.com/tunegate/tunegate/internal/machine"
	"github.com/tunegate/tunegate/internal/machine/machinetest"
	"github.com/tunegate/tunegate/internal/plan/plantest"
	"github.com/tunegate/tunegate/internal/repo"
)

// judged is a repository with a change, and a machine to judge it on whose server
// tells its version.
type judged struct {
	plantest.Repository
	machine machine.Machine
	repo    *repo.Repo
}

func newJudged(t *testing.T) judged {
	t.Helper()
	f := plantest.New(t)
	version := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"version": "0.17.4"}`) }))
	t.Cleanup(version.Close)
	f.Write("tunegate.yaml", plantest.Config+"runner: {ollama: \""+version.URL+"\"}\nserve: {template: chat.tmpl}\n")
	f.Write("chat.tmpl", "{{ .Prompt }}")
	f.Commit("served")
	f.Change("data", map[string]string{"data/b.json": `[{"question": "2 + 2?", "answer": "4"}, {"question": "3 + 4?", "answer": "7"}]`})
	m, _ := machinetest.New(t)
	m.LookPath = func(string) (string, error) { return "", exec.ErrNotFound }
	return judged{f, m, f.Open()}
}
