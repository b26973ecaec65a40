package cloud

import (
	"testing"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/internal/corpus/corpustest"
)

const instance = `{"name":"a","1st-boot":"2026-01-02T03:04:05","state":"PAUSED","labels":{"a":"b"},"size":"9007199254740993","any":[1],"json":{"b":12345678901234567890},"flags":[1,8]}`

func TestVerbExtensionAndSlash(t *testing.T) {
	api, last := corpustest.Serve(t, 202, "application/json", `{"name":"op/1","done":false,"@type":"x"}`)
	if got, err := api.CloudInstancesStartWithResponse(t.Context(), "a b"); err != nil || got.JSON202.Name != "op/1" {
		t.Fatalf("got %v, %v", got, err)
	}
	last().Is(t, "POST", "/corpus/cloud/a%20b:start", "")

	api, last = corpustest.Serve(t, 200, "application/vnd.cloud.v2+json", instance)
	got, err := api.CloudInstancesExportWithResponse(t.Context(), "a")
	if err != nil {
		t.Fatal(err)
	}
	sent := last()
	sent.Is(t, "GET", "/corpus/cloud/a.json", "")
	if content := got.ApplicationVndCloudV2JSONCharsetUTF8200; content == nil || content.Name != "a" || content.State != "PAUSED" || content.State.Valid() {
		t.Errorf("got %+v", content)
	}

	api, last = corpustest.Serve(t, 204, "", "")
	if _, err := api.GetCorpusCloudNameWithResponse(t.Context(), "a"); err != nil {
		t.Fatal(err)
	}
	last().Is(t, "GET", "/corpus/cloud/a/", "")
}

func TestDelimitersTimeAndJSONInTheQuery(t *testing.T) {
	api, last := corpustest.Serve(t, 200, "application/json", instance)
	params := pepay.CloudInstancesGetParams{
		Fields: corpustest.Ptr("name,labels/a"), Ids: &[]int64{1, 2}, Words: &[]string{"a b", "c|d"},
		At: corpustest.Ptr(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)),
	}
	params.Filter = &struct {
		Zone string `json:"zone,omitempty,omitzero"`
	}{"eu 1"}
	got, err := api.CloudInstancesGetWithResponse(t.Context(), "a", &params)
	if err != nil {
		t.Fatal(err)
	}
	last().Is(t, "GET", "/corpus/cloud/a?%24fields=name%2Clabels%2Fa&ids=1%7C2&words=a+b%20c%7Cd&at=2026-01-02T03%3A04%3A05Z&filter=%7B%22zone%22%3A%22eu+1%22%7D", "")
	if boot := got.JSON200.N1StBoot; !boot.Equal(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)) {
		t.Errorf("1st-boot is %s", boot)
	}
	if len(got.JSON200.Flags) != 2 || got.JSON200.Flags[1] != 8 {
		t.Errorf("flags are %v", got.JSON200.Flags)
	}
}

func TestWithoutAnOperationID(t *testing.T) {
	api, last := corpustest.Serve(t, 200, "application/json", `{}`)
	if _, err := api.DeleteCorpusCloudNameWithResponse(t.Context(), "a"); err != nil {
		t.Fatal(err)
	}
	last().Is(t, "DELETE", "/corpus/cloud/a", "")
}

func TestReservedNames(t *testing.T) {
	api, last := corpustest.Serve(t, 200, "application/json", `{"type":"a","func":"b","nil":"c","len":1.0}`)
	got, err := api.ReservedWithResponse(t.Context(), "1", "2", "3", "4", "5", "6", "7", "8", "9",
		&pepay.ReservedParams{Range: corpustest.Ptr("x"), Func: corpustest.Ptr("y"), Select: corpustest.Ptr("z")}, pepay.CloudReservedInput{Type: "a", Len: corpustest.Decimal(t, "2")})
	if err != nil {
		t.Fatal(err)
	}
	sent := last()
	sent.Is(t, "POST", "/corpus/reserved/1/2/3/4/5/6/7/8/9?range=x", `{"len":2,"type":"a"}`)
	sent.Has(t, "Func", "y", "Cookie", "select=z")
	if got.JSON200.Nil != "c" || got.JSON200.Func != "b" {
		t.Errorf("got %+v", got.JSON200)
	}
}
