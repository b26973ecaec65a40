package models

import (
	"bytes"
	"encoding/json"
	"mime/multipart"
	"strings"
	"testing"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/internal/corpus/corpustest"
)

func message(t *testing.T, text string) pepay.CompletionMessageInput {
	t.Helper()
	var m pepay.CompletionMessageInput
	if err := m.FromCompletionUserMessage(pepay.CompletionUserMessage{Content: text}); err != nil {
		t.Fatal(err)
	}
	return m
}

func TestUnionsDefaultsAndAdditionalProperties(t *testing.T) {
	api, last := corpustest.Serve(t, 200, "application/json", `{"id":"c_1","size":1024,"quality":0.5,"usage":{"total":7,"cached":3},
		"choices":[{"index":0,"finish_reason":null,"message":{"role":"tool","tool_call_id":"t_1"}},{"index":1,"message":{"role":"other"}}]}`)
	body := pepay.CreateCompletionJSONRequestBody{
		Messages: []pepay.CompletionMessageInput{message(t, "Hi <you> & me")}, Stream: corpustest.Ptr(false), N: corpustest.Ptr(int64(0)),
		AdditionalProperties: map[string]string{"trace": "on"},
	}
	if err := body.Model.FromCreateCompletionJSONBodyModel0("small-1"); err != nil {
		t.Fatal(err)
	}
	got, err := api.CreateCompletionWithResponse(t.Context(), body)
	if err != nil {
		t.Fatal(err)
	}
	sent := last()
	var members map[string]json.RawMessage
	if err := json.Unmarshal([]byte(sent.Body), &members); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"model": `"small-1"`, "messages": `[{"content":"Hi \u003cyou\u003e \u0026 me","role":"user"}]`, "stream": "false", "n": "0", "trace": `"on"`,
	} {
		if string(members[name]) != want {
			t.Errorf("%s is %s, want %s", name, members[name], want)
		}
		delete(members, name)
	}
	if len(members) > 0 {
		t.Errorf("what was not set is sent: %v in %s", members, sent.Body)
	}
	sent.Has(t, "Accept", "application/json, text/event-stream")

	completion := got.JSON200
	if completion.Size != 1024 || completion.Quality.String() != "0.5" || completion.Usage.Total != 7 || completion.Usage.AdditionalProperties["cached"] != 3 {
		t.Errorf("got %+v", completion)
	}
	value, err := completion.Choices[0].Message.ValueByDiscriminator()
	if tool, ok := value.(pepay.CompletionToolMessage); err != nil || !ok || tool.ToolCallID != "t_1" {
		t.Errorf("message is %#v, %v", value, err)
	}
	if role, err := completion.Choices[1].Message.Discriminator(); err != nil || role != "other" {
		t.Errorf("role is %q, %v", role, err)
	}
	if _, err := completion.Choices[1].Message.ValueByDiscriminator(); err == nil {
		t.Error("a discriminator that nobody documented has a type")
	}
}

func TestSecondMediaType(t *testing.T) {
	api, _ := corpustest.Serve(t, 200, "text/event-stream; charset=utf-8", "data: [DONE]\n\n")
	got, err := api.CreateCompletionWithResponse(t.Context(), pepay.CreateCompletionJSONRequestBody{Messages: []pepay.CompletionMessageInput{message(t, "Hi")}})
	if err != nil || got.JSON200 != nil || string(got.Body) != "data: [DONE]\n\n" {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestMultipart(t *testing.T) {
	api, last := corpustest.Serve(t, 201, "application/json", `{"id":"file_1","bytes":3,"ratio":1.0}`)
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	_ = form.WriteField("purpose", "tune")
	part, err := form.CreateFormFile("file", "a.txt")
	if err != nil {
		t.Fatal(err)
	}
	_, _ = part.Write([]byte("abc"))
	_ = form.Close()
	got, err := api.UploadFileWithBodyWithResponse(t.Context(), form.FormDataContentType(), &body)
	if err != nil || got.JSON201.Bytes != 3 || got.JSON201.Ratio.String() != "1.0" {
		t.Fatalf("got %v, %v", got, err)
	}
	sent := last()
	sent.Has(t, "Content-Type", form.FormDataContentType(), "Accept", "application/json")
	if !strings.Contains(sent.Body, "filename=\"a.txt\"") {
		t.Errorf("sent %q", sent.Body)
	}
}

func TestBinaryBothWays(t *testing.T) {
	api, last := corpustest.Serve(t, 200, "audio/mpeg", "\x00\xff\xfe")
	got, err := api.CreateSpeechWithBodyWithResponse(t.Context(), "application/octet-stream", strings.NewReader("\x01\x02"))
	if err != nil || string(got.Body) != "\x00\xff\xfe" {
		t.Fatalf("got %v, %v", got, err)
	}
	last().Is(t, "POST", "/corpus/models/speech", "\x01\x02")
}

func TestAnotherMediaTypeThanDocumented(t *testing.T) {
	api, _ := corpustest.Serve(t, 200, "text/html", "<p>down")
	if got, err := api.CreateSpeechWithBodyWithResponse(t.Context(), "application/octet-stream", strings.NewReader("x")); err == nil {
		t.Errorf("got %v", got)
	}
}
