package engine

import "errors"

// The kinds of errors that callers tell apart, for errors.Is.
var (
	// ErrNotFound: the engine has no such tag.
	ErrNotFound = errors.New("no such tag")
	// ErrBroken: what the engine keeps of the tag is damaged, as a full disk or an
	// engine's death can leave it. Copy or Add over it repairs it, Delete removes it.
	ErrBroken = errors.New("the tag is damaged on the server")
	// ErrTooLong: the conversation has more tokens than num_ctx.
	ErrTooLong = errors.New("the conversation is longer than the context")
	// ErrUnloadable: the engine cannot load the tag's weights, and will not a
	// second time.
	ErrUnloadable = errors.New("the server cannot load the weights")
	// ErrRunner: the process that computes answers died. The engine starts another
	// for the next request.
	ErrRunner = errors.New("the server's runner died")
	// ErrDisturbed: a private engine was asked by somebody else.
	ErrDisturbed = errors.New("another program than tunegate asked the private server")
	// ErrNoMemory: the model needs more memory than there is.
	ErrNoMemory = errors.New("the server has too little memory")
	// ErrDiskFull: the disk on which the engine keeps its models is full.
	ErrDiskFull = errors.New("the server's disk is full")
)
