package pepaytest

import (
	"encoding/json"
	"net/http"
)

// controlEmit emits the JSON event it is sent, of which type and data.object are required,
// and answers with the completed one.
func controlEmit(c *controlRequest) (any, *problem) {
	body, bad := c.read()
	if bad != nil {
		return nil, bad
	}
	ev, err := decodeEvent(body)
	if err != nil {
		return nil, invalidRequest(err.Error())
	}
	rec, err := c.server.emit(ev)
	if err != nil {
		return nil, invalidRequest(err.Error())
	}
	return json.RawMessage(rec.frame), nil
}

// shownEvent is an event and what was sent of it, without secrets.
type shownEvent struct {
	eventItem
	Body string `json:"body"`
}

func controlGetEvent(c *controlRequest) (any, *problem) {
	rec, _ := c.server.events.get(c.param("id"))
	if rec == nil {
		return nil, &problem{http.StatusNotFound, "NOT_FOUND", "No such event is kept"}
	}
	return shownEvent{newEventItem(rec), c.server.newRedactor(&Request{}).body(rec.frame)}, nil
}
