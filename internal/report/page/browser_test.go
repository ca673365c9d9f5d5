package page

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp/jsonv2"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	dialogs "github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

var screenshots = flag.String("screenshots", "", "an existing folder for pictures of the pages")

// browserNames are the names of Chromium's program.
var browserNames = []string{"chromium", "chromium-browser", "google-chrome", "chrome"}

// newBrowser starts a headless Chromium. Without one the test is skipped,
// loudly, or fails if CI is true.
func newBrowser(t *testing.T) context.Context {
	t.Helper()
	found := slices.IndexFunc(browserNames, func(name string) bool { _, err := exec.LookPath(name); return err == nil })
	if found < 0 {
		if os.Getenv("CI") == "true" {
			t.Fatalf("none of %q is on the PATH (hint: apt-get install chromium)", browserNames)
		}
		t.Skipf("SKIPPED, so the page is not tried in a browser: none of %q is on the PATH (hint: apt-get install chromium)", browserNames)
	}
	path, err := exec.LookPath(browserNames[found])
	if err != nil {
		t.Fatal(err)
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path))
	if os.Getuid() == 0 {
		options = append(options, chromedp.NoSandbox) // it refuses to run as root with one
	}
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatal(err)
	}
	return ctx
}

// tab is a page in a browser.
type tab struct {
	*testing.T
	ctx  context.Context
	took time.Duration // to its load event

	mutex  sync.Mutex
	events []string // what it said, asked for or opened besides itself
}

// open shows a page at a width, in light or dark.
func open(t *testing.T, browser context.Context, html []byte, width int64, scheme string) *tab {
	t.Helper()
	path := filepath.Join(t.TempDir(), "report.html")
	if err := os.WriteFile(path, html, 0o644); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := chromedp.NewContext(browser)
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, 2*time.Minute)
	t.Cleanup(cancel)
	tab := &tab{T: t, ctx: ctx}
	if err := chromedp.Do(ctx); err != nil {
		t.Fatal(err)
	}
	if err := chromedp.Listen(ctx, func(event any) { tab.hear(event, "file://"+path) }); err != nil {
		t.Fatal(err)
	}
	_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
	})
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(width, 900), chromedp.Navigate("file://"+path)); err != nil {
		t.Fatal(err)
	}
	tab.took = time.Since(start)
	return tab
}

func (b *tab) hear(event any, itself string) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	say := func(format string, args ...any) { b.events = append(b.events, fmt.Sprintf(format, args...)) }
	switch event := event.(type) {
	case *runtime.EventConsoleAPICalled:
		say("console: %s", event.Type)
	case *runtime.EventExceptionThrown:
		say("exception: %s", event.ExceptionDetails.Text)
	case *log.EventEntryAdded:
		say("log: %s", event.Entry.Text)
	case *dialogs.EventJavascriptDialogOpening:
		say("dialog: %s", event.Message)
	case *network.EventRequestWillBeSent:
		if event.Request.URL != itself {
			say("request: %.100s", event.Request.URL)
		}
	}
}

// quiet fails the test if the page logged or requested anything.
func (b *tab) quiet() {
	b.Helper()
	b.mutex.Lock()
	defer b.mutex.Unlock()
	if len(b.events) > 0 {
		b.Errorf("the page is not quiet: %q", b.events)
	}
}

// ask evaluates an expression in the tab.
func ask[T any](b *tab, expression string) T {
	b.Helper()
	value, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		b.Fatalf("%s: %v", expression, err)
	}
	return value
}

// unfold opens every fold.
func (b *tab) unfold() {
	b.Helper()
	ask[jsonv2.Value](b, `document.querySelectorAll("details").forEach(d => d.open = true)`)
}

// fits fails the test if the page is wider than the window.
func (b *tab) fits() {
	b.Helper()
	wide := ask[[]string](b, `(() => {
		if (document.documentElement.scrollWidth <= innerWidth) return [];
		const wide = [...document.querySelectorAll("body *:not(nav *)")].filter(e => e.getBoundingClientRect().right > innerWidth + 1);
		return ["the page", ...wide.slice(0, 5).map(e => e.tagName + "." + e.getAttribute("class") + " in " + e.parentElement.getAttribute("class"))];
	})()`)
	if len(wide) > 0 {
		b.Errorf("wider than the window: %q", wide)
	}
}

// legible fails the test if a text has less contrast with its background than 4.5 to 1
// (WCAG 2.2, 1.4.3).
func (b *tab) legible() {
	b.Helper()
	pale := ask[[]string](b, `(() => {
		const parse = c => c.match(/[\d.]+/g).map(Number);
		const light = c => { const [r, g, b] = parse(c).map(v => (v /= 255) <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4); return .2126 * r + .7152 * g + .0722 * b; };
		const behind = e => { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor; if (parse(c)[3] !== 0) return c; } return "rgb(255, 255, 255)"; };
		const pale = new Set();
		for (const e of document.querySelectorAll("body *")) {
			if (![...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()) || e.closest("title")) continue;
			const style = getComputedStyle(e), front = light(e instanceof SVGElement ? style.fill : style.color), back = light(behind(e));
			const ratio = (Math.max(front, back) + .05) / (Math.min(front, back) + .05);
			if (ratio < 4.5) pale.add(e.tagName + "." + e.getAttribute("class") + " " + ratio.toFixed(2));
		}
		return [...pale];
	})()`)
	if len(pale) > 0 {
		b.Errorf("hard to read: %q", pale)
	}
}

// picture saves a screenshot in the folder of -screenshots.
func (b *tab) picture(name string) {
	b.Helper()
	if *screenshots == "" {
		return
	}
	data, err := chromedp.Run(b.ctx, chromedp.FullScreenshot(100))
	if err != nil {
		b.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(*screenshots, name+".png"), data, 0o644); err != nil {
		b.Fatal(err)
	}
}
