package main

import (
	"encoding/json"
	"net/http"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/internal/cli/terminal"
	"github.com/pepaylabs/pepay-go/webhook"
	"github.com/pepaylabs/pepay-go/wrapper"
)

// delivery is an event as Pepay's webhooks deliver it, but for the signature, which
// every attempt has of its own.
type delivery struct {
	header http.Header
	body   []byte
}

// newDelivery is the delivery of an event, byte for byte as it came, with further
// headers.
func newDelivery(ev *pepay.Event, further http.Header) delivery {
	header := http.Header{"User-Agent": {"pepay-cli/" + wrapper.Version}}
	for name, values := range further {
		header[name] = values
	}
	header.Set("Content-Type", "application/json")
	header.Set("X-Pepay-Event", terminal.Printable(ev.Type))
	header.Set("X-Pepay-Event-ID", terminal.Printable(ev.ID))
	if environment := environmentOf(ev); environment.Valid() {
		header.Set("X-Pepay-Network-Environment", string(environment))
	}
	return delivery{header, ev.Raw()}
}

// signed returns the headers with a signature of now: what is tried again later
// must not look like an old delivery that somebody replays.
func (d delivery) signed(secret pepay.Secret, now time.Time) http.Header {
	header := d.header.Clone()
	for name, values := range webhook.Sign(secret, now, d.body) {
		header[name] = values
	}
	return header
}

// environmentOf is what the resource says, "" where it is silent.
func environmentOf(ev *pepay.Event) pepay.NetworkEnvironment {
	var resource struct {
		Environment pepay.NetworkEnvironment `json:"environment"`
	}
	_ = json.Unmarshal(ev.Data.Object, &resource)
	return resource.Environment
}
