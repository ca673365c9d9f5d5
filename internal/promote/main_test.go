package promote

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"testing"

	"github.com/tunegate/tunegate/internal/config"
	"github.com/tunegate/tunegate/internal/proc/proctest"
)

// promoteChild is the first argument of a test binary that promotes and ends, to
// be killed meanwhile.
const promoteChild = "promote-child"

// child is what such a binary is told.
type child struct {
	Home    string
	Config  config.Config
	Options Options
}

func TestMain(m *testing.M) {
	if len(os.Args) > 2 && os.Args[1] == promoteChild {
		var c child
		err := json.Unmarshal([]byte(os.Args[2]), &c)
		if err == nil {
			_, err = Promote(context.Background(), machineAt(c.Home, &said{}), c.Config, c.Options)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	proctest.Main(m)
}
