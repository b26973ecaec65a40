package shop

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/internal/corpus/corpustest"
	"github.com/pepaylabs/pepay-go/wrapper"
)

const pet = `{"kind":"cat","name":"Tom","born":1767323045,"weight":4.50,"chip":12345678901234567890,"level":9007199254740993,"price":9.90,"owner":null,"mood":null,"parent":{"kind":"cat","name":"Ma","chip":"x"},"photo":"AQI=","day":"2026-01-02"}`

func TestCookiesHeadersAndNullTypes(t *testing.T) {
	api, last := corpustest.Serve(t, 200, "application/json", `[`+pet+`,{"kind":"bird","name":"B","born":null,"weight":null,"mood":"sleepy","level":7}]`)
	got, err := api.FindPetsWithResponse(t.Context(), &pepay.FindPetsParams{
		Prefs: "a", Session: corpustest.Ptr("s1"), Status: &[]pepay.FindPetsParamsStatus{"new", "sold"}, Min: corpustest.Ptr(corpustest.Decimal(t, "0.10")),
		XRate: corpustest.Ptr(corpustest.Decimal(t, "1.50")), XTags: &[]string{"a", "b"}, Mode: corpustest.Ptr("7"),
	})
	if err != nil {
		t.Fatal(err)
	}
	sent := last()
	sent.Is(t, "GET", "/corpus/shop/pets?status=new,sold&min=0.10&mode=7", "")
	sent.Has(t, "Cookie", "session=s1; prefs=a", "X-Rate", "1.50", "X-Tags", "a,b", "Accept", "application/json, application/xml, text/csv")
	pets := *got.JSON200
	if len(pets) != 2 || !pets[0].Born.Equal(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)) || pets[0].Weight.String() != "4.50" || pets[0].Level != 9007199254740993 ||
		pets[0].Price.String() != "9.90" || chip(pets[0]) != "12345678901234567890" || pets[1].Mood != "sleepy" || !pets[1].Born.IsZero() {
		t.Errorf("got %+v", pets)
	}
}

func chip(p pepay.Pet) string {
	content, _ := p.Chip.MarshalJSON()
	return string(content)
}

func TestParamsThatAreNeeded(t *testing.T) {
	api, _ := corpustest.Serve(t, 200, "application/json", `[]`)
	if _, err := api.FindPetsWithResponse(t.Context(), nil); !errors.Is(err, pepay.ErrInvalidArgument) || !strings.Contains(err.Error(), "prefs") {
		t.Errorf("error is %v", err)
	}
}

func TestCSVAndXML(t *testing.T) {
	for contentType, content := range map[string]string{"text/csv; header=present": "name\nTom\n", "application/xml": "<Cat/>"} {
		api, _ := corpustest.Serve(t, 200, contentType, content)
		got, err := api.FindPetsWithResponse(t.Context(), &pepay.FindPetsParams{Prefs: "a"})
		if err != nil || got.JSON200 != nil || string(got.Body) != content {
			t.Errorf("%s: got %v, %v", contentType, got, err)
		}
	}
}

func TestBodiesOfSeveralMediaTypes(t *testing.T) {
	api, last := corpustest.Serve(t, 201, "application/json", pet)
	got, err := api.AddPetWithResponse(t.Context(), pepay.AddPetJSONRequestBody{Kind: "cat", Name: "Tom"})
	if err != nil || got.JSON201.Name != "Tom" {
		t.Fatalf("got %v, %v", got, err)
	}
	sent := last()
	sent.Is(t, "POST", "/corpus/shop/pets", `{"indoor":false,"kind":"cat","name":"Tom"}`)
	sent.Has(t, "Accept", "application/json, text/plain", "Content-Type", "application/json")

	if _, err := api.AddPetWithTextBodyWithResponse(t.Context(), "Tom & Jerry"); err != nil {
		t.Fatal(err)
	}
	sent = last()
	sent.Is(t, "POST", "/corpus/shop/pets", "Tom & Jerry")
	sent.Has(t, "Content-Type", "text/plain")

	if _, err := api.AddPetWithApplicationVndShopPlusJSONBodyWithResponse(t.Context(), pepay.AddPetApplicationVndShopPlusJSONRequestBody{Kind: "dog", Bark: "wuff"}); err != nil {
		t.Fatal(err)
	}
	sent = last()
	sent.Is(t, "POST", "/corpus/shop/pets", `{"bark":"wuff","kind":"dog","name":""}`)
	sent.Has(t, "Content-Type", "application/vnd.shop+json")
}

func TestEachStatusHasItsContent(t *testing.T) {
	api, _ := corpustest.Serve(t, 202, "text/plain", "later")
	if got, err := api.AddPetWithTextBodyWithResponse(t.Context(), "x"); err != nil || got.JSON201 != nil || string(got.Body) != "later" {
		t.Errorf("got %v, %v", got, err)
	}
	api, _ = corpustest.Serve(t, 200, "application/json", pet) // not documented: the content of another success
	if got, err := api.AddPetWithTextBodyWithResponse(t.Context(), "x"); err != nil || got.JSON201 == nil {
		t.Errorf("got %v, %v", got, err)
	}
	api, _ = corpustest.Serve(t, 201, "application/json", "")
	if got, err := api.AddPetWithTextBodyWithResponse(t.Context(), "x"); err == nil {
		t.Errorf("no content and no error: %v", got)
	}
	api, _ = corpustest.Serve(t, 422, "application/problem+json", `{"title":"bad","status":422}`)
	var failure *wrapper.Error
	if _, err := api.AddPetWithTextBodyWithResponse(t.Context(), "x"); !errors.As(err, &failure) || failure.StatusCode != 422 {
		t.Errorf("error is %v", err)
	}
}

func TestContentThatIsNoObject(t *testing.T) {
	api, last := corpustest.Serve(t, 200, "application/json", `2`)
	got, err := api.SetNamesWithResponse(t.Context(), pepay.SetNamesJSONRequestBody{"a", "b"})
	if err != nil || *got.JSON200 != 2 {
		t.Fatalf("got %v, %v", got, err)
	}
	last().Is(t, "PUT", "/corpus/shop/names", `["a","b"]`)
}

func TestUnionsAsBodies(t *testing.T) {
	api, last := corpustest.Serve(t, 200, "application/json", `{"title":"bad","status":1,"more":[1]}`)
	var body pepay.PatchNamesJSONRequestBody
	if err := body.FromPatchNamesJSONBody1([]string{"a"}); err != nil {
		t.Fatal(err)
	}
	got, err := api.PatchNamesWithResponse(t.Context(), body)
	if err != nil {
		t.Fatal(err)
	}
	last().Is(t, "PATCH", "/corpus/shop/names", `["a"]`)
	if problem, err := got.JSON200.AsProblem(); err != nil || problem.Title != "bad" || problem.AdditionalProperties["more"] == nil {
		t.Errorf("got %+v, %v", problem, err)
	}
}
