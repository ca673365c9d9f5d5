package runner

import (
	"fmt"
	"net"
	"time"
)

// portCheck wants a port of this machine for the private server, and that this
// machine reaches it.
func portCheck() Check {
	const mend = "bring the loopback device up: `"
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err == nil {
		defer listener.Close()
		var reached net.Conn
		if reached, err = net.DialTimeout("tcp", listener.Addr().String(), 2*time.Second); err == nil {
			reached.Close()
		}
	}
	if err != nil {
		return judge("port", false, fmt.Sprintf("no server can listen on 127.0.0.1: %v", err), mend+asRoot("ip link set lo up")+"`")
	}
	return judge("port", true, "127.0.0.1 can be listened on and reached", "")
}
