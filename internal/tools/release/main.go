// Command release checks what a release needs and what it consists of.
//
//	release check [-tag vX.Y.Z]   the tree: version, changelog, nested modules; and the tag
//	release notes -tag vX.Y.Z     prints the version's section of CHANGELOG.md
//	release verify                opens what goreleaser wrote to dist
//	release image                 lays out dist/image, the folder that the container image is built in
//
// -root is the top directory of the repository, and the current one by default.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Stdout, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1)
	}
}

var errUsage = errors.New("usage: release check|notes|verify|image [-root DIR] [-tag vX.Y.Z]")

func run(ctx context.Context, out io.Writer, args []string) error {
	if len(args) == 0 {
		return errUsage
	}
	flags := flag.NewFlagSet("release "+args[0], flag.ContinueOnError)
	root := flags.String("root", ".", "top directory of the repository")
	tag := flags.String("tag", "", "the tag that is released")
	if err := flags.Parse(args[1:]); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return errUsage
	}
	switch args[0] {
	case "check":
		return check(ctx, out, *root, *tag)
	case "notes":
		return notes(out, *root, *tag)
	case "verify":
		return verify(ctx, out, *root)
	case "image":
		return image(out, *root)
	default:
		return errUsage
	}
}

func check(ctx context.Context, out io.Writer, root, tag string) error {
	t, err := readTree(root)
	if err != nil {
		return err
	}
	problems := t.problems()
	if tag != "" {
		tags, err := tagsOfHead(ctx, root)
		if err != nil {
			return err
		}
		problems = append(problems, t.tagProblems(tag, tags)...)
	}
	if len(problems) > 0 {
		return errors.New(strings.Join(problems, "\nrelease: "))
	}
	fmt.Fprintf(out, "release: version %s; these modules are published with it:\n", t.version)
	for _, m := range t.published() {
		fmt.Fprintf(out, "  %s, tag %s\n", m.path, m.tag(t.version))
	}
	return nil
}

func notes(out io.Writer, root, tag string) error {
	text, err := os.ReadFile(filepath.Join(root, "CHANGELOG.md"))
	if err != nil {
		return err
	}
	for _, s := range sections(string(text)) {
		if "v"+s.name == tag {
			_, err := fmt.Fprintln(out, s.text)
			return err
		}
	}
	return fmt.Errorf("CHANGELOG.md has no section for %q", tag)
}

func tagsOfHead(ctx context.Context, root string) ([]string, error) {
	output, err := exec.CommandContext(ctx, "git", "-C", root, "tag", "--points-at", "HEAD").Output()
	if err != nil {
		return nil, fmt.Errorf("git tag: %w", err)
	}
	return strings.Fields(string(output)), nil
}
