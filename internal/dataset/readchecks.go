package dataset

import "github.com/tunegate/tunegate/internal/records"

// The checks whose findings making rows of records makes, by the names under which it
// reports; records has those of reading.
const (
	checkType       = "type"
	checkNoQuestion = "no_question"
	checkNoAnswer   = "no_answer"
	checkContext    = "context"
	checkTag        = "level"
	checkUnusedText = "unused_text"
)

var (
	badJSON = check{
		name: records.CheckJSON, CheckOptions: CheckOptions{Level: Error}, unreadable: true,
		about: "the file, or a line of a JSONL file, is not JSON or holds no list of records.",
	}
	byteOrderMarked = check{
		name: records.CheckBOM, CheckOptions: CheckOptions{Level: Warn},
		about: "the file begins with a byte-order mark, at which other readers stop.",
	}
	duplicateKey = check{
		name: records.CheckDuplicateKey, CheckOptions: CheckOptions{Level: Error},
		about: "an object has two members of one name, and readers disagree which one counts.",
	}
	encoding = check{
		name: records.CheckEncoding, CheckOptions: CheckOptions{Level: Error},
		about: "a text is not UTF-8, or has half a surrogate pair.",
	}
	wrongType = check{
		name: checkType, CheckOptions: CheckOptions{Level: Error}, unreadable: true,
		about: "a number, list or object stands where text is expected, or the record is no object or larger than 1 MiB.",
	}
	noQuestion = check{
		name: checkNoQuestion, CheckOptions: CheckOptions{Level: Error}, unreadable: true,
		about: "the record has no question.",
	}
	noAnswer = check{
		name: checkNoAnswer, CheckOptions: CheckOptions{Level: Error}, unreadable: true,
		about: "the record has no answer.",
	}
	wrongContext = check{
		name: checkContext, CheckOptions: CheckOptions{Level: Error}, unreadable: true,
		about: "the earlier turns are not questions and answers by turns.",
	}
	unknownTag = check{
		name: checkTag, CheckOptions: CheckOptions{Level: Warn},
		about: "a tag of the record, such as a level, has a value that is not known.",
	}
	unusedText = check{
		name: checkUnusedText, CheckOptions: CheckOptions{Level: Warn},
		about: "the record has text that is in no row, so that nothing is learnt from it.",
	}
)
