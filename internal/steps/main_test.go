package steps

import (
	"testing"

	"github.com/tunegate/tunegate/internal/proc/proctest"
)

func TestMain(m *testing.M) { proctest.Main(m) }
