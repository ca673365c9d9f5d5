package runs

import (
	"errors"
	"testing"

	"github.com/tunegate/tunegate/internal/protocol"
	"github.com/tunegate/tunegate/internal/protocol/protocoltest"
)

func TestSchemaIsThatOfTheTypes(t *testing.T) {
	t.Parallel()
	protocoltest.CheckSchema[Record](t, "../../docs/schema/run.schema.json", "run.json: what a run of tunegate was about and how far it came")
}

// TestNewerRecord: a record of a newer tunegate names things that must not be
// taken for unused, so it stops whoever asks for all.
func TestNewerRecord(t *testing.T) {
	t.Parallel()
	const id = "20260102-030405.678-00000000"
	home := t.TempDir()
	put(t, Folder(home, id)+"/"+RecordFile, `{"schema": 2, "id": "`+id+`"}`)
	_, all := All(home)
	_, _, one := Find(home, id, "")
	for _, err := range []error{all, one} {
		if !errors.Is(err, protocol.ErrNewer) {
			t.Errorf("got %v", err)
		}
	}
	if unreadable, err := Unreadable(home); !errors.Is(err, protocol.ErrNewer) {
		t.Errorf("%v, %v", unreadable, err)
	}
}
