package playbook

import (
	"bytes"
	"fmt"
	"math/big"
	"slices"

	"gonum.org/v1/gonum/mathext/prng"
)

// Mix is how two files are merged.
type Mix struct {
	Weight int      // how often each follow-up record is written, at least 1
	Seed   *big.Int // of the order; nil: as the files have it, base records first
}

// Merged counts the records of a merged file.
type Merged struct {
	Base     int `json:"base"`
	Followup int `json:"followup"`
	Weight   int `json:"weight"`
	Records  int `json:"records"` // Base + Weight * Followup
}

// maxMerged bounds a merged file, in bytes.
const maxMerged = 1 << 30

// Merge returns the base records and the follow-up records, Weight times, as one
// JSON list with an indent of two spaces.
func Merge(base, followup File, mix Mix) ([]byte, Merged, error) {
	if mix.Weight < 1 {
		return nil, Merged{}, fmt.Errorf("weight %d is less than 1 (hint: 1 writes each follow-up record once)", mix.Weight)
	}
	first, err := base.encoded()
	if err != nil {
		return nil, Merged{}, err
	}
	second, err := followup.encoded()
	if err != nil {
		return nil, Merged{}, err
	}
	if mix.Weight > maxMerged || total(first)+mix.Weight*total(second) > maxMerged {
		return nil, Merged{}, fmt.Errorf("weight %d gives more than %d MB from %s and %s (hint: use a smaller weight)", mix.Weight, maxMerged>>20, base.Name, followup.Name)
	}
	records := slices.Concat(first, slices.Repeat(second, mix.Weight))
	if mix.Seed != nil {
		shuffle(records, mix.Seed)
	}
	count := Merged{Base: len(first), Followup: len(second), Weight: mix.Weight, Records: len(records)}
	if len(records) == 0 {
		return []byte("[]\n"), count, nil
	}
	var merged bytes.Buffer
	merged.WriteString("[\n  ")
	merged.Write(bytes.Join(records, []byte(",\n  ")))
	merged.WriteString("\n]\n")
	return merged.Bytes(), count, nil
}

// encoded returns the JSON of each record as it stands in a list.
func (f File) encoded() ([][]byte, error) {
	records, err := f.records()
	if err != nil {
		return nil, err
	}
	encoded := make([][]byte, len(records))
	for i, record := range records {
		var b bytes.Buffer
		if err := record.encode(&b, "  "); err != nil {
			return nil, fmt.Errorf("%s: %w", f.at(record.offset), err)
		}
		encoded[i] = b.Bytes()
	}
	return encoded, nil
}

// total is about what the records take of memory, in bytes.
func total(records [][]byte) int {
	const header = 32
	size := 0
	for _, record := range records {
		size += len(record) + header
	}
	return size
}

// shuffle orders the records as CPython's random.Random(seed).shuffle does.
func shuffle(records [][]byte, seed *big.Int) {
	source := prng.NewMT19937()
	source.SeedFromKeys(keys(seed))
	for i := len(records) - 1; i > 0; i-- {
		// A number of the bits of i+1, drawn again until it is at most i.
		bits := big.NewInt(int64(i + 1)).BitLen()
		j := source.Uint32() >> (32 - bits)
		for int(j) > i {
			j = source.Uint32() >> (32 - bits)
		}
		records[i], records[j] = records[j], records[i]
	}
}

// keys are the 32-bit digits of the seed without its sign, the lowest first.
func keys(seed *big.Int) []uint32 {
	digits := []uint32{}
	for rest := new(big.Int).Abs(seed); ; {
		digits = append(digits, uint32(rest.Uint64()))
		if rest.Rsh(rest, 32); rest.Sign() == 0 {
			return digits
		}
	}
}
