package report

import (
	"encoding/json"
	"fmt"

	"github.com/tunegate/tunegate/internal/protocol"
)

// File is the name of the report in a run's folder "report".
const File = "report.json"

// Version is the current version of report.json, whose schema is
// docs/schema/report.schema.json.
const Version = 1

var format = protocol.Format[Report]{File: File, Key: "version", Version: Version, Migrations: []protocol.Migration{fromGoNames}}

// Encode writes the report as report.json.
func Encode(r Report) ([]byte, error) {
	r.Version = Version
	data, err := json.Marshal(r)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", File, err)
	}
	return data, nil
}

// Decode reads a report.json, also one of an earlier version. One of a later
// version is an error.
func Decode(data []byte) (Report, error) { return format.Decode(data) }

// DecodeStrict is Decode for an untrusted file: an unknown field is an error.
func DecodeStrict(data []byte) (Report, error) { return format.DecodeStrict(data) }

// fromGoNames migrates reports from before version 1: fields had Go's names, and suites
// held everything that the evaluation uses.
func fromGoNames(object map[string]any) error {
	protocol.RenameFields[Report](object)
	suites, _ := object["suites"].([]any)
	for _, s := range suites {
		s, _ := s.(map[string]any)
		drop(s, "Role", "History")
		cases, _ := s["cases"].([]any)
		for _, c := range cases {
			c, _ := c.(map[string]any)
			drop(c, "Cluster")
			turns, _ := c["turns"].([]any)
			for i, turn := range turns {
				turn, _ := turn.(map[string]any)
				asserts, _ := turn["Asserts"].([]any)
				if turn != nil && (len(asserts) > 0 || i == len(turns)-1) {
					turn["asked"] = true
				}
				drop(turn, "Asserts")
			}
		}
	}
	return nil
}

func drop(object map[string]any, names ...string) {
	for _, name := range names {
		delete(object, name)
	}
}
