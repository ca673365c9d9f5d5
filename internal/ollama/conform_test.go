package ollama

import (
	"testing"

	"github.com/tunegate/tunegate/internal/engine/enginetest"
)

func TestRealConforms(t *testing.T) {
	t.Parallel()
	server, _ := serveReal(t)
	enginetest.Run(t, server.Client())
}
