package proctest

import (
	"runtime"
	"time"
)

// Heap estimates the peak heap growth during a function, in bytes. Nothing else may run.
func Heap(do func()) int64 {
	var before, now runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	most := before.HeapAlloc
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for {
			select {
			case <-done:
				return
			case <-time.After(2 * time.Millisecond):
				runtime.ReadMemStats(&now)
				most = max(most, now.HeapAlloc)
			}
		}
	}()
	do()
	close(done)
	<-ended
	return int64(most - before.HeapAlloc)
}
