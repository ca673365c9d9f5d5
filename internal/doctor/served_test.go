package doctor

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/check"
	"github.com/tunegate/tunegate/internal/config"
	"github.com/tunegate/tunegate/internal/plan"
)

// A shared server's own tags, as people may have changed them.
func TestServedChecks(t *testing.T) {
	t.Parallel()
	const file = "{{ range .Messages }}{{ .Content }}{{ end }}"
	for name, tt := range map[string]struct {
		parameters, template, system string
		level                        check.Level
		found                        string
	}{
		"as configured":  {"repeat_penalty 1", file, "Be kind.", check.OK, "t-base: template, system prompt and repeat_penalty as in the config"},
		"no penalty":     {"temperature 0.2", file, "Be kind.", check.Warn, "t-base has no repeat_penalty, so the server's default of 1.1"},
		"a penalty":      {"repeat_penalty 1.1", file, "Be kind.", check.Warn, "t-base has repeat_penalty 1.1"},
		"other template": {"repeat_penalty 1", "{{ .Prompt }}", "Be kind.", check.Warn, "a different template from t.tmpl"},
		"other system":   {"repeat_penalty 1", file, "Be rude.", check.Warn, "a different system prompt from `serve.system`"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				var asked struct{ Model string }
				if err := json.NewDecoder(r.Body).Decode(&asked); err != nil || asked.Model != "t-base" {
					w.WriteHeader(http.StatusNotFound)
					fmt.Fprint(w, `{"error":"model 't:stable' not found"}`)
					return
				}
				answer := map[string]any{
					"parameters": tt.parameters, "template": tt.template, "system": tt.system,
					"modelfile": "FROM /x/sha256-" + strings.Repeat("a", 64) + "\nTEMPLATE " + tt.template + "\n",
				}
				if err := json.NewEncoder(w).Encode(answer); err != nil {
					t.Error(err)
				}
			}))
			defer server.Close()
			wants := wanted{
				runner: config.Runner{Ollama: server.URL},
				config: &config.Config{Name: "t", Serve: config.Serve{System: "Be kind.", TemplateFile: "t.tmpl"}},
				plan:   &plan.Plan{Template: file},
			}
			checks := servedChecks(t.Context(), inspection{wanted: wants, about: Subject{Command: "tunegate -C here"}})
			if len(checks) != 1 || checks[0].Level != tt.level || !strings.Contains(checks[0].Found, tt.found) ||
				tt.level == check.Warn && !strings.Contains(checks[0].Fix, "`tunegate -C here run`") {
				t.Errorf("%+v", checks)
			}
		})
	}
}

// A proxy with a limit stops the candidate's upload, which comes after the training.
func TestServerThatTakesNoUploads(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasPrefix(r.URL.Path, "/api/blobs/") && r.ContentLength > 1<<20:
			w.WriteHeader(http.StatusRequestEntityTooLarge)
		case r.URL.Path == "/api/show":
			fmt.Fprintf(w, `{"parameters": "repeat_penalty 1", "modelfile": "FROM /x/sha256-%s\n"}`, strings.Repeat("a", 64))
		}
	}))
	t.Cleanup(server.Close)
	for parameters, want := range map[int64]int{1000: 2, 1e6: 3} {
		checks := servedChecks(t.Context(), inspection{base: baseModel{parameters: parameters}, wanted: wanted{runner: config.Runner{Ollama: server.URL}, config: &config.Config{Name: "t"}}})
		if len(checks) != want {
			t.Errorf("%d parameters: %+v", parameters, checks)
		}
		if limit := checks[len(checks)-2]; want == 3 && (limit.Level != check.Fail || !strings.Contains(limit.Found, "limits uploads") || !strings.Contains(limit.Fix, "`runner.ollama`")) {
			t.Errorf("%+v", limit)
		}
	}
}
