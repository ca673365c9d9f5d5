package internal

import (
	"cmp"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/reference/referencetest"
)

// issueForm has the keys of GitHub's issue forms that ours use:
// https://docs.github.com/en/communities/using-templates-to-encourage-useful-issues-and-pull-requests/syntax-for-issue-forms
type issueForm struct {
	Name, Description string
	Labels            []string
	Body              []struct {
		Type, ID    string
		Attributes  struct{ Label, Description, Value, Render string }
		Validations struct{ Required bool }
	}
}

var formID = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

func TestIssueForms(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"bug.yml", "feature.yml"} {
		var form issueForm
		referencetest.ReadYAML(t, filepath.Join("..", ".github", "ISSUE_TEMPLATE", name), &form)
		if form.Name == "" || form.Description == "" {
			t.Errorf("%s: the name is %q, the description %q", name, form.Name, form.Description)
		}
		var ids, labels []string
		for i, field := range form.Body {
			switch field.Type {
			case "markdown":
				if field.Attributes.Value == "" {
					t.Errorf("%s: markdown %d is empty", name, i)
				}
			case "textarea", "input":
				if !formID.MatchString(field.ID) || field.Attributes.Label == "" || slices.Contains(ids, field.ID) || slices.Contains(labels, field.Attributes.Label) {
					t.Errorf("%s: field %d has the id %q and the label %q", name, i, field.ID, field.Attributes.Label)
				}
				ids, labels = append(ids, field.ID), append(labels, field.Attributes.Label)
			default:
				t.Errorf("%s: field %d is a %q", name, i, field.Type)
			}
		}
		if len(ids) == 0 {
			t.Errorf("%s asks for nothing", name)
		}
	}
}

func TestIssueChooser(t *testing.T) {
	t.Parallel()
	var chooser struct {
		Blank bool                                `yaml:"blank_issues_enabled"`
		Links []struct{ Name, URL, About string } `yaml:"contact_links"`
	}
	referencetest.ReadYAML(t, "../.github/ISSUE_TEMPLATE/config.yml", &chooser)
	for _, link := range chooser.Links {
		if u, err := url.Parse(link.URL); err != nil || u.Scheme != "https" || link.Name == "" || link.About == "" {
			t.Errorf("%+v", link)
		}
		if _, page, ours := strings.Cut(link.URL, "/blob/main/"); ours {
			if _, err := os.Stat(filepath.Join("..", page)); err != nil {
				t.Error(err)
			}
		}
	}
}

// manifests are what Dependabot looks for in a folder, by ecosystem.
var manifests = map[string]string{"gomod": "go.mod", "pip": "requirements.txt", "github-actions": "*.yml"}

func TestDependabot(t *testing.T) {
	t.Parallel()
	type update struct {
		Ecosystem   string `yaml:"package-ecosystem"`
		Directory   string
		Directories []string
		Schedule    struct{ Interval string }
		Cooldown    struct {
			Days int `yaml:"default-days"`
		}
		Groups map[string]struct{ Patterns []string }
	}
	var file struct {
		Version int
		Updates []update
	}
	referencetest.ReadYAML(t, "../.github/dependabot.yml", &file)
	if file.Version != 2 || len(file.Updates) == 0 {
		t.Errorf("version %d, %d updates", file.Version, len(file.Updates))
	}
	var modules []string
	for _, u := range file.Updates {
		if u.Ecosystem == "gomod" {
			modules = u.Directories
		}
		if !slices.Contains([]string{"daily", "weekly", "monthly"}, u.Schedule.Interval) || (u.Directory == "") == (len(u.Directories) == 0) {
			t.Errorf("%+v", u)
		}
		for _, folder := range slices.DeleteFunc(append(u.Directories, u.Directory), func(f string) bool { return f == "" }) {
			found, err := filepath.Glob(filepath.Join("..", folder, manifests[u.Ecosystem]))
			if err != nil || len(found) == 0 || manifests[u.Ecosystem] == "" || !strings.HasPrefix(folder, "/") {
				t.Errorf("%s finds nothing in %s: %v", u.Ecosystem, folder, err)
			}
		}
	}
	for _, pattern := range []string{"../go.mod", "../.github/*/go.mod", "../.github/*/*/go.mod"} {
		found, err := filepath.Glob(pattern)
		for _, file := range found {
			if folder := strings.TrimPrefix(filepath.Dir(file), ".."); !slices.Contains(modules, cmp.Or(folder, "/")) {
				t.Errorf("nothing updates %s", file)
			}
		}
		if err != nil {
			t.Error(err)
		}
	}
}

var owner = regexp.MustCompile(`^@[a-z0-9-]+(/[a-z0-9-]+)?$`)

func TestCodeownersNamesFilesThatThereAre(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("../.github/CODEOWNERS")
	if err != nil {
		t.Fatal(err)
	}
	rules := 0
	for line := range strings.Lines(string(data)) {
		line, _, _ = strings.Cut(line, "#")
		fields := strings.Fields(line)
		if len(fields) == 0 {
			continue
		}
		rules++
		found, err := filepath.Glob(filepath.Join("..", fields[0]))
		if err != nil || len(found) == 0 || len(fields) == 1 {
			t.Errorf("%q: %d files match, %v", line, len(found), err)
		}
		for _, name := range fields[1:] {
			if !owner.MatchString(name) {
				t.Errorf("%q: %q owns nothing", line, name)
			}
		}
	}
	if rules == 0 {
		t.Error("nobody owns anything")
	}
}

// changelogHeading are the headings of https://keepachangelog.com/en/1.1.0/.
var changelogHeading = regexp.MustCompile(`^## \[(Unreleased\]|\d+\.\d+\.\d+\] - \d{4}-\d\d-\d\d)$|^### (Added|Changed|Deprecated|Removed|Fixed|Security)$|^# Changelog$`)

func TestChangelog(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("../CHANGELOG.md")
	if err != nil {
		t.Fatal(err)
	}
	var headings []string
	for line := range strings.Lines(string(data)) {
		if line = strings.TrimSpace(line); strings.HasPrefix(line, "#") {
			headings = append(headings, line)
			if !changelogHeading.MatchString(line) {
				t.Errorf("CHANGELOG.md has the heading %q", line)
			}
		}
	}
	if len(headings) < 2 || headings[1] != "## [Unreleased]" {
		t.Errorf("CHANGELOG.md begins with %q", headings[:min(2, len(headings))])
	}
}
