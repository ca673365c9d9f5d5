package proc

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"slices"
	"syscall"
	"time"
)

// The guard's arguments are one of these words, a [Network], the child's executable and
// its arguments. The lifeline, the child's descriptor 3 and its portal, if present, have
// the numbers that exec.Cmd assigns to ExtraFiles.
const (
	withLines    = "lines"
	withoutLines = "no-lines"

	lifelineFD = 3
	linesFD    = 4
)

// Exit codes of the guard other than the child's.
const (
	misused    = 2
	notStarted = 127
	signalBase = 128 // plus the number of the signal that ended the child
)

// How long a child has between SIGTERM and SIGKILL, and when the guard gives up on
// processes that survive SIGKILL. A cancelled workflow step has 7.5 s.
const (
	grace    = 3 * time.Second
	giveUp   = 4500 * time.Millisecond
	killPace = 20 * time.Millisecond
)

// Guard runs a guard process: it starts the child in args with the environment environ,
// waits for the child or the lifeline to end, and ends the child's remaining
// descendants within 5 s. It returns the exit code: the child's, 128 + n after signal n,
// or 127 if the child could not be executed, with the reason on stderr.
func Guard(args, environ []string, stderr io.Writer) int {
	if len(args) > 0 && args[0] == insideWord {
		return inside(args[1:], environ, stderr)
	}
	if len(args) < 3 || !areWords(args) || !isPipe(lifelineFD) {
		fmt.Fprintln(stderr, "guard: only tunegate itself may start this")
		return misused
	}
	network, command := Network(args[1]), args[2:]
	syscall.Umask(0o077) // children's files hold rows and answers
	// Caught and dropped: the child would inherit an ignored signal.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)

	files, next := []uintptr{0, 1, 2}, uintptr(linesFD)
	if args[0] == withLines {
		files, next = append(files, next), next+1
	}
	if network == PrivateNetwork {
		files = append(files, next)
	}
	keepToSelf(lifelineFD)
	// The child must die with the guard, which to the kernel is the thread that started it.
	runtime.LockOSThread()
	err := adoptOrphans()
	var child int
	if err == nil {
		// #nosec G204 -- the command that tunegate gave its guard
		child, err = syscall.ForkExec(command[0], command, &syscall.ProcAttr{Env: environ, Files: files, Sys: childAttributes(network)})
	}
	if network != SharedNetwork && errors.Is(err, syscall.ENOSPC) {
		err = errors.New("namespace limit reached (user.max_user_namespaces or user.max_net_namespaces)")
	}
	if err != nil {
		fmt.Fprintf(stderr, "guard: %s: %v\n", command[0], err)
		return notStarted
	}
	for _, fd := range files[3:] {
		syscall.Close(int(fd))
	}

	cut := make(chan struct{})
	go func() {
		io.Copy(io.Discard, os.NewFile(lifelineFD, "lifeline"))
		close(cut)
	}()
	ended, none := make(chan int, 1), make(chan struct{})
	go reap(child, ended, none)
	select {
	case code := <-ended:
		endTree(child, none)
		return code
	case <-cut:
		endTree(child, none)
	}
	select {
	case code := <-ended:
		return code
	default:
		return signalBase + int(syscall.SIGKILL)
	}
}

// areWords reports whether args begin with a launcher's words.
func areWords(args []string) bool {
	return len(args) >= 2 && (args[0] == withLines || args[0] == withoutLines) &&
		slices.Contains([]Network{SharedNetwork, NoNetwork, PrivateNetwork}, Network(args[1]))
}

func isPipe(fd int) bool {
	var stat syscall.Stat_t
	return syscall.Fstat(fd, &stat) == nil && stat.Mode&syscall.S_IFMT == syscall.S_IFIFO
}

// reap waits for every current and future child of the guard. It sends the exit code of
// child, and closes none when no process is left.
func reap(child int, ended chan<- int, none chan<- struct{}) {
	for {
		var status syscall.WaitStatus
		pid, err := syscall.Wait4(-1, &status, 0, nil)
		switch {
		case err == syscall.EINTR:
		case err != nil:
			close(none)
			return
		case pid == child:
			ended <- exitCode(status)
		}
	}
}

// exitCode returns a guard's exit code for the child's wait status.
func exitCode(status syscall.WaitStatus) int {
	if status.Signaled() {
		return signalBase + int(status.Signal())
	}
	return status.ExitStatus()
}

// endTree ends the child's group and every other descendant of the guard.
func endTree(group int, none <-chan struct{}) {
	start := time.Now()
	signalTree(group, syscall.SIGTERM)
	select {
	case <-none:
		return
	case <-time.After(grace):
	}
	for time.Since(start) < giveUp {
		signalTree(group, syscall.SIGKILL)
		select {
		case <-none:
			return
		case <-time.After(killPace):
		}
	}
}

// signalTree signals the group at once, then the descendants that left it. It ignores
// processes that are already gone.
func signalTree(group int, s syscall.Signal) {
	syscall.Kill(-group, s)
	for _, pid := range descendantsOutside(group) {
		syscall.Kill(pid, s)
	}
}
