package dataset

import (
	"bytes"
	"crypto/sha256"
	"math/rand/v2"

	"github.com/zeebo/xxh3"

	"github.com/tunegate/tunegate/internal/text"
)

// split says for each entry whether it is held out for validation, and counts the
// clusters. Near-duplicates and what opens with the same question are a cluster,
// which is never divided. A cluster is held out when the hash of the seed and of its
// smallest digest falls below the share, so an entry moves only when its own
// cluster changes. The share is met on average: a small set may hold out nothing.
func split(entries []kept, share float64, seed uint64) (heldOut []bool, clusters int) {
	near := make([]int, len(entries))
	openings := make([]key, len(entries))
	for i, e := range entries {
		near[i], openings[i] = e.near, e.opening
	}
	labels := text.Join(near, openings)
	smallest := make(map[int][sha256.Size]byte)
	for i, label := range labels {
		digest, known := smallest[label]
		if !known || bytes.Compare(entries[i].digest[:], digest[:]) < 0 {
			smallest[label] = entries[i].digest
		}
	}
	heldOut = make([]bool, len(entries))
	for i, label := range labels {
		digest := smallest[label]
		heldOut[i] = uniform(xxh3.HashSeed(digest[:], seed)) < share
	}
	return heldOut, len(smallest)
}

// uniform maps a hash to 0 to below 1.
func uniform(hash uint64) float64 { return float64(hash>>11) / (1 << 53) }

// order gives the rows of the training file's lines, each as often as its weight
// and shuffled, and those of the validation file, once and as they came.
func order(weights []int, heldOut []bool, seed uint64) (train, validation []int) {
	for i, weight := range weights {
		if heldOut[i] {
			validation = append(validation, i)
			continue
		}
		for range weight {
			train = append(train, i)
		}
	}
	const stream = 0x74756e6567617465 // any constant: the seed alone decides
	// #nosec G404 -- the seed decides the order, so that a run can be repeated
	rand.New(rand.NewPCG(seed, stream)).Shuffle(len(train), func(i, j int) {
		train[i], train[j] = train[j], train[i]
	})
	return train, validation
}
