package doctor

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/pepaytest"
	"github.com/pepaylabs/pepay-go/wrapper"
)

func TestRefusedKeys(t *testing.T) {
	t.Parallel()
	server := simulator(t, pepaytest.WithKey("pk_revoked_"+canary, pepaytest.Key{Revoked: true}))
	for name, c := range map[string]struct{ key, group, advice string }{
		"wrong":                     {"pk_wrong_" + canary, "PEPAY_API_KEY", "'pepay mock' prints"},
		"revoked":                   {"pk_revoked_" + canary, "PEPAY_API_KEY", "'pepay mock' prints"},
		"of no commerce, as if one": {"ck_wrong_" + canary, "PEPAY_COMMERCE_API_KEY", "takes a key of scope commerce"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			all := run(t, config(t, server.URL(), c.key))
			all.want(t, c.group+".events", Failed, "Pepay does not accept the key: 401, API_KEY_INVALID", c.advice)
			all.want(t, c.group+".token", Skipped, "Pepay does not know the key")
			all.want(t, c.group+".stream", Skipped, "Pepay does not know the key")
			all.wantOnly(t, c.group+".events")
			if !all.refused() {
				t.Error("not reported as refused")
			}
		})
	}
}

// Of two keys, each is told for itself.
func TestOneOfTwoKeysIsWrong(t *testing.T) {
	t.Parallel()
	all := run(t, config(t, simulator(t).URL(), "pk_wrong_"+canary, commerceKey))
	all.wantOnly(t, "PEPAY_API_KEY.events")
	all.want(t, "PEPAY_COMMERCE_API_KEY.stream", OK)
}

func TestCommerceKeyAlone(t *testing.T) {
	t.Parallel()
	all := run(t, config(t, simulator(t).URL(), commerceKey))
	all.wantOnly(t)
	all.want(t, "PEPAY_COMMERCE_API_KEY.stream", OK, "/ws/commerce/events opened")
}

// A key of scope commerce in the variable for any key opens the commerce stream only.
func TestCommerceKeyInTheOtherVariable(t *testing.T) {
	t.Parallel()
	key := "pk_commerce_" + canary
	server := simulator(t, pepaytest.WithKey(key, pepaytest.Key{Scope: pepay.WSTokenScopeCommerce}))
	all := run(t, config(t, server.URL(), key))
	all.want(t, "PEPAY_API_KEY.token", Warning, "scope commerce", "add --scope commerce", "PEPAY_COMMERCE_API_KEY")
	all.want(t, "PEPAY_API_KEY.stream", OK, "/ws/commerce/events opened")
	all.wantOnly(t, "PEPAY_API_KEY.token")
}

func TestDashboardToken(t *testing.T) {
	t.Parallel()
	behind := simulator(t)
	knowing := before(t, behind.URL(), func(r *http.Request) {
		if r.Header.Get("Authorization") == "Bearer good_"+canary {
			r.Header.Del("Authorization")
			r.Header.Set("x-api-key", merchantKey)
		}
	}, nil)
	c := config(t, knowing)
	for _, value := range []string{"good_" + canary, "expired_" + canary} {
		client, err := c.Client.With(wrapper.WithBearerToken(value))
		if err != nil {
			t.Fatal(err)
		}
		c.Keys = []Key{{Name: "PEPAY_JWT", From: "from a test", Value: pepay.Secret(value), Client: client, Dashboard: true}}
		all := run(t, c)
		all.want(t, "PEPAY_JWT.key", OK, "…7de9", "makes no ws_token and opens no stream")
		if value == "good_"+canary {
			all.want(t, "PEPAY_JWT.events", OK, "the token may read events")
			all.wantOnly(t)
			continue
		}
		all.want(t, "PEPAY_JWT.events", Failed, "does not accept the token: 401", "sign in to Pepay's dashboard again")
		all.wantOnly(t, "PEPAY_JWT.events")
	}
}

func TestNoKey(t *testing.T) {
	t.Parallel()
	all := run(t, config(t, simulator(t).URL()))
	all.want(t, "Key.key", Failed, "no API key is set", "set PEPAY_API_KEY")
	all.want(t, "Key.events", Skipped, "not tried: key failed")
	all.want(t, "network.answer", OK)
	all.wantOnly(t, "Key.key")
	if !all.refused() {
		t.Error("not reported as refused")
	}
}

func TestUnusableSettings(t *testing.T) {
	t.Parallel()
	t.Run("key", func(t *testing.T) {
		t.Parallel()
		c := config(t, simulator(t).URL(), merchantKey)
		c.Keys[0].Client, c.Keys[0].Err = nil, errors.New("has space around it")
		all := run(t, c)
		all.want(t, "PEPAY_API_KEY.key", Failed, "has space around it", "set it anew")
		all.wantOnly(t, "PEPAY_API_KEY.key")
	})
	t.Run("address", func(t *testing.T) {
		t.Parallel()
		c := config(t, "https://pepay.example", merchantKey)
		c.Client, c.API, c.Streams = nil, Address{Err: errors.New("must use https")}, Address{Err: errors.New("not known")}
		all := run(t, c)
		all.want(t, "settings.api-address", Failed, "must use https")
		for _, id := range []string{"network.dns", "network.answer", "network.clock", "PEPAY_API_KEY.events"} {
			all.want(t, id, Skipped, "not tried: API address failed")
		}
	})
	t.Run("stream address", func(t *testing.T) {
		t.Parallel()
		c := config(t, simulator(t).URL(), merchantKey)
		c.Streams = Address{Err: errors.New("PEPAY_WS_URL: must start with wss://")}
		all := run(t, c)
		all.want(t, "settings.stream-address", Failed, "PEPAY_WS_URL: must start with wss://")
		all.want(t, "PEPAY_API_KEY.token", OK)
		all.want(t, "PEPAY_API_KEY.stream", Skipped, "not tried: stream address failed")
		all.wantOnly(t, "settings.stream-address")
	})
}

func TestFailuresOfPepay(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, operation string
		fault           pepaytest.Fault
		check           string
		refused         bool
		texts           []string
	}{
		{"events forbidden", "listEvents", pepaytest.Status(http.StatusForbidden), "events", true, []string{"the key is not allowed to do this: 403"}},
		{"mint forbidden", "mintWsToken", pepaytest.Status(http.StatusForbidden), "token", true, []string{"the key is not allowed to do this: 403"}},
		{"mint out of order", "mintWsToken", pepaytest.Status(http.StatusInternalServerError), "token", false, []string{"Pepay makes no ws_token: 500", "try again later"}},
		{"mint limited", "mintWsToken", pepaytest.Status(http.StatusTooManyRequests), "token", false, []string{"limits the rate", "try again in"}},
		{"mint slow", "mintWsToken", pepaytest.Latency(time.Hour), "token", false, []string{"no answer within", "--timeout"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			server := simulator(t)
			server.Faults().On(c.operation, c.fault, pepaytest.Always())
			conf := config(t, server.URL(), merchantKey)
			if c.name == "mint slow" {
				conf.Timeout = impatience
			}
			all := run(t, conf)
			all.want(t, "PEPAY_API_KEY."+c.check, Failed, c.texts...)
			all.want(t, "PEPAY_API_KEY.stream", OK, "/ws/merchant/events")
			if all.refused() != c.refused {
				t.Errorf("refused is %v", all.refused())
			}
		})
	}
}

func TestLastFour(t *testing.T) {
	t.Parallel()
	for key, want := range map[pepay.Secret]string{"pk_0123456789": "…6789", "pk_01234567": "a short one", "": "a short one"} {
		if got := lastFour(key); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
