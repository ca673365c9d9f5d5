package main

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/tunegate/tunegate/internal/actions"
	"github.com/tunegate/tunegate/internal/dataset"
	"github.com/tunegate/tunegate/internal/gate"
	"github.com/tunegate/tunegate/internal/pipeline"
	"github.com/tunegate/tunegate/internal/proc"
	"github.com/tunegate/tunegate/internal/report/comment"
)

// actionCommand is the step of the GitHub action: it runs a command that the action's
// inputs and the workflow's event determine, and reports the result to the runner.
type actionCommand struct{}

func (actionCommand) Run(s *session) error {
	if err := s.world.hide(); err != nil { // before anything untrusted runs
		return err
	}
	event, err := actions.Load(s.world.getenv)
	if err != nil {
		return usage(err)
	}
	in := actions.ReadInputs(s.world.getenv)
	args, err := in.Arguments(event)
	if err != nil {
		return usage(err)
	}
	args = append(actions.Flags("dir", s.cli.Dir, "home", s.cli.Home), args...)
	job := actions.New(s.world.getenv, s.world.stdout)
	done, code := s.fenced(job, args, in["command"] == "publish" || in["command"] == "announce")
	err = done.tell(job)
	if code == 0 {
		return err
	}
	if err != nil { // the command's own failure takes precedence
		s.world.complain(err)
	}
	return &exitError{code: code}
}

// fenced runs the command line so that the runner takes nothing of its log as a
// command. Only what publishes gets the token.
func (s *session) fenced(job *actions.Job, args []string, publishes bool) (*session, int) {
	w := s.world
	log := &relay{cleaner: proc.NewCleaner(w.stdout, proc.Fence)}
	w.args, w.stdout, w.stderr, w.environ = args, log, log, withoutSecrets(w.environ, publishes)
	open := job.Fence()
	fmt.Fprintf(log, "tunegate %s\n", strings.Join(args, " "))
	done, code := perform(s.ctx, w)
	log.close() // ends an unfinished line, which would swallow what opens the fence
	open()
	return done, code
}

// relay merges a command's two streams into one log, fenced line by line.
type relay struct {
	mutex   sync.Mutex
	cleaner *proc.Cleaner
}

func (r *relay) Write(p []byte) (int, error) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	return r.cleaner.Write(p)
}

func (r *relay) close() {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	_ = r.cleaner.Close() // there is no other log to say it in
}

// withoutSecrets removes from an environment what is between the runner and this
// step: inputs, tokens, and the files that the runner reads. What publishes keeps
// GitHub's token and the summary.
func withoutSecrets(environ []string, publishes bool) []string {
	published := []string{"GITHUB_TOKEN", "INPUT_GITHUB_TOKEN", "GITHUB_STEP_SUMMARY"}
	never := []string{"GH_TOKEN", "GITHUB_OUTPUT", "GITHUB_ENV", "GITHUB_PATH", "GITHUB_STATE"}
	return slices.DeleteFunc(slices.Clone(environ), func(entry string) bool {
		name, _, _ := strings.Cut(entry, "=")
		if slices.Contains(published, name) {
			return !publishes
		}
		return slices.Contains(never, name) || strings.HasPrefix(name, "INPUT_") || strings.HasPrefix(name, "ACTIONS_")
	})
}

// lookUp is os.Getenv for an environment.
func lookUp(environ []string) func(string) string {
	return func(name string) string {
		value, _ := proc.LookupEnv(environ, name)
		return value
	}
}

// tell hands the runner the command's outputs, its annotations and its report.
func (s *session) tell(job *actions.Job) error {
	errs := []error{s.output(job)}
	if s.judged.Dir != "" {
		about, err := pipeline.LoadReport(s.judged.Dir)
		if err == nil {
			annotate(job, about.Findings)
			err = job.Summary(comment.Render(about))
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// output sets the outputs of the action, all of them, from the one part of the
// session that the command has filled.
func (s *session) output(job *actions.Job) error {
	record, verdict := s.judged.Record, s.judged.Verdict
	if verdict == nil {
		verdict = &gate.Verdict{}
	}
	var errs []error
	for _, output := range [][2]string{
		{"outcome", cmp.Or(record.Outcome, record.Ended, s.published.Outcome)},
		{"promotable", strconv.FormatBool(verdict.Promotable || s.published.Promotable)},
		{"model-id", cmp.Or(verdict.ModelID, s.moved.ModelID, s.published.ModelID)},
		{"candidate", cmp.Or(record.Candidate, s.published.Candidate)},
		{"run-dir", s.judged.Dir},
		{"comment-url", s.published.URL},
	} {
		errs = append(errs, job.Output(output[0], output[1]))
	}
	return errors.Join(errs...)
}

// annotate marks the records with new findings, errors first. Their messages quote
// them quotes them, so only the report shows it.
func annotate(job *actions.Job, findings []dataset.Finding) {
	for _, finding := range dataset.OnlyNew(findings) {
		level := actions.Warning
		if finding.Level == string(dataset.Error) {
			level = actions.Error
		}
		job.Annotate(actions.Annotation{
			Level: level, File: finding.File, Line: finding.Line, Title: "tunegate: " + finding.Check,
			Message: fmt.Sprintf("new %s of the check %s; see the report in the job summary", level, finding.Check),
		})
	}
}
