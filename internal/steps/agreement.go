package steps

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/tunegate/tunegate/internal/base"
	"github.com/tunegate/tunegate/internal/chat"
	"github.com/tunegate/tunegate/internal/dataset"
	"github.com/tunegate/tunegate/internal/export"
	"github.com/tunegate/tunegate/internal/place"
	"github.com/tunegate/tunegate/internal/plan"
	"github.com/tunegate/tunegate/internal/register"
	"github.com/tunegate/tunegate/internal/step"
	"github.com/tunegate/tunegate/internal/store"
	"github.com/tunegate/tunegate/internal/text"
	"github.com/tunegate/tunegate/internal/train"
)

// reference has the trainer's libraries load the base, and compares its GGUF with
// their reading of the folder, before anything is registered.
func (s *List) reference() *step.Of[register.Reference] {
	return &step.Of[register.Reference]{
		Stage: step.Prepare, Name: "the base as loaded by the trainer",
		Slot: func(context.Context) (*store.Slot, error) {
			identity, found := s.BaseIdentity()
			if !found || !s.BaseGGUF.Known() {
				return nil, nil
			}
			slot := register.ReferenceSlot(identity, s.BaseGGUF.Value().GGUFSHA256, s.plan.Config.Serve.System)
			return &slot, nil
		},
		Do: func(ctx context.Context, dir string) (register.Reference, error) {
			interpreter, err := s.python(ctx)
			if err != nil {
				return register.Reference{}, err
			}
			tokens, err := base.Open(s.baseDir()).Tokenizer()
			if err != nil {
				return register.Reference{}, err
			}
			var added []string
			for _, token := range tokens.Added {
				added = append(added, token.Content)
			}
			made, err := register.Refer(ctx, s.machine.Launcher, interpreter, s.baseDir(), s.plan.Config.Serve.System, added, dir)
			if err != nil {
				return register.Reference{}, err
			}
			resolved := filepath.Join(dir, register.ResolvedDir)
			if err := export.CheckResolved(base.Open(resolved), s.BaseGGUF.Entry().Path(baseFile)); err != nil {
				return register.Reference{}, plan.Input(fmt.Errorf("`base.model`: %w", err))
			}
			return made, errors.Join(os.RemoveAll(resolved), os.Remove(filepath.Join(dir, register.ReferenceRequest)))
		},
	}
}

// agreement compares the server's results with the trainer's on the base, once for each
// NAME-base, which has 16 bit as long as every export has.
func (s *List) agreement() *step.Of[register.Agreement] {
	return &step.Of[register.Agreement]{
		Stage: step.Prepare, Name: "agreement of server and trainer",
		Slot: func(ctx context.Context) (*store.Slot, error) {
			if !s.Base.Known() || !s.Reference.Known() {
				return nil, nil
			}
			server, device, err := s.answering(ctx)
			if err != nil {
				return nil, err
			}
			slot := s.plan.AgreementSlot(s.Reference.Value(), s.Base.Value().ModelID, server, device)
			return &slot, nil
		},
		Do: func(ctx context.Context, _ string) (made register.Agreement, err error) {
			model := s.Base.Value()
			err = s.asking(ctx, model, func(server *subject) (err error) {
				made, err = register.Agree(ctx, server, model.Tag, s.plan.Config.Serve.System, s.Reference.Value(), s.plan.Config.Eval.NumCtx)
				return err
			})
			if err == nil {
				s.machine.Progress.Say("prepare: %s", made)
			}
			return made, err
		},
	}
}

// mostSuspects bounds the texts of rows that the server is asked to count.
const mostSuspects = 500

// checkRows counts the texts of rows that may be one token for the trainer and
// another for the server, after what the fixed texts showed. Such a row would train
// what is never served.
func (s *List) checkRows(ctx context.Context) error {
	if !s.trains(ctx) {
		return nil
	}
	suspects := s.Agreement.Value().Suspects(s.Reference.Value())
	texts, err := suspectRows(ctx, s.Dataset.Entry(), suspects)
	if err != nil || len(texts) == 0 {
		return err
	}
	interpreter, err := s.python(ctx)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp(s.machine.TempDir, "rows-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	_, counted, err := register.Render(ctx, s.machine.Launcher, interpreter, s.baseDir(), s.asQuestions(texts), dir)
	if err != nil {
		return err
	}
	model := s.Base.Value()
	err = s.asking(ctx, model, func(server *subject) error {
		return register.CountTokens(ctx, server, model.Tag, counted, s.plan.Config.Eval.NumCtx)
	})
	if differs := (*register.Error)(nil); errors.As(err, &differs) && differs.Name == register.OtherTokens {
		differs.Hint = "write the record's text in composed characters (Unicode NFC), or remove the record"
		return plan.Input(differs)
	}
	return err
}

// rowText is a text of a row, with its position.
type rowText struct{ where, text string }

// suspectRows are the texts of the rows that are to be checked, each once.
func suspectRows(ctx context.Context, rows store.Entry, suspects register.Suspects) (texts []rowText, err error) {
	places, _ := place.Load(ctx, rows.Dir) // a row is named with or without its line
	for _, name := range train.RowFiles() {
		for row, err := range dataset.Rows(rows.Path(name)) {
			if err != nil {
				return nil, err
			}
			for _, message := range row.Messages {
				if !suspects.Text(message.Content) {
					continue
				}
				where := places.Of(row.Source).Where()
				if at := suspects.At(message.Content); at >= 0 {
					where += ", " + text.Around(message.Content, at)
				}
				if found := (rowText{where, message.Content}); !slices.Contains(texts, found) {
					texts = append(texts, found)
				}
			}
			if len(texts) >= mostSuspects {
				return texts, nil
			}
		}
	}
	return texts, nil
}

// asQuestions are conversations of one text each, named after their position.
func (s *List) asQuestions(texts []rowText) []register.Rendered {
	var prompts []register.Rendered
	for _, t := range texts {
		prompts = append(prompts, register.Rendered{Name: t.where, Messages: chat.Chat(s.plan.Config.Serve.System, nil, t.text)})
	}
	return prompts
}
