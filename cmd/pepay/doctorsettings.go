package main

import (
	"context"
	"errors"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/urfave/cli/v3"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/internal/cli/doctor"
	"github.com/pepaylabs/pepay-go/wrapper"
)

// doctorConfig is what the environment and the flags say. What cannot be used is a
// finding; only flags that cannot be used are wrong usage. The secrets are those that no
// output may have.
func doctorConfig(ctx context.Context, cmd *cli.Command) (config doctor.Config, secrets []string, err error) {
	config = doctor.Config{Version: wrapper.Version, Timeout: cmd.Duration("timeout"), Slow: 2 * time.Second, Transport: newTransport(), EnvFile: envFileOf(ctx).text()}
	if config.Webhook, err = doctorWebhook(ctx, cmd); err != nil {
		return config, nil, err
	}
	if err := doctorAddresses(ctx, cmd, &config); err != nil {
		return config, nil, err
	}
	if config.Keys, err = doctorKeys(ctx, cmd, config.Client); err != nil {
		return config, nil, err
	}
	for _, key := range config.Keys {
		secrets = append(secrets, key.Value.Reveal())
	}
	if config.Webhook != nil {
		secrets = append(secrets, config.Webhook.Secret.Reveal())
	}
	return config, secrets, nil
}

// doctorAddresses makes a client for the addresses. A bad stream address leaves the API
// to be checked.
func doctorAddresses(ctx context.Context, cmd *cli.Command, config *doctor.Config) error {
	client, err := doctorClient(cmd, config)
	if cmd.IsSet("base-url") && err != nil {
		return err
	}
	config.API.From, config.API.Setting = originOf(ctx, apiURLVariable, "Pepay's own"), apiURLVariable
	config.Streams.From, config.Streams.Setting = "which follows from the API address", streamURLVariable
	if cmd.IsSet("base-url") {
		config.API.From, config.API.Setting = "from --base-url", "--base-url"
		config.Streams.Setting = "--base-url"
	} else if os.Getenv(streamURLVariable) != "" {
		config.Streams.From = originOf(ctx, streamURLVariable, "")
	}
	if err != nil && strings.Contains(err.Error(), streamURLVariable) {
		config.Streams.Err = plainError(err)
		address := os.Getenv(apiURLVariable)
		if address == "" {
			address = wrapper.DefaultBaseURL
		}
		client, err = doctorClient(cmd, config, wrapper.WithBaseURL(address))
	}
	if err != nil {
		config.API.Err = plainError(err)
		config.Streams.Err = errors.New("not known without the API address")
		return nil
	}
	config.Client, config.API.URL, config.Streams.URL = client, client.BaseURL(), client.StreamURL()
	return nil
}

// doctorClient makes a client of which only the addresses count. With a key of its own
// it does not read those of the environment, which are checked one by one.
func doctorClient(cmd *cli.Command, config *doctor.Config, opts ...wrapper.Option) (*wrapper.Client, error) {
	opts = append(opts,
		wrapper.WithAPIKey("none"),
		wrapper.WithApplication("pepay-cli", wrapper.Version),
		wrapper.WithHTTPClient(&http.Client{Transport: config.Transport}),
		wrapper.WithRetry(wrapper.RetryPolicy{}), // the first answer is the finding
		wrapper.WithTimeout(config.Timeout))
	if cmd.IsSet("base-url") {
		opts = append(opts, wrapper.WithBaseURL(cmd.String("base-url")))
	}
	return wrapper.New(opts...)
}

// doctorKeys are the keys that the other commands would use.
func doctorKeys(ctx context.Context, cmd *cli.Command, client *wrapper.Client) ([]doctor.Key, error) {
	if cmd.IsSet("api-key-file") {
		value, err := readKey(ctx, cmd, "api-key-file", "key")
		if err != nil {
			return nil, err
		}
		return []doctor.Key{doctorKey(client, doctor.Key{Name: "--api-key-file", From: "from the file", Value: pepay.Secret(value)})}, nil
	}
	var keys []doctor.Key
	for _, variable := range []string{apiKeyVariable, commerceAPIKeyVariable, bearerVariable} {
		if value := os.Getenv(variable); value != "" {
			keys = append(keys, doctorKey(client, doctor.Key{
				Name: variable, From: originOf(ctx, variable, ""), Value: pepay.Secret(value), CommerceOnly: variable == commerceAPIKeyVariable, Dashboard: variable == bearerVariable,
			}))
		}
	}
	return keys, nil
}

func doctorKey(client *wrapper.Client, key doctor.Key) doctor.Key {
	option := wrapper.WithAPIKey
	switch {
	case key.CommerceOnly:
		option = wrapper.WithCommerceAPIKey
	case key.Dashboard:
		option = wrapper.WithBearerToken
	}
	if client == nil { // then nothing is sent; the key itself can be wrong nevertheless
		_, key.Err = wrapper.New(option(key.Value.Reveal()), wrapper.WithBaseURL(wrapper.DefaultBaseURL))
	} else {
		key.Client, key.Err = client.With(option(key.Value.Reveal()))
	}
	if key.Err != nil {
		key.Err = plainError(key.Err)
	}
	return key
}

// plainError names a setting and what is wrong with it.
func plainError(err error) error {
	text := plain(err)
	for _, option := range []string{"WithAPIKey: ", "WithCommerceAPIKey: ", "WithBearerToken: "} {
		text = strings.TrimPrefix(text, option)
	}
	return errors.New(text)
}

// originOf says where the value of a variable comes from, and what else where it is not set.
func originOf(ctx context.Context, variable, otherwise string) string {
	switch use := envFileOf(ctx); {
	case os.Getenv(variable) == "":
		return otherwise
	case use.has(variable):
		return "from " + use.flag
	}
	return "from the environment"
}

// doctorWebhook is the endpoint to check, nil without --webhook.
func doctorWebhook(ctx context.Context, cmd *cli.Command) (*doctor.Webhook, error) {
	if !cmd.IsSet("webhook") {
		for _, flag := range []string{"yes", "secret-file"} {
			if cmd.IsSet(flag) {
				return nil, usagef("--%s: is for --webhook", flag)
			}
		}
		return nil, nil
	}
	target, err := forwardTarget(cmd.String("webhook"), "--webhook")
	if err != nil {
		return nil, err
	}
	if !isLoopback(target.Hostname()) && !cmd.Bool("yes") {
		return nil, usagef("--webhook: this runs the handler of an endpoint that is not on this machine; add --yes if it may")
	}
	secret, err := requiredSecret(ctx, cmd)
	if err != nil {
		return nil, err
	}
	return &doctor.Webhook{
		URL: target, Shown: shownTarget(target), Secret: secret, Client: newForwardClient(cmd.Duration("timeout"), false), Ping: signedPing,
	}, nil
}

// signedPing is a delivery of a test.ping with a new id.
func signedPing(secret pepay.Secret, at time.Time) (id string, header http.Header, body []byte, err error) {
	ev, err := newPing(at)
	if err != nil {
		return "", nil, nil, err
	}
	d := newDelivery(ev, nil)
	return ev.ID, d.signed(secret, at), d.body, nil
}
