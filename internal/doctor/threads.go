package doctor

import (
	"context"
	"fmt"
	"os"
	"runtime"

	"github.com/tunegate/tunegate/internal/check"
	"github.com/tunegate/tunegate/internal/engine"
)

// tinyModel is the number of parameters below which an answer takes so little work that
// the waiting of the server's threads for each other counts. It was seen at 2 and at 135
// million parameters.
const tinyModel = 500e6

// threadChecks suggest num_thread if the private server computes on a CPU and its
// threads may wait for each other: with a tiny model, or on a busy machine.
func threadChecks(_ context.Context, in inspection) []check.Check {
	if in.config == nil || !in.runner.PrivateServer() || in.deviceErr != nil || in.device.GPU != nil || in.base.parameters == 0 {
		return nil
	}
	set := engine.Values(in.config.Serve.Parameters)["num_thread"] != nil
	return threadCheck(set, in.base.parameters, load(), runtime.NumCPU())
}

func threadCheck(set bool, parameters int64, load float64, cores int) []check.Check {
	busy := load > float64(cores)/2
	if set || parameters >= tinyModel && !busy {
		return nil
	}
	why := fmt.Sprintf("%s parameters are served from the CPU", billions(parameters))
	if busy {
		why += fmt.Sprintf(", whose %d cores have a load of %.1f", cores, load)
	}
	return []check.Check{check.Warned("threads", why+": the server's threads spin while they wait for each other; on busy cores a model of 2 million parameters took 13 s for an answer with two threads, and 0.03 s with one",
		"if answers are slow, set `num_thread: 1` under `serve.parameters` in the config; as a part of the model, a promotion takes it to your servers")}
}

// load is the machine's load of the last minute; 0: unknown.
func load() float64 {
	data, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return 0
	}
	var minute float64
	if _, err := fmt.Sscan(string(data), &minute); err != nil {
		return 0
	}
	return minute
}
