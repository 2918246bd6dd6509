package finding

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"applink/core"
)

func TestFindingIsOfItsKind(t *testing.T) {
	err := fmt.Errorf("opening: %w", NoSuchIntegration.With("acme"))
	if !errors.Is(err, NoSuchIntegration) || errors.Is(err, NameTaken) {
		t.Errorf("%v is not told apart", err)
	}
	var f *core.Finding
	if !errors.As(err, &f) || f.Params["name"] != "acme" || f.Code != NoSuchIntegration.Code() {
		t.Errorf("%+v", f)
	}
	if !IsAny(f, NameTaken, NoSuchIntegration) || IsAny(f, NameTaken) || IsAny(f) {
		t.Error("one of several kinds is not found")
	}
	suggestion := &core.Suggestion{Value: "https://a", Finding: SchemeMissing.With("a", "https://a")}
	if !errors.Is(suggestion, SchemeMissing) {
		t.Error("a suggestion hides its finding")
	}
	var none *core.Finding
	if errors.Is(none, NameTaken) || IsAny(none, NameTaken) || Retypable(none) {
		t.Error("no finding is one")
	}
}

// What a server sent is made safe, and what is not known is left out.
func TestFindingIsSafeToPrint(t *testing.T) {
	f := UnexpectedHTML.With("https://a/\x1b[2J\n\u202eb", "").Because("\x9b31m" + strings.Repeat("x", 1<<20))
	if want := map[string]string{"url": "https://a/[2J b"}; fmt.Sprint(f.Params) != fmt.Sprint(want) {
		t.Errorf("%q, want %q", f.Params, want)
	}
	if !strings.HasPrefix(f.Raw, "31mx") || len(f.Raw) > 20_000 {
		t.Errorf("%.20q of %d bytes", f.Raw, len(f.Raw))
	}
}

func TestTypedCodeIsTypedOnceMore(t *testing.T) {
	for kind, want := range map[*core.Finding]bool{
		WrongVerifier.With(""): true, CodeExpired.With(""): true, UnknownHost.With("h"): true, AccessDenied.With(): false, CertificateExpired.With("", ""): false,
	} {
		if Retypable(kind) != want {
			t.Errorf("%s: %t", kind.Code, !want)
		}
	}
}

func TestDefinitions(t *testing.T) {
	seen := map[core.Code]bool{}
	for _, k := range All() {
		if seen[k.code] {
			t.Errorf("%s is defined twice", k)
		}
		seen[k.code] = true
		if !code.MatchString(k.String()) {
			t.Errorf("%q is no code", k)
		}
		if names := slices.Sorted(slices.Values(k.params)); len(slices.Compact(names)) != len(k.params) {
			t.Errorf("%s has a name twice: %v", k, k.params)
		}
	}
	defer func() {
		if recover() == nil {
			t.Error("a kind with too few names is defined")
		}
	}()
	define2("AL-TEST-1", "one")
}

var code = regexp.MustCompile(`^AL-(?:[A-Z]+2?-\d{3}|INTERNAL)$`)

// Every kind is used somewhere, and no code is written anywhere else: in the program
// no part of one, in tests none alone. Longer texts of tests are what users see.
func TestCodesAreWrittenHereOnly(t *testing.T) {
	codes, used := map[string]bool{}, map[string]bool{}
	for _, k := range All() {
		codes[k.String()] = true
	}
	root := filepath.Join("..", "..")
	files := 0
	err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(file) != ".go" || filepath.Dir(file) == "." || strings.HasPrefix(file, filepath.Join(root, "core", "finding")) {
			return err
		}
		files++
		tree, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		test := strings.HasSuffix(file, "_test.go")
		ast.Inspect(tree, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.BasicLit:
				text, err := strconv.Unquote(n.Value)
				if err == nil && (codes[text] || !test && anyCode.MatchString(text)) {
					t.Errorf("%s: %s is written out", file, n.Value)
				}
			case *ast.SelectorExpr:
				if x, ok := n.X.(*ast.Ident); ok && x.Name == "finding" && !test {
					used[n.Sel.Name] = true
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files < 200 || len(used) < 100 {
		t.Fatalf("%d files with %d kinds were read", files, len(used))
	}
	for name := range kindNames(t) {
		if !used[name] && !slices.Contains(reserved, name) {
			t.Errorf("nothing is found that is %s", name)
		}
	}
}

var anyCode = regexp.MustCompile(`AL-[A-Z0-9]+-`)

// reserved are codes that are documented and not found any more, or only by this package.
var reserved = []string{"NoVerificationCode"}

// kindNames reads the names of the definitions.
func kindNames(t *testing.T) map[string]bool {
	t.Helper()
	names := map[string]bool{}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		tree, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(tree, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok || len(spec.Values) != 1 {
				return true
			}
			call, ok := spec.Values[0].(*ast.CallExpr)
			if !ok {
				return true
			}
			if fn, ok := call.Fun.(*ast.Ident); ok && strings.HasPrefix(fn.Name, "define") {
				if name := spec.Names[0].Name; !strings.HasPrefix(spec.Doc.Text(), name+": ") {
					t.Errorf("%s has no comment that tells when it happens", name)
				}
				names[spec.Names[0].Name] = true
			}
			return true
		})
	}
	if len(names) != len(All()) {
		t.Errorf("%d definitions make %d kinds", len(names), len(All()))
	}
	return names
}
