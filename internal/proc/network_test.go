package proc

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// networks are those that a child can have.
var networks = []Network{SharedNetwork, NoNetwork, PrivateNetwork}

// needIsolation skips a test, loudly, where no child gets a network of its own, and
// fails it where CI is true.
func needIsolation(t *testing.T) {
	t.Helper()
	err := launcher(t).TryIsolation()
	if err != nil && os.Getenv("CI") == "true" {
		t.Fatal(err)
	} else if err != nil {
		t.Skipf("NOT TESTED in networks of their own: %v", err)
	}
}

// visit is a child that says whether it reaches an address, and a listener of its own.
func visit(address string) {
	for name, reached := range map[string]func() (net.Conn, error){
		"outside": func() (net.Conn, error) { return net.DialTimeout("tcp", address, time.Second) },
		"own": func() (net.Conn, error) {
			listener, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				return nil, err
			}
			return net.DialTimeout("tcp", listener.Addr().String(), time.Second)
		},
		"any": func() (net.Conn, error) { return net.DialTimeout("udp", "192.0.2.1:53", time.Second) }, // looks for a route only
	} {
		conn, err := reached()
		fmt.Printf("%s %v\n", name, err == nil)
		if err == nil {
			conn.Close()
		}
	}
}

// listener is a port of this machine that takes connections.
func listener(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l.Addr().String()
}

func TestWhatAChildReaches(t *testing.T) {
	t.Parallel()
	needIsolation(t)
	outside := listener(t)
	for _, network := range networks {
		c := Command{Name: "visit", Path: launcher(t).Guard[0], Args: []string{"visit", outside}, Network: network}
		log, err := run(t, c)
		shared := fmt.Sprintf("outside %v\n", network == SharedNetwork)
		if err != nil || !strings.Contains(log, shared) || !strings.Contains(log, "own true\n") {
			t.Errorf("%s: %q, %v", network, log, err)
		}
		if network != SharedNetwork && !strings.Contains(log, "any false\n") {
			t.Errorf("%s: there is a way to other machines: %q", network, log)
		}
	}
}

// Where the machine cannot isolate, a child runs as it did, and is reached.
func TestWithoutIsolation(t *testing.T) {
	t.Parallel()
	l, outside := launcher(t), listener(t)
	l.Isolation = func() error { return errors.New("forbidden") }
	for _, network := range networks {
		var log bytes.Buffer
		p, err := l.Start(t.Context(), Command{Name: "visit", Path: l.Guard[0], Args: []string{"visit", outside}, Network: network, Log: &log})
		if err != nil {
			t.Fatal(err)
		}
		conn, dialErr := p.Dial(t.Context(), "tcp", outside)
		if err := p.Wait(); err != nil || dialErr != nil || !strings.Contains(log.String(), "outside true\n") {
			t.Errorf("%s: %q, %v, %v", network, log.String(), err, dialErr)
		} else {
			conn.Close()
		}
	}
}

// The kernel says "no space left on device", which is not the disk.
func TestNoNamespaceIsLeft(t *testing.T) {
	t.Parallel()
	needIsolation(t)
	for _, setting := range []string{"max_net_namespaces", "max_user_namespaces"} {
		drop := ""
		if setting == "max_user_namespaces" { // root needs none
			drop = "exec setpriv --bounding-set=-sys_admin "
		}
		cmd := exec.Command("unshare", "-Ur", "sh", "-c", "echo 0 >/proc/sys/user/"+setting+"; "+drop+`"$0" try`, launcher(t).Guard[0])
		out, err := cmd.CombinedOutput()
		if err != nil && os.Getenv("CI") == "true" {
			t.Fatalf("%v: %s", err, out)
		} else if err != nil {
			t.Skipf("NOT TESTED without namespaces: %v: %s", err, out)
		}
		if !strings.Contains(string(out), "namespace limit reached") {
			t.Errorf("%s: %s", setting, out)
		}
	}
}

// answer is a child that answers every connection to an address with its words.
func answer(address, words string) int {
	l, err := net.Listen("tcp", address)
	if err != nil {
		fmt.Println(err)
		return 1
	}
	syscall.Write(3, []byte("listening\n"))
	for {
		conn, err := l.Accept()
		if err != nil {
			return 1
		}
		io.WriteString(conn, words)
		conn.Close()
	}
}

// answering starts such a child in a private network, and waits until it listens.
func answering(t *testing.T, address, words string) *Process {
	t.Helper()
	listens := make(chan bool, 1)
	p, err := launcher(t).Start(t.Context(), Command{
		Name: "answer", Path: launcher(t).Guard[0], Args: []string{"answer", address, words}, Network: PrivateNetwork,
		Lines: func([]byte) { listens <- true }, Log: t.Output(),
	})
	if err != nil {
		t.Fatal(err)
	}
	select {
	case <-listens:
	case <-p.Done():
		t.Fatal(p.Wait())
	}
	return p
}

// hear connects to an address in a child's network and returns what it hears.
func hear(t *testing.T, p *Process, address string) string {
	t.Helper()
	conn, err := p.Dial(t.Context(), "tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	heard, err := io.ReadAll(conn)
	if err != nil {
		t.Error(err)
	}
	return string(heard)
}

func TestPortal(t *testing.T) {
	t.Parallel()
	needIsolation(t)
	address := listener(t) // in use here, and free in each private network
	one, two := answering(t, address, "one"), answering(t, address, "two")
	for range 50 { // more than one at a time, none for another
		done := make(chan string, 8)
		for i := range cap(done) {
			go func() { done <- hear(t, []*Process{one, two}[i%2], address) }()
		}
		heard := map[string]int{}
		for range cap(done) {
			heard[<-done]++
		}
		if heard["one"] != 4 || heard["two"] != 4 {
			t.Fatalf("heard %v", heard)
		}
	}
	if _, err := one.Dial(t.Context(), "tcp", "127.0.0.1:1"); err == nil || !strings.Contains(err.Error(), "connection refused") {
		t.Errorf("nothing listens there: %v", err)
	}
	if got := hear(t, one, address); got != "one" {
		t.Errorf("after a refused connection: %q", got)
	}
	one.Stop()
	if err := one.Wait(); err != nil {
		t.Error(err)
	}
	if _, err := one.Dial(t.Context(), "tcp", address); err == nil {
		t.Error("a process that is gone was reached")
	}
	if got := hear(t, two, address); got != "two" {
		t.Errorf("the other: %q", got)
	}
}

// A child stays who it is, with the rights that it had, whether root starts it or
// somebody else.
func TestWhoAChildIs(t *testing.T) {
	t.Parallel()
	needIsolation(t)
	show := `id -u; id -g; grep CapEff /proc/self/status; grep CapAmb /proc/self/status; head -c1 /dev/zero | wc -c`
	for name, as := range map[string]*syscall.Credential{"itself": nil, "nobody": {Uid: 65534, Gid: 65534}} {
		if as != nil && os.Geteuid() != 0 {
			t.Logf("NOT TESTED as %s: only root can become another user", name)
			continue
		}
		said := map[Network]string{}
		for _, network := range networks {
			folder := readable(t)
			cmd := exec.Command(copied(t, folder), "tunegate", string(network), "("+show+") >said; readlink /proc/self/ns/net >net")
			cmd.Dir, cmd.SysProcAttr = folder, &syscall.SysProcAttr{Credential: as}
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("%s: %v\n%s", name, err, out)
			}
			data, err := os.ReadFile(filepath.Join(folder, "said"))
			if err != nil {
				t.Fatal(err)
			}
			said[network] = string(data)
			net, err := os.ReadFile(filepath.Join(folder, "net"))
			if ours, _ := os.Readlink("/proc/self/ns/net"); err != nil || (strings.TrimSpace(string(net)) == ours) != (network == SharedNetwork) {
				t.Errorf("%s, in the %s network: it is %s, ours is %s (%v)", name, network, net, ours, err)
			}
		}
		for _, network := range networks[1:] {
			if said[network] != said[SharedNetwork] || !strings.HasSuffix(said[network], "0\n1\n") {
				t.Errorf("%s, in the %s network: %s\nin the shared one: %s", name, network, said[network], said[SharedNetwork])
			}
		}
	}
}

// readable is a folder that every user can write to.
func readable(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, folder := range []string{dir, filepath.Dir(dir)} {
		if err := os.Chmod(folder, 0o777); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// copied is this test binary where every user can run it.
func copied(t *testing.T, folder string) string {
	t.Helper()
	data, err := os.ReadFile(launcher(t).Guard[0])
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(folder, "binary")
	syscall.ForkLock.RLock() // see proctest.WriteFile
	err = os.WriteFile(path, data, 0o755)
	syscall.ForkLock.RUnlock()
	if err != nil {
		t.Fatal(err)
	}
	return path
}
