package proc

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"syscall"
	"time"
)

const (
	portalLimit = 10 * time.Second // for a connection to a loopback device
	longAnswer  = 4 << 10          // bytes of an address, or of an error
)

// portal passes connections out of a private network: it answers each address written
// to it with a connected socket, or the text of an error. This needs no proxy that
// copies data, and no path in the file system.
type portal struct {
	near *net.UnixConn
	turn chan struct{} // holds a value while nobody waits for an answer
}

// openPortal creates a portal and returns its far end, for the child.
func (p *Process) openPortal() (far *os.File, err error) {
	syscall.ForkLock.RLock()
	ends, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_SEQPACKET, 0)
	if err == nil {
		syscall.CloseOnExec(ends[0])
		syscall.CloseOnExec(ends[1])
	}
	syscall.ForkLock.RUnlock()
	if err != nil {
		return nil, fmt.Errorf("socketpair: %w", err)
	}
	far = os.NewFile(uintptr(ends[1]), "portal")
	near, err := portalEnd(ends[0])
	if err != nil {
		far.Close()
		return nil, err
	}
	p.portal = &portal{near: near, turn: make(chan struct{}, 1)}
	p.portal.turn <- struct{}{}
	return far, nil
}

// portalEnd takes over a descriptor of a portal.
func portalEnd(fd int) (*net.UnixConn, error) {
	file := os.NewFile(uintptr(fd), "portal")
	defer file.Close()
	conn, err := net.FileConn(file)
	if err != nil {
		return nil, err
	}
	end, ok := conn.(*net.UnixConn)
	if !ok {
		conn.Close()
		return nil, errors.New("portal descriptor is not a unix socket")
	}
	return end, nil
}

// Private reports whether the child got a private network, which the machine may not
// support.
func (p *Process) Private() bool { return p.portal != nil }

// Dial connects to a TCP address in the child's network, whether its own or the shared
// one.
func (p *Process) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	if p.portal == nil {
		return (&net.Dialer{Timeout: portalLimit}).DialContext(ctx, network, address)
	}
	select {
	case <-p.portal.turn:
		defer func() { p.portal.turn <- struct{}{} }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	conn, err := p.portal.dial(address)
	if err != nil {
		return nil, &net.OpError{Op: "dial", Net: network, Err: fmt.Errorf("%s in the network of %s: %w", address, p.name, err)}
	}
	return conn, nil
}

// dial requests a connection. A timeout or an invalid answer closes the portal, because
// its next answer would be the late one.
func (p *portal) dial(address string) (net.Conn, error) {
	p.near.SetDeadline(time.Now().Add(2 * portalLimit))
	if _, err := p.near.Write([]byte(address)); err != nil {
		return nil, err
	}
	words, rights := make([]byte, longAnswer), make([]byte, syscall.CmsgSpace(4))
	n, m, _, _, err := p.near.ReadMsgUnix(words, rights)
	if err != nil {
		p.close()
		return nil, err
	}
	file, err := passed(rights[:m])
	switch {
	case err != nil:
		p.close()
		return nil, err
	case file == nil:
		return nil, errors.New(string(words[:n]))
	}
	defer file.Close()
	return net.FileConn(file)
}

// passed returns the file in a control message, or nil.
func passed(rights []byte) (*os.File, error) {
	messages, err := syscall.ParseSocketControlMessage(rights)
	if err != nil || len(messages) == 0 {
		return nil, err
	}
	files, err := syscall.ParseUnixRights(&messages[0])
	if err != nil || len(files) != 1 {
		return nil, errors.Join(err, fmt.Errorf("got %d files, expected 1", len(files)))
	}
	return os.NewFile(uintptr(files[0]), "connection"), nil
}

// close closes the portal, if there is one.
func (p *portal) close() {
	if p != nil {
		p.near.Close()
	}
}

// servePortal serves a portal's far end until the near one is closed.
func servePortal(fd int) {
	far, err := portalEnd(fd)
	if err != nil {
		return
	}
	defer far.Close()
	address := make([]byte, longAnswer)
	for {
		n, err := far.Read(address)
		if err != nil {
			return
		}
		if err := passTo(far, string(address[:n])); err != nil {
			far.Write([]byte(err.Error()))
		}
	}
}

// passTo connects to an address and passes on the connection.
func passTo(far *net.UnixConn, address string) error {
	conn, err := net.DialTimeout("tcp", address, portalLimit)
	if err != nil {
		return err
	}
	defer conn.Close()
	file, err := conn.(*net.TCPConn).File()
	if err != nil {
		return err
	}
	defer file.Close()
	_, _, err = far.WriteMsgUnix([]byte("connected"), syscall.UnixRights(int(file.Fd())), nil)
	return err
}
