package doctor

import (
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/check"
	"github.com/tunegate/tunegate/internal/config"
	"github.com/tunegate/tunegate/internal/machine"
)

func TestThreads(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		set        bool
		parameters int64
		load       float64
		says       string // empty: nothing
	}{
		"a tiny model":         {false, 2e6, 0, "2.0 million parameters are served from the CPU: "},
		"and a busy machine":   {false, 2e6, 3.5, "from the CPU, whose 4 cores have a load of 3.5: "},
		"a busy machine":       {false, 7e9, 3.5, "7.0 billion parameters are served from the CPU, whose 4 cores"},
		"a quiet machine":      {false, 7e9, 1.5, ""},
		"what is set is known": {true, 2e6, 3.5, ""},
	} {
		got := threadCheck(tt.set, tt.parameters, tt.load, 4)
		if len(got) > 1 || (len(got) == 1) != (tt.says != "") {
			t.Errorf("%s: %+v", name, got)
		}
		if len(got) == 1 && (got[0].Level != check.Warn || !strings.Contains(got[0].Found, tt.says) || !strings.Contains(got[0].Fix, "`num_thread: 1` under `serve.parameters`")) {
			t.Errorf("%s: %+v", name, got)
		}
	}
	in := inspection{wanted: private, base: baseModel{parameters: 2e6}}
	in.config = &config.Config{}
	if got := threadChecks(t.Context(), in); len(got) != 1 {
		t.Errorf("on a CPU: %+v", got)
	}
	in.device.GPU = &machine.GPU{}
	if got := threadChecks(t.Context(), in); got != nil {
		t.Errorf("on a card: %+v", got)
	}
}
