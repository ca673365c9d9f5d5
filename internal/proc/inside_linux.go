package proc

import (
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"syscall"

	"golang.org/x/sys/unix"
)

// addNamespaces gives a child its own network namespace. Root creates one directly;
// another user does so in a user namespace that keeps user and groups.
func addNamespaces(attributes *syscall.SysProcAttr) {
	attributes.Cloneflags = unix.CLONE_NEWNET
	if may(unix.CAP_SYS_ADMIN) && may(unix.CAP_NET_ADMIN) {
		return
	}
	attributes.Cloneflags |= unix.CLONE_NEWUSER
	uid, gid := os.Geteuid(), os.Getegid()
	attributes.UidMappings = []syscall.SysProcIDMap{{ContainerID: uid, HostID: uid, Size: 1}}
	attributes.GidMappings = []syscall.SysProcIDMap{{ContainerID: gid, HostID: gid, Size: 1}}
	attributes.AmbientCaps = []uintptr{unix.CAP_NET_ADMIN} // until the loopback device is up
}

// may reports whether this thread has a capability, below 32.
func may(capability uint) bool {
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var data [2]unix.CapUserData
	return unix.Capget(&header, &data[0]) == nil && data[0].Effective&(1<<capability) != 0
}

// inside is the first process in a network: it brings up the loopback device and
// executes the command after the words in args. In a private network it starts the
// command as a child and serves the portal while that runs. Without a command it exits
// at once with code 0.
func inside(args, environ []string, stderr io.Writer) int {
	if !areWords(args) {
		fmt.Fprintln(stderr, "guard: only tunegate itself may start this")
		return misused
	}
	runtime.LockOSThread() // capabilities are a thread's, and so is Pdeathsig
	if err := raiseLoopback(); err != nil {
		fmt.Fprintln(stderr, "guard: loopback device:", err)
		return notStarted
	}
	command := args[2:]
	if len(command) == 0 {
		return 0
	}
	var err error
	if Network(args[1]) != PrivateNetwork {
		err = syscall.Exec(command[0], command, environ) // #nosec G204 -- the command that tunegate gave its guard
	} else {
		var code int
		if code, err = attend(args[0] == withLines, command, environ); err == nil {
			return code
		}
	}
	fmt.Fprintf(stderr, "guard: %s: %v\n", command[0], err)
	return notStarted
}

// raiseLoopback brings up lo, then drops the capability to do so.
func raiseLoopback() error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	lo, err := unix.NewIfreq("lo")
	if err != nil {
		return err
	}
	lo.SetUint16(unix.IFF_UP | unix.IFF_RUNNING)
	if err := unix.IoctlIfreq(fd, unix.SIOCSIFFLAGS, lo); err != nil {
		return err
	}
	return unix.Prctl(unix.PR_CAP_AMBIENT, unix.PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0)
}

// attend starts a command, serves the portal while it runs, and returns the exit code
// for the guard.
func attend(lines bool, command, environ []string) (int, error) {
	// As in a guard: signals to the group are meant for the command.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	files, portalFD := []uintptr{0, 1, 2}, 3
	if lines {
		files, portalFD = append(files, 3), 4
	}
	keepToSelf(3)
	// #nosec G204 -- the command that tunegate gave its guard
	child, err := syscall.ForkExec(command[0], command, &syscall.ProcAttr{
		Env: environ, Files: files, Sys: &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL},
	})
	if err != nil {
		return 0, err
	}
	if lines {
		syscall.Close(3)
	}
	go servePortal(portalFD)
	for {
		var status syscall.WaitStatus
		if _, err := syscall.Wait4(child, &status, 0, nil); err != syscall.EINTR {
			return exitCode(status), err
		}
	}
}
