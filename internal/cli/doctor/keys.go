package doctor

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/wrapper"
)

// account is what a key opens, as far as the checks have found out.
type account struct {
	*doctor
	Key
	refused bool               // Pepay does not know the key
	scope   pepay.WSTokenScope // by the token; "" as long as there is none
}

// keys are the checks of all keys, or of there being none.
func (d *doctor) keys() []*Check {
	keys := d.Keys
	if len(keys) == 0 {
		keys = []Key{{Name: "Key", Err: errNoKey}}
	}
	var checks []*Check
	for _, key := range keys {
		checks = append(checks, d.keyChecks(&account{doctor: d, Key: key})...)
	}
	return checks
}

var errNoKey = errors.New("no API key is set")

func (d *doctor) keyChecks(a *account) []*Check {
	group := Group{a.Name, a.Name}
	key := &Check{Group: group, ID: "key", Name: "key", Run: func(context.Context) Finding { return a.setting() }}
	events := &Check{Group: group, ID: "events", Name: "Events API", Needs: []*Check{key, d.api.whole}, Run: a.events}
	if a.Dashboard {
		key.Name = "token"
		return []*Check{key, events}
	}
	token := &Check{Group: group, ID: "token", Name: "token", Needs: []*Check{key, d.api.whole}, After: []*Check{events, d.api.clock}, Run: a.token}
	stream := &Check{Group: group, ID: "stream", Name: "stream", Needs: []*Check{key, d.streams.whole}, After: []*Check{token}, Run: a.stream}
	return []*Check{key, events, token, stream}
}

// setting names the key by its last characters.
func (a *account) setting() Finding {
	switch {
	case errors.Is(a.Err, errNoKey):
		return failed("%v", a.Err).refused().do("set PEPAY_API_KEY, or PEPAY_COMMERCE_API_KEY for a key of scope commerce",
			"or write it into a file that only you can read, for --env-file or --api-key-file", "'pepay mock' prints the keys of the simulator")
	case a.Err != nil:
		return failed("%v", a.Err).do("set it anew, without quotes, spaces or line ends around it")
	case a.Dashboard:
		return ok("%s, %s; it makes no ws_token and opens no stream", lastFour(a.Value), a.From)
	}
	return ok("%s, %s", lastFour(a.Value), a.From)
}

// lastFour shows no more of a key than what tells it from another one.
func lastFour(key pepay.Secret) string {
	const long = 12
	value := key.Reveal()
	if len(value) < long {
		return "a short one"
	}
	return "…" + value[len(value)-4:]
}

func (a *account) events(ctx context.Context) Finding {
	list, err := a.Client.Events.List(ctx, wrapper.EventParams{Limit: 1})
	if err != nil {
		return a.failed("does not list events", err)
	}
	if len(list.Data) == 0 {
		return ok("the %s may read events; there are none yet", a.what())
	}
	newest := list.Data[0]
	return ok("the %s may read events; the newest is %s of %s", a.what(), newest.Type, newest.Created.UTC().Format("2006-01-02 15:04:05 UTC"))
}

// token mints one. Which scope a key has is known by the answer only.
func (a *account) token(ctx context.Context) Finding {
	if a.refused {
		return skipped("not tried, because Pepay does not know the key")
	}
	token, err := a.Client.WSTokens.Mint(ctx, wrapper.MintParams{})
	if err != nil {
		return a.failed("makes no ws_token", err)
	}
	a.scope = token.Scope
	text := sentence(a.describe(token), leadsElsewhere(token, a.Streams.URL))
	var f Finding
	here := roundUp(time.Until(token.ExpiresAt.Time)) // expires_at has whole seconds
	switch life := here - a.api.skew.Round(time.Second); {
	case life <= 0 && here > 0:
		f = failed("made a ws_token that expires in %s by this machine's clock, and has expired by the Date of Pepay's answers: %s", long(here), text).
			do("perhaps this machine's clock is right, and a proxy on the way changes Date; package wstoken goes by Date, and takes new tokens for expired")
	case life <= 0:
		f = failed("made a ws_token that has expired already, by Pepay's clock: %s", text).do("Pepay's support should know")
	case a.scope == pepay.WSTokenScopeCommerce && !a.CommerceOnly:
		f = warning("made a ws_token, which expires by itself in %s: %s", long(life), text).
			do("this is a key of scope commerce: with it, add --scope commerce to 'pepay listen'", "or put it into PEPAY_COMMERCE_API_KEY")
	default:
		f = ok("made a ws_token, which expires by itself in %s: %s", long(life), text)
	}
	f.Secrets = []string{token.Token.Reveal()}
	return f
}

// describe says what the token is for, and so the key.
func (a *account) describe(token *pepay.WSToken) string {
	scope, merchant, environment := "unknown scope", "", "no environment"
	if token.Scope != "" {
		scope = "scope " + string(token.Scope)
	}
	if token.MerchantID != 0 {
		merchant = fmt.Sprintf("merchant %d", token.MerchantID)
	}
	if token.NetworkEnvironment != "" {
		environment = "environment " + string(token.NetworkEnvironment)
	}
	return sentence(scope, merchant, environment)
}

// leadsElsewhere says where pages open the stream, if that is not where this machine does.
func leadsElsewhere(token *pepay.WSToken, streams *url.URL) string {
	to, err := url.Parse(token.WSURL)
	if err != nil || to.Host == "" || streams == nil || to.Host == streams.Host {
		return ""
	}
	return "its ws_url leads pages to " + to.Scheme + "://" + to.Host
}

// failed says what Pepay answered, and what to do about the key.
func (a *account) failed(what string, err error) Finding {
	var answer *wrapper.Error
	said := ""
	if errors.As(err, &answer) {
		said = strings.Trim(answer.Code+": "+answer.Message, ": ")
	}
	switch {
	case errors.Is(err, wrapper.ErrUnauthorized):
		a.refused = true
		return failed("Pepay does not accept the %s: %s", a.what(), sentence("401", said)).refused().do(a.refusedAdvice()...)
	case errors.Is(err, wrapper.ErrForbidden):
		return failed("the %s is not allowed to do this: %s", a.what(), sentence("403", said)).refused().do("use one that has this right; Pepay's dashboard lists your keys")
	case errors.Is(err, wrapper.ErrRateLimited):
		wait := "in a while"
		if answer.RetryAfter > 0 {
			wait = "in " + answer.RetryAfter.Round(time.Second).String()
		}
		return failed("Pepay limits the rate of requests: %s", sentence("429", said)).do("try again "+wait, "other programs may use the same key or address")
	case answer != nil && answer.StatusCode >= 500:
		return failed("Pepay %s: %s", what, sentence(status(answer.StatusCode), said)).do("try again later", requestID(answer))
	case answer != nil && answer.StatusCode > 0:
		return failed("Pepay %s: %s", what, plain(err)).do("check that "+a.API.URL.String()+" is Pepay's API", requestID(answer))
	}
	return failed("Pepay %s: %s", what, failure(err, a.Timeout)).do("--timeout gives it longer")
}

// plain is an error without the name of the package.
func plain(err error) string { return strings.TrimPrefix(err.Error(), "pepay: ") }

func requestID(answer *wrapper.Error) string {
	if answer.RequestID == "" {
		return ""
	}
	return "Pepay's support can find the request as " + answer.RequestID
}

// what the credential is.
func (a *account) what() string {
	if a.Dashboard {
		return "token"
	}
	return "key"
}

func (a *account) refusedAdvice() []string {
	var advice []string
	if a.Dashboard {
		return []string{"sign in to Pepay's dashboard again: its tokens expire"}
	}
	if a.CommerceOnly {
		advice = append(advice, a.Name+" takes a key of scope commerce; a merchant's key belongs into PEPAY_API_KEY")
	}
	if isLoopback(a.API.URL.Hostname()) {
		return append(advice, "a simulator knows only the keys that 'pepay mock' prints")
	}
	return append(advice, "the key may be mistyped, revoked, or for another address than "+a.API.URL.String(), "Pepay's dashboard lists the keys of your account")
}
