package engine

import "errors"

// The kinds of errors that callers tell apart, for errors.Is.
var (
	// ErrNotFound: the engine has no such tag.
	ErrNotFound = errors.New("no such tag")
	// ErrBroken: the tag is damaged on the engine, as after a full disk or a crash. Copy
	// or Add repairs it, Delete removes it.
	ErrBroken = errors.New("the tag is damaged on the server")
	// ErrTooLong: the conversation has more tokens than num_ctx.
	ErrTooLong = errors.New("the conversation is longer than the context")
	// ErrUnloadable: the engine cannot load the tag's weights; retrying does not help.
	ErrUnloadable = errors.New("the server cannot load the weights")
	// ErrRunner: the process that computes answers died. The engine starts another for
	// the next request.
	ErrRunner = errors.New("the server's runner died")
	// ErrDisturbed: another program sent requests to a private engine.
	ErrDisturbed = errors.New("a program other than tunegate used the private server")
	// ErrNoMemory: the model needs more memory than is available.
	ErrNoMemory = errors.New("the server has too little memory")
	// ErrDiskFull: the disk on which the engine keeps its models is full.
	ErrDiskFull = errors.New("the server's disk is full")
)
