package main

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/google/go-github/v68/github"
	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
	stripewebhook "github.com/stripe/stripe-go/v85/webhook"
	svix "github.com/svix/svix-webhooks/go"
)

// peerVerifiers verify a body that has been read. go-github has no function for that,
// and stripe-go's way is the one its documentation shows, which decodes as well.
func peerVerifiers(body []byte, now time.Time) []contestant {
	svixHeader, svixVerify := svixPeer(body, now)
	standardHeader, standardVerify := standardPeer(body, now)
	stripeHeader := stripeSignature(body, now)
	githubSignature := githubHeader(body).Get(github.SHA256SignatureHeader)
	return []contestant{
		{"go-github ValidateSignature", func(context.Context) error {
			return github.ValidateSignature(githubSignature, body, []byte(webhookSecret))
		}},
		{"svix", func(context.Context) error { return svixVerify(body, svixHeader) }},
		{"standard-webhooks", func(context.Context) error { return standardVerify(body, standardHeader) }},
		{"stripe-go ValidatePayload", func(context.Context) error {
			return stripewebhook.ValidatePayload(body, stripeHeader, webhookSecret)
		}},
		{"stripe-go ConstructEvent, which decodes too", func(context.Context) error {
			_, err := stripewebhook.ConstructEventWithOptions(body, stripeHeader, webhookSecret,
				stripewebhook.ConstructEventOptions{IgnoreAPIVersionMismatch: true})
			return err
		}},
	}
}

// peerReaders read the body too, which all but go-github leave to io.ReadAll.
func peerReaders(body []byte, now time.Time) []contestant {
	svixHeader, svixVerify := svixPeer(body, now)
	standardHeader, standardVerify := standardPeer(body, now)
	stripeHeader := stripeSignature(body, now)
	request := delivery(githubHeader(body), body)
	read := func(verify func([]byte) error) func(context.Context) error {
		return func(context.Context) error {
			content, err := io.ReadAll(request().Body)
			if err != nil {
				return err
			}
			return verify(content)
		}
	}
	return []contestant{
		{"go-github ValidatePayload", func(context.Context) error {
			_, err := github.ValidatePayload(request(), []byte(webhookSecret))
			return err
		}},
		{"io.ReadAll + svix", read(func(content []byte) error { return svixVerify(content, svixHeader) })},
		{"io.ReadAll + standard-webhooks", read(func(content []byte) error { return standardVerify(content, standardHeader) })},
		{"io.ReadAll + stripe-go ValidatePayload", read(func(content []byte) error {
			return stripewebhook.ValidatePayload(content, stripeHeader, webhookSecret)
		})},
	}
}

func githubHeader(body []byte) http.Header {
	mac := hmac.New(sha256.New, []byte(webhookSecret))
	mac.Write(body)
	header := http.Header{}
	header.Set(github.SHA256SignatureHeader, "sha256="+hex.EncodeToString(mac.Sum(nil)))
	header.Set("Content-Type", "application/json")
	return header
}

func stripeSignature(body []byte, now time.Time) string {
	return stripewebhook.GenerateTestSignedPayload(&stripewebhook.UnsignedPayload{Payload: body, Secret: webhookSecret, Timestamp: now}).Header
}

// deliveryID is signed too by svix and standard-webhooks.
const deliveryID = "msg_1"

func svixPeer(body []byte, now time.Time) (http.Header, func([]byte, http.Header) error) {
	hook, err := svix.NewWebhook(webhookSecret)
	if err != nil {
		return nil, func([]byte, http.Header) error { return err }
	}
	signature, err := hook.Sign(deliveryID, now, body)
	return deliveryHeader("svix-", signature, now), orError(err, hook.Verify)
}

func standardPeer(body []byte, now time.Time) (http.Header, func([]byte, http.Header) error) {
	hook, err := standardwebhooks.NewWebhook(webhookSecret)
	if err != nil {
		return nil, func([]byte, http.Header) error { return err }
	}
	signature, err := hook.Sign(deliveryID, now, body)
	return deliveryHeader("webhook-", signature, now), orError(err, hook.Verify)
}

func deliveryHeader(prefix, signature string, now time.Time) http.Header {
	header := http.Header{}
	header.Set(prefix+"id", deliveryID)
	header.Set(prefix+"timestamp", strconv.FormatInt(now.Unix(), 10))
	header.Set(prefix+"signature", signature)
	return header
}

func orError(err error, verify func([]byte, http.Header) error) func([]byte, http.Header) error {
	if err != nil {
		return func([]byte, http.Header) error { return err }
	}
	return verify
}
