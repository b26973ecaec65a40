package pepaytest

import "encoding/json"

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
