package doctor

import (
	"context"
	"fmt"
	"net"
	"time"

	"github.com/tunegate/tunegate/internal/check"
)

// portChecks require a port of this machine for the private server, and that this
// machine reaches it.
func portChecks(_ context.Context, in inspection) []check.Check {
	if !in.runner.PrivateServer() {
		return nil
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err == nil {
		defer listener.Close()
		var reached net.Conn
		if reached, err = net.DialTimeout("tcp", listener.Addr().String(), 2*time.Second); err == nil {
			reached.Close()
		}
	}
	if err != nil {
		return []check.Check{check.Failed("port", fmt.Sprintf("no server can listen on 127.0.0.1: %v", err), "bring the loopback device up: `"+asRoot("ip link set lo up")+"`")}
	}
	return []check.Check{check.Passed("port", "this machine can listen on 127.0.0.1 and reach it")}
}
