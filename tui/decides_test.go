package tui

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// TestNothingIsDecidedHere: what the set-up asks, checks and finds has no name in this
// package. Which step, check or finding it is, is known to core/walk alone, so that another
// one of them is no change here.
func TestNothingIsDecidedHere(t *testing.T) {
	steps := constants(t, "../core/setup", "core.StepID")
	checks := constants(t, "../core", "CheckName")
	if steps["Incoming"] == "" || steps["Retire"] == "" || checks["CheckReach"] == "" || len(steps) < 15 || len(checks) < 4 {
		t.Fatalf("the names are not found: %v %v", steps, checks)
	}
	values := map[string]bool{}
	for _, names := range []map[string]string{steps, checks} {
		for _, value := range names {
			values[value] = true
		}
	}
	files := 0
	for _, f := range sources(t, ".") {
		files++
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.ImportSpec:
				if n.Path.Value == `"applink/core/finding"` {
					t.Errorf("%s imports the findings", f.Name)
				}
			case *ast.SelectorExpr:
				of, ok := n.X.(*ast.Ident)
				if ok && (of.Name == "setup" && steps[n.Sel.Name] != "" || of.Name == "core" && checks[n.Sel.Name] != "") {
					t.Errorf("%s.%s is named", of.Name, n.Sel.Name)
				}
			case *ast.BasicLit:
				text, _ := strconv.Unquote(n.Value)
				if n.Kind == token.STRING && (strings.Contains(text, "AL-") || values[text]) {
					t.Errorf("%q is written out", text)
				}
			}
			return true
		})
	}
	if files < 15 {
		t.Errorf("only %d files were read", files)
	}
}

// sources are the parsed files of a package, without its tests.
func sources(t *testing.T, dir string) []*ast.File {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	var out []*ast.File
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		src, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, src, 0)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, f)
	}
	return out
}

// constants are those of a package that are declared with a type, by name.
func constants(t *testing.T, dir, typ string) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, f := range sources(t, dir) {
		ast.Inspect(f, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok || len(spec.Values) != 1 || written(spec.Type) != typ {
				return true
			}
			if lit, ok := spec.Values[0].(*ast.BasicLit); ok {
				out[spec.Names[0].Name], _ = strconv.Unquote(lit.Value)
			}
			return true
		})
	}
	return out
}

// written is the name of a type.
func written(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return written(e.X) + "." + e.Sel.Name
	}
	return ""
}
