package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// arrows are the packages of ours that a package may import. What stands lower
// imports only what stands higher; a folder that is missing here has no place in
// the house yet. An arrow that no file goes along is an error too.
var arrows = map[string][]string{
	"assets":                  {},
	"core":                    {},
	"core/finding":            {"core"},
	"core/setup":              {"core", "core/finding"},
	"core/seal":               {"core", "core/finding"},
	"core/carry":              {},
	"core/diagnose":           {"core", "core/finding"},
	"core/guide":              {"core", "core/finding", "core/setup", "core/seal", "assets"},
	"core/bitbucket":          {"core", "core/finding"},
	"core/callback":           {"core", "core/finding"},
	"core/oauth1":             {"core", "core/finding", "core/bitbucket", "core/callback", "core/seal"},
	"core/oauth2":             {"core", "core/bitbucket", "core/callback", "core/seal"},
	"core/auth":               {"core", "core/finding", "core/setup", "core/guide", "core/oauth1", "core/oauth2", "core/bitbucket", "core/seal"},
	"core/walk":               {"core", "core/finding", "core/setup", "core/auth", "core/guide", "core/seal"},
	"core/check":              {"core", "core/finding", "core/setup", "core/diagnose", "core/bitbucket", "core/callback", "core/oauth1", "core/oauth2", "core/auth", "core/seal"},
	"core/practice/web":       {"assets"},
	"core/practice/bitbucket": {"core", "core/practice/web"},
	"core/practice/packagist": {"core", "core/practice/web", "assets"},
	"core/practice/browser":   {"core"},
	"store":                   {"core", "core/finding", "core/auth", "core/seal"},
	"tui/theme":               {},
	"tui/widget":              {"tui/theme"},
	"tui":                     {"core", "core/setup", "core/guide", "core/seal", "core/carry", "core/walk", "tui/theme", "tui/widget"},
	"cmd/applink":             nil, // everything
}

// sole names the only packages that may import what others wrote, by prefix of
// the import path. Tests of a package may use more.
var sole = map[string][]string{
	"modernc.org/sqlite":                 {"store"},
	"database/sql":                       {"store"},
	"github.com/pressly/goose":           {"store"},
	"github.com/dghubble/oauth1":         {"core/oauth1"},
	"golang.org/x/oauth2":                {"core/oauth2", "core/auth"},
	"github.com/charmbracelet/bubbletea": {"tui", "tui/widget"},
	"github.com/charmbracelet/bubbles":   {"tui/widget"},
	"github.com/charmbracelet/huh":       {"tui/widget"},
	"github.com/charmbracelet/lipgloss":  {"tui/widget", "tui/theme"},
	"github.com/spf13/cobra":             {"cmd/applink"},
	"github.com/zalando/go-keyring":      {"core/seal"},
	"github.com/atotto/clipboard":        {"core/carry"},
	"github.com/cli/browser":             {"core/carry"},
	"github.com/yuin/goldmark":           {"core/guide"},
}

// forbidden are parts of the standard library that a package does without.
var forbidden = map[string][]string{
	"core":       {"net/http/httptest", "database/sql", "os", "os/exec"},
	"core/setup": {"net/http", "database/sql", "os", "os/exec", "time"},
	"tui":        {"net/http", "database/sql", "os/exec"},
}

func TestArrows(t *testing.T) {
	root := filepath.Join("..", "..")
	files := 0
	gone := map[string]bool{} // "package import", of arrows and of what others wrote
	err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (strings.HasPrefix(d.Name(), ".") && file != root && d.Name() != ".." || d.Name() == "testdata") {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
			return nil
		}
		files++
		rel, err := filepath.Rel(root, filepath.Dir(file))
		if err != nil {
			return err
		}
		checkImports(t, file, filepath.ToSlash(rel), gone)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files < 50 {
		t.Fatalf("only %d files were read", files)
	}
	for pkg, allowed := range arrows {
		for _, to := range allowed {
			if !gone[pkg+" "+to] {
				t.Errorf("nothing goes along the arrow from %s to %s", pkg, to)
			}
		}
	}
	for prefix, owners := range sole {
		for _, pkg := range owners {
			if !gone[pkg+" "+prefix] {
				t.Errorf("%s does not import %s", pkg, prefix)
			}
		}
	}
}

func checkImports(t *testing.T, file, pkg string, gone map[string]bool) {
	t.Helper()
	allowed, known := arrows[pkg]
	if !known {
		t.Errorf("%s: package %q has no arrows", file, pkg)
		return
	}
	tree, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	for _, spec := range tree.Imports {
		name, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		if ours, ok := strings.CutPrefix(name, "applink/"); ok {
			gone[pkg+" "+ours] = true
			if pkg != "cmd/applink" && !slices.Contains(allowed, ours) {
				t.Errorf("%s imports %s, which its arrows do not reach", file, path.Join("applink", ours))
			}
			continue
		}
		for prefix, owners := range sole {
			if name != prefix && !strings.HasPrefix(name, prefix+"/") {
				continue
			}
			gone[pkg+" "+prefix] = true
			if !slices.Contains(owners, pkg) {
				t.Errorf("%s imports %s, which only %s may", file, name, strings.Join(owners, ", "))
			}
		}
		if slices.Contains(forbidden[pkg], name) {
			t.Errorf("%s imports %s", file, name)
		}
	}
}
