package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"

	"github.com/urfave/cli/v3"
)

// The variables that --env-file reads, and nothing else.
const (
	apiKeyVariable         = "PEPAY_API_KEY"          //nolint:gosec // a name
	commerceAPIKeyVariable = "PEPAY_COMMERCE_API_KEY" //nolint:gosec // a name
	bearerVariable         = "PEPAY_JWT"              //nolint:gosec // a name
	apiURLVariable         = "PEPAY_API_URL"
	streamURLVariable      = "PEPAY_WS_URL"
)

func envFileVariables() []string {
	return []string{
		apiKeyVariable, commerceAPIKeyVariable, bearerVariable, apiURLVariable, streamURLVariable, "PEPAY_WEBHOOK_SECRET", "PEPAY_WEBHOOK_SECRET_PREVIOUS",
	}
}

func envFileFlag() cli.Flag {
	return &cli.StringFlag{
		Name: "env-file", TakesFile: true,
		Usage: "read the PEPAY_ variables from `FILE`, which others cannot read, before the environment (default: PEPAY_ENV_FILE)",
	}
}

// useEnvFile runs before a command that has --env-file: the variables of the file become
// those of the process. A key of the file must not go to an address that happens to be in
// the environment, and a key of the environment not to the address of such a file: with a
// key in the file, the environment's keys and addresses do not count. With --api-key-file
// the key is neither's, and the environment's address stays where the file has none.
func useEnvFile(ctx context.Context, cmd *cli.Command) (context.Context, error) {
	flag, name := "--env-file", cmd.String("env-file")
	if !cmd.IsSet("env-file") {
		if flag, name = "PEPAY_ENV_FILE", os.Getenv("PEPAY_ENV_FILE"); name == "" {
			return ctx, nil
		}
	}
	content, err := readPrivate(name)
	if err != nil {
		return ctx, usagef("%s: %v", flag, withoutPath(err))
	}
	variables, err := parseEnv(content)
	if err != nil {
		return ctx, usagef("%s: %v", flag, err)
	}
	use := envFileUse{flag: flag}
	if credentials := []string{apiKeyVariable, commerceAPIKeyVariable, bearerVariable}; slices.ContainsFunc(credentials, func(name string) bool { return variables[name] != "" }) {
		dropped := credentials
		if !cmd.IsSet("api-key-file") {
			dropped = append(dropped, apiURLVariable, streamURLVariable)
		}
		for _, variable := range dropped {
			if os.Getenv(variable) != "" && variables[variable] == "" {
				use.dropped = append(use.dropped, variable)
			}
			if err := os.Unsetenv(variable); err != nil {
				return ctx, err
			}
		}
	}
	for variable, value := range variables {
		if err := os.Setenv(variable, value); err != nil {
			return ctx, usagef("%s: %s has a value that no variable can have", flag, variable)
		}
		use.set = append(use.set, variable)
	}
	return context.WithValue(ctx, envFileKey{}, use), nil
}

// envFileUse is what an env file changed.
type envFileUse struct {
	flag         string   // or variable that names the file, "" without a file
	set, dropped []string // variables
}

type envFileKey struct{}

// envFileOf is what useEnvFile did.
func envFileOf(ctx context.Context) envFileUse {
	use, _ := ctx.Value(envFileKey{}).(envFileUse)
	return use
}

func (u envFileUse) has(variable string) bool { return slices.Contains(u.set, variable) }

// text is what a person should know, "" without a file.
func (u envFileUse) text() string {
	if u.flag == "" {
		return ""
	}
	text := "the file of " + u.flag + " sets nothing"
	if len(u.set) > 0 {
		text = "the file of " + u.flag + " sets " + strings.Join(slices.Sorted(slices.Values(u.set)), ", ")
	}
	if len(u.dropped) > 0 {
		text += "; it has a key, so that the environment's " + strings.Join(u.dropped, ", ") + " does not count"
	}
	return text
}

// readPrivate reads a file that only its owner can.
func readPrivate(name string) ([]byte, error) {
	const longest = 64 << 10
	file, err := os.Open(name) //nolint:gosec // the person who runs the command chooses the file
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	info, err := file.Stat()
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, errors.New("not a regular file")
	case runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0:
		return nil, errors.New("others can read or change the file; make it private with chmod 600")
	case info.Size() > longest:
		return nil, errTooLong
	}
	return io.ReadAll(io.LimitReader(file, longest))
}

// parseEnv reads lines of the form NAME=VALUE, as shells do as far as that goes: export
// before it, quotes around the value, comments and empty lines. Errors name the line and
// not what is in it.
func parseEnv(content []byte) (map[string]string, error) {
	variables := map[string]string{}
	lines := bufio.NewScanner(bytes.NewReader(bytes.TrimPrefix(content, []byte("\ufeff"))))
	lines.Buffer(nil, len(content)+1)
	for number := 1; lines.Scan(); number++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		line = strings.TrimSpace(strings.TrimPrefix(line, "export "))
		name, value, ok := strings.Cut(line, "=")
		if !ok || name == "" || strings.ContainsAny(name, " \t") {
			return nil, usagef("line %d is not of the form NAME=VALUE", number)
		}
		if !strings.HasPrefix(name, "PEPAY_") {
			continue
		}
		if !slices.Contains(envFileVariables(), name) {
			return nil, usagef("line %d has an unknown variable; there are %s", number, strings.Join(envFileVariables(), ", "))
		}
		if value, ok = unquoted(value); !ok {
			return nil, usagef("line %d has a quote that does not end", number)
		}
		if _, twice := variables[name]; twice {
			return nil, usagef("line %d has %s a second time", number, name)
		}
		variables[name] = value
	}
	return variables, lines.Err()
}

// unquoted takes the quotes from a value, and a comment from behind it.
func unquoted(value string) (string, bool) {
	value = strings.TrimSpace(value)
	if value != "" && (value[0] == '"' || value[0] == '\'') {
		inside, behind, ok := strings.Cut(value[1:], value[:1])
		behind = strings.TrimSpace(behind)
		return inside, ok && (behind == "" || strings.HasPrefix(behind, "#"))
	}
	value, _, _ = strings.Cut(value, " #")
	return strings.TrimSpace(value), true
}
