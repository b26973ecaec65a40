package pepaytest

// begin is the state of a server that just started.
func (t *tx) begin() {
	t.addConfiguredKeys()
}
